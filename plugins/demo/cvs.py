"""Invented CVs: plain text with work history, education and skills, and the sentences an AI could quote from them."""

from dataclasses import dataclass

from plugins.demo import names
from plugins.demo.clock import Span
from plugins.demo.copying import Pen

COMPANIES = names.STEMS
BULLETS = {
    "sales": (
        "Grew regional sales by {a} % within {b} months across {c} stores",
        "Managed a book of {c} business accounts worth R{a} million a year",
        "Opened {b} new accounts per month through cold calls and referrals",
        "Trained {b} junior consultants in consultative selling",
        "Reached {a} % of the annual target in two consecutive years",
    ),
    "admin": (
        "Processed {c} invoices a month with an error rate below {b} %",
        "Answered about {c} calls and e-mails a week for {b} departments",
        "Introduced a filing system that saved {b} hours every week",
        "Kept the diaries of {b} directors and arranged {a} trips a year",
        "Prepared payroll for {c} employees on Sage",
    ),
    "technology": (
        "Moved {b} services to the cloud and cut hosting costs by {a} %",
        "Led a team of {b} developers through {a} releases",
        "Wrote {c} automated tests and brought coverage to {a} %",
        "Supported {c} users with an average response time of {b} minutes",
        "Built an API in Python that handles {c} requests per second",
    ),
    "logistics": (
        "Planned {b} routes a day for {a} vehicles across three provinces",
        "Reduced stock losses by {a} % in {b} months",
        "Supervised a shift of {a} pickers in a warehouse of {c} pallets",
        "Reconciled deliveries of {c} orders per week",
        "Held a clean code 14 licence with PrDP for {b} years",
    ),
    "finance": (
        "Closed the books of {b} companies within {b} working days of month end",
        "Prepared VAT returns for {c} clients without a penalty",
        "Reviewed {c} credit applications a month with {b} % arrears",
        "Cut debtors days from {a} to {b} in one year",
        "Assisted with the audit of a group of {b} companies",
    ),
    "care": (
        "Looked after {b} patients per shift in a ward of {a} beds",
        "Trained {b} nursing assistants in infection control",
        "Dispensed {c} prescriptions a day under supervision",
        "Kept records of {c} patients complete at every audit",
        "Worked {b} years in a community clinic in two languages",
    ),
}
JOBS = {
    "sales": ("Sales Consultant", "Key Account Manager", "Store Manager", "Sales Representative"),
    "admin": ("Office Administrator", "Receptionist", "Personal Assistant", "Payroll Clerk"),
    "technology": ("Software Developer", "Data Analyst", "IT Support Technician", "Systems Engineer"),
    "logistics": ("Warehouse Supervisor", "Fleet Controller", "Code 14 Driver", "Stock Controller"),
    "finance": ("Bookkeeper", "Financial Accountant", "Credit Controller", "Junior Auditor"),
    "care": ("Registered Nurse", "Pharmacy Assistant", "Care Worker", "Clinic Administrator"),
}
FAMILIES = tuple(JOBS)
EDUCATION = (
    ("Matric", "matric", "National Senior Certificate (Matric)"),
    ("Diploma", "diploma", "National Diploma in Business Management"),
    ("Degree", "degree", "Bachelor of Commerce"),
    ("Honours", "honours", "Honours degree"),
    ("Certificate", "certificate", "Higher Certificate, TVET college"),
)
SKILLS = (
    "Excel", "Word", "customer service", "negotiation", "stock control", "SAP", "Sage", "Python", "SQL", "reporting",
    "team leadership", "Pastel", "first aid", "driver's licence", "isiZulu", "Afrikaans", "Sesotho", "cash handling",
)  # fmt: skip


@dataclass(frozen=True)
class Cv:
    """An invented CV and what is known about it."""

    text: str
    name: names.Name
    email: str
    phone: str
    location: str
    title: str
    company: str
    years: int
    education: str
    bullets: tuple[str, ...]
    skills: tuple[str, ...]


def write_cv(pen: Pen, span: Span, family: str) -> Cv:
    """Draw the CV of somebody who looks for work in that field."""
    name, (_, suburb, city, _, _) = names.person(pen.draw), names.place(pen.draw)
    email = name.address(pen.pick(names.MAIL_HOSTS), str(pen.between(10, 999)))
    phone, years = names.phone(pen.draw), pen.between(0, 16)
    bullets = tuple(sentence(pen, text) for text in pen.draw.sample(BULLETS[family], 4))
    skills = tuple(pen.draw.sample(SKILLS, 5))
    _, level, degree = pen.pick(EDUCATION)
    title, company = pen.pick(JOBS[family]), f"{pen.pick(COMPANIES)} {pen.pick(('Group', 'Services', 'Trading'))}"
    history = _history(pen, span, family, (title, company), years=years, bullets=bullets)
    text = (
        f"{str(name).upper()}\n{suburb}, {city} | {phone} | {email}\n\nPROFILE\n"
        f"{title} with {years} years of experience, based in {city}. Available after one calendar month.\n\n"
        f"EXPERIENCE\n{history}\nEDUCATION\n{degree}, {city}, {span.today.year - years - 3}\n\n"
        f"SKILLS\n{', '.join(skills)}\n\nREFERENCES\nAvailable on request.\n"
    )
    return Cv(text, name, email, phone, city, title, company, years, level, bullets, skills)


def sentence(pen: Pen, text: str) -> str:
    """Fill the numbers of a sentence in."""
    return text.format(a=pen.between(12, 48), b=pen.between(3, 11), c=pen.between(60, 950))


def _history(
    pen: Pen, span: Span, family: str, latest: tuple[str, str], *, years: int, bullets: tuple[str, ...]
) -> str:
    until, half = span.today.year, max(years // 2, 1)
    first = f"{latest[0]}, {latest[1]} ({until - half} - present)\n- {bullets[0]}\n- {bullets[1]}\n"
    company = f"{pen.pick(COMPANIES)} {pen.pick(('Holdings', 'Solutions', 'Stores'))}"
    second = (
        f"{pen.pick(JOBS[family])}, {company} ({until - years - 1} - {until - half})\n- {bullets[2]}\n- {bullets[3]}\n"
    )
    return f"{first}\n{second}"
