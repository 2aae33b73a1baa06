"""The shapes of requests and answers: strict, closed, and described to integrators by their own JSON Schemas."""

from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

LARGEST_PAGE = 100
USUAL_PAGE = 50


class Model(BaseModel):
    """A body or an answer: no unknown members, no silent conversions (``"1"`` is no number)."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Query(Model):
    """Parameters of an address. A name that is not here is refused, so that a typing error does not widen a list."""


class NoQuery(Query):
    """An address without parameters."""


class PageQuery(Query):
    """Parameters of a list."""

    limit: Annotated[int, Field(ge=1, le=LARGEST_PAGE, description="How many at most.")] = USUAL_PAGE
    cursor: Annotated[
        str | None, Field(max_length=8_000, description="From `next` of the page before; never made by hand.")
    ] = None


ItemT = TypeVar("ItemT", bound=Model)


class Page(Model, Generic[ItemT]):
    """A page of a list."""

    items: list[ItemT]
    next: Annotated[str | None, Field(description="Address of the next page; null at the end.")]


class WrongValue(Model):
    """One thing that is wrong about a request."""

    pointer: Annotated[str, Field(description="JSON pointer into the body, or the name of a parameter.")]
    detail: str


class ProblemAnswer(BaseModel):
    """A refusal (RFC 9457)."""

    model_config = ConfigDict(title="Problem", extra="forbid")

    type: Annotated[str, Field(description="Stable name of the kind of problem.")]
    title: str
    status: int
    detail: Annotated[str, Field(description="What is wrong, and what to do.")]
    instance: Annotated[str, Field(description="Id of this request, to quote.")]
    errors: list[WrongValue] = []
