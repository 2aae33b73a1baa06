"""What customers do in the product: sessions of events, counted by day, with the screenings they start."""

from datetime import date, datetime, timedelta
from functools import partial

from plugins.demo import customers
from plugins.demo.clock import liveliness, local_day, moment
from plugins.demo.copying import Pen
from plugins.demo.screening import Screener
from plugins.demo.who import Customer, Standing, Stretch, World

COLUMNS = ("id", "source", "event_key", "name", "customer_id", "person_id", "properties", "occurred_at", "received_at")
ACTS = (
    "dashboard_viewed", "candidate_viewed", "candidate_viewed", "candidate_viewed", "candidate_shortlisted",
    "role_viewed", "role_viewed", "candidate_note_added", "report_exported", "talent_pool_searched",
    "video_interview_started", "reference_check_started", "api_called", "candidate_viewed",
)  # fmt: skip
SEEKER_ACTS = ("dashboard_viewed", "cv_edited", "tips_viewed", "interview_practised", "cv_rewritten")
SESSIONS_A_WEEK = 0.6
SCREENS = 0.25


class Diary:
    """Writes the events of one customer."""

    def __init__(self, pen: Pen, world: World, customer: Customer) -> None:
        self.pen, self.world, self.customer = pen, world, customer
        self.screener = Screener(pen, world, customer)
        self.acts = SEEKER_ACTS if customer.line == "b2c" else ACTS
        self.events: list[tuple[object, ...]] = []
        self.days: dict[tuple[date, str], tuple[int, set[str]]] = {}
        self.sign_ins: list[datetime] = []
        self.busy_until: dict[str, datetime] = {}
        self.last = customer.signup

    def live(self, standing: Standing) -> None:
        """Write everything the customer did in the product and note it in the standing."""
        self._before()
        for n, stretch in enumerate(standing.stretches):
            self._stretch(stretch, is_first=n == 0)
        self.pen.book.put("usage_events", COLUMNS, self.events)
        self._by_day()
        recent = [at for at in self.sign_ins if at > self.world.span.now - timedelta(days=120)][-12:]
        customers.sign_ins(self.pen, self.customer, recent or self.sign_ins[-3:])
        standing.last_active_at = self.last

    def _before(self) -> None:
        """Write the visits before signing up, and signing up itself."""
        signup, visitor = self.customer.signup, f"v_{self.pen.key(self.customer.signup)[-16:]}"
        for _ in range(self.pen.between(1, 3)):
            at = signup - timedelta(minutes=self.pen.between(2, 4_000))
            self.pen.add("usage_events", at, source="api", event_key=self.pen.key(at), name="page_viewed",
                         anonymous_key=visitor, properties={"path": "/pricing"}, occurred_at=at)  # fmt: skip
        self._event("signed_up", signup, self.customer.people[0][0])

    def _event(self, name: str, at: datetime, person: str) -> None:
        key = self.pen.key(at)
        self.events.append((key, "api", key, name, self.customer.id, person, None, at, at))
        self.last = max(self.last, at)
        day = (local_day(at), name)
        count, people = self.days.get(day, (0, set()))
        people.add(person)
        self.days[day] = (count + 1, people)

    def _stretch(self, stretch: Stretch, *, is_first: bool) -> None:
        day, last = local_day(stretch.begins), local_day(stretch.ends)
        pace = (
            3.0
            if self.customer.line == "b2c"
            else SESSIONS_A_WEEK * (1 + (stretch.plan.cvs if stretch.plan else 0) / 9)
        )
        length = max((last - day).days, 1)
        opening = partial(self._session, stretch)
        if is_first:
            opening(self.customer.signup + timedelta(minutes=self.pen.between(1, 30)), creates=True)
        for n in range(length + 1):
            today = day + timedelta(days=n)
            fades = 1.25 - 0.5 * n / length
            if self.pen.draw.random() < pace / 7 * 1.3 * liveliness(today) * fades:
                opening(moment(today, self.pen.draw))

    def _session(self, stretch: Stretch, at: datetime, *, creates: bool = False) -> None:
        person = self.pen.pick(self.customer.people)[0]
        begins = max(stretch.begins, self.busy_until.get(person, stretch.begins))
        if not begins <= at < stretch.ends - timedelta(hours=1):
            return
        start, count = at, len(self.events)
        self._event("signed_in", at, person)
        self.sign_ins.append(at)
        if creates and self.customer.line != "b2c":
            at += timedelta(seconds=self.pen.between(40, 300))
            self._event("role_created", at, person)
        if self.pen.chance(0.8 if creates else SCREENS):
            at = self._screen(at, person)
        for _ in range(self.pen.between(2, 9)):
            at += timedelta(seconds=self.pen.between(8, 240))
            self._event(self.pen.pick(self.acts), at, person)
        self.busy_until[person] = at + timedelta(minutes=31)
        self.pen.add(
            "usage_sessions", at, customer_id=self.customer.id, person_id=person, started_at=start, ended_at=at,
            events_count=len(self.events) - count,
        )  # fmt: skip

    def _screen(self, at: datetime, person: str) -> datetime:
        for _ in range(1 if self.customer.line == "b2c" else self.pen.between(1, 3)):
            at += timedelta(seconds=self.pen.between(15, 90))
            self._event("cv_uploaded", at, person)
            at += timedelta(seconds=self.pen.between(4, 40))
            self._event("cv_screened", at, person)
            self.screener.screen(at, person)
        return at

    def _by_day(self) -> None:
        for (day, name), (count, people) in self.days.items():
            at = min(moment(day, self.pen.draw), self.world.span.now)
            self.pen.add(
                "usage_days", at, customer_id=self.customer.id, day=day, name=name, product_line=self.customer.line,
                count=count, people_count=len(people), updated_at=at,
            )  # fmt: skip
