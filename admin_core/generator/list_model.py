"""What the list template is given: plain values, everything decided."""

from dataclasses import dataclass

from markupsafe import Markup

from admin_core.generator.spec import ModelSpec

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Header:
    """One column's heading."""

    key: str
    label: str
    url: str = ""
    """Sorts by this column, the other way round when it does already; empty: it can't."""
    direction: str = ""
    """``ascending`` or ``descending`` where the list is sorted by it."""
    why_not: str = ""
    numeric: bool = False
    help: str = ""


@dataclass(frozen=True)
class ListRow:
    """One record."""

    id: str
    url: str
    label: str
    cells: tuple[Markup, ...]
    """In the order of the headers; the first holds no link, it is the link."""


@dataclass(frozen=True)
class Chip:
    """One filter in words."""

    label: str
    words: str
    name: str
    """What it is called in an address and in ``remove``."""
    remove_url: str = ""
    """Empty for private ones: taking them away is posted."""
    group: int = 1


@dataclass(frozen=True)
class Choice:
    """Something to choose: a filter column, an operator, a page size, a value."""

    value: str
    label: str
    url: str = ""
    chosen: bool = False


@dataclass(frozen=True)
class BulkChoice:
    """Something to do with many rows."""

    name: str
    """Its part of the address behind a selection's."""
    label: str
    icon: str
    danger: bool = False


@dataclass(frozen=True)
class FilterForm:
    """The form of the filter that is being added."""

    column: str
    label: str
    operators: tuple[Choice, ...]
    values: tuple[Choice, ...] = ()
    """Listed values; empty: typed."""
    spans: tuple[Choice, ...] = ()
    """Spans of days such as "this month"."""
    input: str = "text"
    """Type of the input element."""
    lookup_url: str = ""
    """Where a picker looks for records to refer to."""
    groups: tuple[Choice, ...] = ()
    help: str = ""


@dataclass(frozen=True)
class Tab:
    """One saved view."""

    id: str
    label: str
    url: str
    active: bool
    changed: bool = False
    """The list was changed since it was opened."""
    mine: bool = False
    shared: bool = False
    default: bool = False
    manage_url: str = ""
    watch_url: str = ""
    """Where its rows are had watched; empty: the person may not."""


@dataclass(frozen=True)
class Problem:
    """Why no rows are shown."""

    sentence: str
    hint: str
    clear_url: str


@dataclass(frozen=True)
class Pager:
    """Where to go from here; empty addresses lead nowhere."""

    first: str = ""
    previous: str = ""
    next: str = ""
    last: str = ""


@dataclass(frozen=True)
class Jump:
    """The small form that jumps to a day, an id or a value of the sort column."""

    label: str
    action: str
    input: str
    fields: Pairs


@dataclass(frozen=True)
class ListPage:
    """A list, ready to be shown."""

    spec: ModelSpec
    title: str
    description: str
    headers: tuple[Header, ...] = ()
    rows: tuple[ListRow, ...] = ()
    empty: str = ""
    """``nothing`` yet, no ``match``, or past the ``end``; empty: there are rows."""
    problem: Problem | None = None
    status: int = 200
    count: str = ""
    notice: str = ""
    """Said above the rows, such as that they are only similar to what was typed."""
    words: str = ""
    search_hint: str = ""
    """What the search box looks into; empty: nothing, and there is no box."""
    search_url: str = ""
    fields: Pairs = ()
    """The state, as hidden fields of the posted forms."""
    chips: tuple[Chip, ...] = ()
    clear_url: str = ""
    filterable: tuple[Choice, ...] = ()
    adding: FilterForm | None = None
    tabs: tuple[Tab, ...] = ()
    views_url: str = ""
    chooser: tuple[Choice, ...] = ()
    columns_url: str = ""
    sizes: tuple[Choice, ...] = ()
    pager: Pager = Pager()
    jump: Jump | None = None
    new_url: str = ""
    export_url: str = ""
    """Takes the list out as a file; empty: the person may not."""
    bulk: tuple[BulkChoice, ...] = ()
    """What this person may do to many rows; empty: no boxes to tick."""
    select_url: str = ""
    matching: str = ""
    """How many rows match where they are more than the page shows; empty: the page shows all."""
    import_url: str = ""
    """Reads a file of such records in; empty: the person may not, or no form writes them."""
    can_edit: bool = False
    written_by: str = ""
    """Who changes these rows, or why this person can't; empty when a form does."""
