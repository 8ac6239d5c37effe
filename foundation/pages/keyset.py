"""Pages of a list that cost the same however long it is: the next starts after the last row seen.

The key columns are never null and never personal, because they stand in the URL. A token that
does not read is the first page, not an error.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, NamedTuple, TypeVar

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model, Q, QuerySet

COUNT_STOPS_AT: Final = 10_000
END: Final = "end"
PARAMETER: Final = "page"
NEXT: Final = "n"
PREVIOUS: Final = "p"

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows of a list, and the tokens of the pages beside it; an empty token is no page."""

    items: list[Row]
    next_token: str
    previous_token: str
    count_words: str


def paginate(
    queryset: QuerySet[Row],
    params: Mapping[str, str],
    *,
    key: str | Sequence[str] = "-id",
    per: int = 50,
    counted: bool = True,
) -> Page[Row]:
    """
    Return the page of a queryset that ``?page=`` asks for.

    :param key: column or columns to sort by, ``-`` for falling, all in one direction;
        the primary key is added where it is missing, so that the order is total.
    :param per: rows on a page.
    :param counted: whether to count, up to ``COUNT_STOPS_AT`` rows.
    """
    names, falling = _order(queryset.model, key)
    asked = params.get(PARAMETER, "")
    backwards = asked == END or asked.startswith(PREVIOUS + ".")
    bound = _read(queryset.model, names, asked)
    rows = queryset if bound is None else queryset.filter(_beyond(names, bound, falling != backwards))
    sign = "-" if falling != backwards else ""
    found = list(rows.order_by(*(sign + name for name in names))[: per + 1])
    more, found = len(found) > per, found[:per]
    if not found and bound is not None:  # what the token stood on is gone: begin anew
        return paginate(queryset, {}, key=key, per=per, counted=counted)
    if backwards:
        found.reverse()
    before = more if backwards else bound is not None
    after = more if not backwards else asked != END
    return Page(
        items=found,
        next_token=_token(NEXT, names, found[-1]) if found and after else "",
        previous_token=_token(PREVIOUS, names, found[0]) if found and before else "",
        count_words=count_words(queryset) if counted else "",
    )


class Count(NamedTuple):
    """How many rows there are; beyond ten thousand nobody counts on: 10,000, ``10,000+``."""

    number: int
    words: str


def count(queryset: QuerySet[Any]) -> Count:
    """Return how many rows there are, as a number and as words, both up to ``COUNT_STOPS_AT``."""
    number = queryset.order_by().values("pk")[: COUNT_STOPS_AT + 1].count()
    if number > COUNT_STOPS_AT:
        return Count(COUNT_STOPS_AT, f"{COUNT_STOPS_AT:,}+")
    return Count(number, f"{number:,}")


def count_words(queryset: QuerySet[Any]) -> str:
    """Return how many rows there are, as words."""
    return count(queryset).words


def _order(model: type[Model], key: str | Sequence[str]) -> tuple[list[str], bool]:
    keys = [key] if isinstance(key, str) else list(key)
    falling = {name.startswith("-") for name in keys}
    if len(falling) != 1:
        message = "A keyset sorts all its columns in one direction."
        raise ValueError(message)
    names = [name.removeprefix("-") for name in keys]
    primary = model._meta.pk.name
    if not {primary, "pk"} & set(names):
        names.append(primary)
    return names, falling.pop()


def _beyond(names: Sequence[str], values: Sequence[Any], downwards: bool) -> Q:  # noqa: FBT001
    """Rows after the bound. The outer range on the first column lets the database use its index."""
    sign = "lt" if downwards else "gt"
    after = Q()
    for depth, name in enumerate(names):
        level = Q(**{names[i]: values[i] for i in range(depth)})
        after |= level & Q(**{f"{name}__{sign}": values[depth]})
    return Q(**{f"{names[0]}__{sign}e": values[0]}) & after


def _token(direction: str, names: Sequence[str], row: Model) -> str:
    values = [_value(row, name) for name in names]
    body = json.dumps(values, cls=DjangoJSONEncoder, separators=(",", ":")).encode()
    return f"{direction}.{urlsafe_b64encode(body).decode().rstrip('=')}"


def _value(row: Model, name: str) -> Any:
    value: Any = row
    for part in name.split("__"):
        value = getattr(value, "pk" if part == "pk" else part)
    return value


def _read(model: type[Model], names: Sequence[str], token: str) -> list[Any] | None:
    direction, _, body = token.partition(".")
    if direction not in {NEXT, PREVIOUS} or not body:
        return None
    try:
        values = json.loads(urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        if not isinstance(values, list) or len(values) != len(names):
            return None
        return [_typed(model, name, value) for name, value in zip(names, values, strict=True)]
    except (ValueError, TypeError, ValidationError, OverflowError, RecursionError):
        return None


def _typed(model: type[Model], name: str, value: Any) -> Any:
    field: Any = model._meta.pk if name == "pk" else None
    for part in name.split("__") if field is None else ():
        field = model._meta.get_field(part)
        model = field.related_model or model
    if value is None or isinstance(value, bool | list | dict):
        message = "A key column is a plain value."
        raise ValidationError(message)
    return field.to_python(value)
