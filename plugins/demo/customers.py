"""Who the customers are: companies, agencies and job seekers with their people, sign-ins, notes and consents."""

import ipaddress
from datetime import datetime, timedelta

from plugins.demo import names
from plugins.demo.clock import Span, local_day, moment
from plugins.demo.copying import Pen
from plugins.demo.who import Customer, Standing, World

LINES = {"b2b": 0.45, "recruiter": 0.2, "b2c": 0.35}
CHANNELS = {
    "direct": 24, "organic_search": 26, "referral": 18, "paid_search": 12, "campaign": 8, "organic_social": 6,
    "email": 3, "affiliate": 3,
}  # fmt: skip
TOUCH = {
    "paid_search": ("search-ads", "cpc", "brand-za"),
    "campaign": ("newsletter", "email", "january-jobs"),
    "organic_social": ("social", "social", None),
    "email": ("crm", "email", "women-in-hr"),
    "affiliate": ("partner-portal", "affiliate", None),
}
DEVICES = (
    "Chrome on Windows", "Chrome on Android", "Edge on Windows", "Safari on iPhone", "Safari on Mac",
    "Firefox on Linux",
)  # fmt: skip
TEXTS_CHANGED = 300
"""Days ago on which the second version of the consent texts came."""
NOTES = (
    "Called about onboarding; wants a second session for the branch managers.",
    "Asked for a quote on the annual plan, decision after month end.",
    "Champion has left; new contact is the operations manager.",
    "Very happy with the **shortlists**, willing to be a reference.",
    "Prefers WhatsApp over e-mail. Do not phone before 10:00.",
    "Procurement needs our B-BBEE certificate and bank letter before renewal.",
    "Complained about slow CV import; engineering looked at it, see the ticket.",
)
TITLES = ("HR Manager", "Talent Lead", "Operations Manager", "Recruiter", "Office Manager", "Director", "Consultant")


def meet(pen: Pen, span: Span, n: int) -> Customer:
    """Draw the n-th customer."""
    line = pen.weighted(LINES)
    signup = span.signup(pen.draw)
    street, suburb, city, region, code = names.place(pen.draw)
    if line == "b2c":
        person = names.person(pen.draw)
        name, host, legal = str(person), pen.pick(names.MAIL_HOSTS), str(person)
        email = person.address(host, str(n))
        crowd = [person]
    else:
        name, ending, _ = names.company(pen.draw, agency=line == "recruiter")
        host = f"{names.ascii_word(name)}-{n}.example"
        legal, email = f"{name} {ending}", f"{pen.pick(('hr', 'info', 'jobs', 'admin'))}@{host}"
        crowd = [names.person(pen.draw) for _ in range(pen.between(1, 4))]
    people = tuple((pen.key(signup), str(p), email if line == "b2c" else p.address(host, str(i or "")))
                   for i, p in enumerate(crowd))  # fmt: skip
    address = {"street": street, "suburb": suburb, "city": city, "region": region, "code": code}
    billing = {"name": legal, "address": f"{street}, {suburb}, {city}, {code}", **({} if line == "b2c" else address)}
    return Customer(n, pen.key(signup), line, name, email, host, signup, people, billing)


def write(pen: Pen, world: World, customer: Customer, standing: Standing) -> None:
    """Write the customer as they stand today, with people and what surrounds them."""
    span, team = world.span, world.team
    suspended = standing.status in {"active", "past_due"} and pen.chance(0.012)
    status = "suspended" if suspended else standing.status
    closed = status == "cancelled" and pen.chance(0.06)
    channel = pen.weighted(CHANNELS)
    source, medium, campaign = TOUCH.get(channel, (None, None, None))
    is_company = customer.line != "b2c"
    _, _, industry = names.company(pen.draw, agency=customer.line == "recruiter")
    touched = standing.last_active_at or customer.signup
    pen.add(
        "customers", customer.signup, id=customer.id, product_line=customer.line,
        company_name=customer.name if is_company else None, person_name=None if is_company else customer.name,
        email=customer.email, phone=names.phone(pen.draw), status="closed" if closed else status,
        plan_id=standing.plan, mrr_cents=standing.mrr, assessments_used=standing.assessments_used,
        signup_at=customer.signup, activated_at=standing.activated_at, last_active_at=standing.last_active_at,
        trial_ends_at=standing.trial_ends_at, signup_channel=channel, utm_source=source, utm_medium=medium,
        utm_campaign=campaign, referrer_host="partner.example" if channel == "referral" else None,
        landing_path=pen.pick(("/", "/pricing", "/job-seekers", "/agencies", "/blog/cv-screening")),
        legal_name=customer.billing["name"] if is_company else None,
        vat_number=f"40{pen.between(0, 99_999_999):08d}" if is_company and pen.chance(0.6) else None,
        registration_number=f"20{pen.between(0, 24):02d}/{pen.between(1, 999_999):06d}/07" if is_company else None,
        billing_email=f"accounts@{customer.host}" if is_company and pen.chance(0.4) else None,
        address_line1=customer.billing["address"].split(",")[0], city=customer.billing.get("city"),
        region=customer.billing.get("region"), postal_code=customer.billing.get("code"),
        industry=industry if is_company else None, external_id=f"org_{customer.id[-18:]}",
        account_manager_id=pen.pick(team.agents) if is_company and standing.mrr > 250_000 else None,
        closed_at=min((standing.closed_at or span.now) + timedelta(days=2), span.now) if closed else None,
        updated_at=max(touched, customer.signup),
    )  # fmt: skip
    _people(pen, customer, touched)
    _consents(pen, world, customer)
    if suspended:
        _suspend(pen, world, customer, standing.status)
    _notes(pen, world, customer)


def _people(pen: Pen, customer: Customer, touched: datetime) -> None:
    for i, (key, name, email) in enumerate(customer.people):
        pen.add(
            "people", customer.signup, id=key, customer_id=customer.id, name=name, email=email,
            phone=names.phone(pen.draw) if pen.chance(0.5) else None, role="owner" if i == 0 else "member",
            job_title=pen.pick(TITLES) if customer.line != "b2c" else None, is_primary=i == 0, gets_invoices=i == 0,
            last_seen_at=touched, external_id=f"usr_{key[-18:]}",
        )  # fmt: skip


def _consents(pen: Pen, world: World, customer: Customer) -> None:
    version = 2 if customer.signup > world.span.ago(TEXTS_CHANGED) else 1
    for purpose in ("terms", "marketing"):
        given = purpose == "terms" or pen.chance(0.6)
        pen.add(
            "consents", customer.signup, purpose=purpose, act="given" if given else "refused",
            text_id=world.texts[purpose, version] if given else None, customer_id=customer.id,
            person_id=customer.people[0][0], source="app", external_id=f"{purpose}_{customer.id[-20:]}",
            channel="sign-up form", ip=address(pen), occurred_at=customer.signup,
        )  # fmt: skip


def _suspend(pen: Pen, world: World, customer: Customer, status: str) -> None:
    span = world.span
    at = max(span.now - timedelta(days=pen.between(1, 40), hours=2), customer.signup + timedelta(hours=1))
    at = min(at, span.now)
    pen.add(
        "suspensions", at, customer_id=customer.id, category=pen.pick(("abuse", "non_payment", "security", "fraud")),
        reason="Several accounts were opened from one card; waiting for an answer.", previous_status=status,
        message="Your account is on hold. Please answer our e-mail.", started_at=at,
        started_by_id=pen.pick(world.team.agents),
    )  # fmt: skip


def _notes(pen: Pen, world: World, customer: Customer) -> None:
    for _ in range(pen.draw.choices((0, 1, 2), (0.72, 0.2, 0.08))[0]):
        at = customer.signup + (world.span.now - customer.signup) * pen.draw.random()
        author, body = pen.pick(world.team.agents), pen.pick(NOTES)
        note = pen.add(
            "customer_notes", at, customer_id=customer.id, author_id=author, body=body, is_pinned=pen.chance(0.1)
        )
        pen.add("customer_note_revisions", at, note_id=note, number=1, body=body, editor_id=author)


def sign_ins(pen: Pen, customer: Customer, moments: list[datetime]) -> None:
    """Write sign-ins to the customer app at these moments, a few of them failed."""
    home, device = address(pen), pen.pick(DEVICES)
    method = pen.weighted({"password": 6, "magic_link": 2, "google": 3, "microsoft": 1})
    for at in moments:
        away = pen.chance(0.15)
        person = pen.pick(customer.people)[0]
        pen.add(
            "sign_ins", at, customer_id=customer.id, person_id=person, occurred_at=at, succeeded=not pen.chance(0.04),
            method=method, ip=address(pen) if away else home, country="ZA",
            device=pen.pick(DEVICES) if away else device, user_agent=None, external_id=None,
        )  # fmt: skip


def address(pen: Pen) -> str:
    """Draw an address of the networks reserved for documentation."""
    network = pen.pick(("192.0.2.0", "198.51.100.0", "203.0.113.0"))
    return str(ipaddress.ip_address(network) + pen.between(1, 254))


def purchases(pen: Pen, span: Span, customer: Customer) -> list[datetime]:
    """Return when a job seeker buys assessments."""
    moments: list[datetime] = []
    at = customer.signup + timedelta(minutes=pen.between(4, 600))
    while at < span.now and pen.chance(0.62 if not moments else 0.3):
        moments.append(at)
        at = moment(local_day(at) + timedelta(days=pen.between(9, 90)), pen.draw)
    return moments
