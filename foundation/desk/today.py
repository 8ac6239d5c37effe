"""Cards of the Today page: what needs me. Each room registers its own; the reader's rights choose."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from foundation.access import Permission, StaffRequest
from foundation.desk.holding import reaching


@dataclass(frozen=True, slots=True)
class Card:
    """
    One question answered on the Today page.

    ``context`` returns what the template needs, or None to stay away. A number under
    ``waiting`` is counted in "things wait for you".
    """

    key: str
    permissions: frozenset[Permission]
    order: int
    column: Literal["main", "side"]
    template: str
    context: Callable[[StaffRequest], Mapping[str, Any] | None]


@dataclass(frozen=True, slots=True)
class Shown:
    """A card as one reader sees it."""

    card: Card
    html: SafeString
    waiting: int


_cards: dict[str, Card] = {}


def register(card: Card) -> None:
    """Put a card on the Today page; the same key again replaces it."""
    _cards[card.key] = card


def cards_for(request: StaffRequest) -> list[Shown]:
    """Return the reader's cards, in order, already written."""
    return [
        shown
        for card in sorted(_cards.values(), key=lambda card: card.order)
        if (shown := _show(card, request))
    ]


def _show(card: Card, request: StaffRequest) -> Shown | None:
    with reaching(request, card.permissions) as allowed:
        context = card.context(request) if allowed else None
        if context is None:
            return None
        html = render_to_string(card.template, dict(context), request)
    return Shown(card, html, int(context.get("waiting", 0)))
