"""What stands around every page: navigation, person, environment, banners. Pure data; the app fills it."""

from dataclasses import dataclass, field
from typing import Literal

Tone = Literal["neutral", "accent", "info", "success", "warning", "danger"]
TONES: tuple[Tone, ...] = ("neutral", "accent", "info", "success", "warning", "danger")


@dataclass(frozen=True)
class NavItem:
    """One entry of the sidebar."""

    label: str
    url: str
    icon: str = "point"
    active: bool = False
    count: int | None = None
    """Shown as a small number when something waits behind this entry."""
    jump: str = ""
    """One letter: ``g`` then this letter goes here."""
    external: bool = False


@dataclass(frozen=True)
class NavGroup:
    """Entries under one heading; an empty label makes entries without a heading, e.g. home."""

    label: str
    icon: str = "folder"
    items: tuple[NavItem, ...] = ()

    @property
    def active(self) -> bool:
        """Whether the page we are on is in this group."""
        return any(item.active for item in self.items)


@dataclass(frozen=True)
class FramePerson:
    """Who is signed in, as the top bar says it."""

    name: str
    role: str
    account_url: str = ""

    @property
    def initials(self) -> str:
        """Return up to two letters for the avatar."""
        words = self.name.split()
        return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


@dataclass(frozen=True)
class Banner:
    """A line above everything that cannot be missed or closed: impersonation, maintenance, demo data."""

    text: str
    tone: Tone = "warning"
    icon: str = "alert-triangle"
    action_label: str = ""
    action_url: str = ""
    post: bool = False
    """True: the action changes something and is sent as a form."""


@dataclass(frozen=True)
class Preferences:
    """How this person likes the admin; the defaults hold before sign-in."""

    theme: Literal["auto", "light", "dark"] = "auto"
    density: Literal["compact", "normal", "comfortable"] = "normal"
    keys: bool = True
    sidebar: Literal["open", "closed"] = "open"


@dataclass(frozen=True)
class Environment:
    """Where we are: ``production`` stands out, ``demo`` and ``development`` do not."""

    label: str = ""
    tone: Tone = "neutral"


@dataclass(frozen=True)
class Frame:
    """Everything the base template shows around a page. An empty address leaves its control out."""

    product: str = "Admin"
    home_url: str = "/admin/"
    environment: Environment = Environment()
    person: FramePerson | None = None
    navigation: tuple[NavGroup, ...] = ()
    links: tuple[NavItem, ...] = ()
    banners: tuple[Banner, ...] = ()
    is_looking: bool = False
    """True while the person sees the admin through other eyes: the whole page says so."""
    preferences: Preferences = field(default_factory=Preferences)
    palette_url: str = ""
    alerts_url: str = ""
    alerts_count_url: str = ""
    """Answers a fragment: the number of firing alerts, or nothing."""
    approvals_url: str = ""
    approvals_count_url: str = ""
    """Answers a fragment: how many requests wait for this person, or nothing."""
    jobs_url: str = ""
    """The page of all jobs, or of the person's own."""
    jobs_label: str = "All jobs"
    jobs_tray_url: str = ""
    """Answers a fragment: the jobs this person started lately."""
    preferences_url: str = ""
    password_url: str = ""
    sign_out_url: str = ""
    style_url: str = ""

    @property
    def entries(self) -> int:
        """How many entries the sidebar holds; a long one gets a filter box."""
        return sum(len(group.items) for group in self.navigation) + len(self.links)
