"""What the frame of every staff page shows: the rail, where one stands, who one is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from foundation.access import Branch, Role, RoleAt, Staff, roles_of
from foundation.access.scopes import LEVEL_DIGITS, Scope
from foundation.desk import rail, search
from foundation.desk.holding import permissions_of
from foundation.desk.rail import Link

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

BRANCHES_SHOWN = 200
ROLES_SHOWN = 2
SOCIETY = "红十字会"


@dataclass(frozen=True, slots=True)
class Step:
    """A branch in the switcher, and how deep it lies below the first."""

    pk: str
    name: str
    path: str
    depth: int


class Desk:
    """The frame of one request. Nothing is asked of the database before a template asks."""

    home = "/"

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def staff(self) -> Staff | None:
        """Who is signed in."""
        user = getattr(self._request, "user", None)
        return user if isinstance(user, Staff) or getattr(user, "is_authenticated", False) else None

    @property
    def logo(self) -> str:
        """Where the licensed society's own logo lies; the program draws none."""
        return getattr(settings, "SOCIETY_LOGO", "")

    @property
    def name(self) -> str:
        """The name of the person."""
        return str(self.staff or "")

    @cached_property
    def _roles(self) -> list[RoleAt]:
        if self.staff is None:
            return []
        held: list[RoleAt] | None = getattr(self._request, "roles", None)
        return held if held is not None else roles_of(self.staff.pk, timezone.localdate())

    @property
    def roles(self) -> str:
        """The names of the roles held, the narrowest first."""
        ordered = sorted(self._roles, key=lambda held: -len(held.branch.path))
        labels = list(dict.fromkeys(str(Role(held.role).label) for held in ordered))
        return "、".join(labels[:ROLES_SHOWN]) + (" …" if len(labels) > ROLES_SHOWN else "")

    @cached_property
    def rail(self) -> list[Link]:
        """The places this person can go."""
        return rail.links(permissions_of(self._roles), self._request.path) if self.staff else []

    @cached_property
    def folded(self) -> list[Link]:
        """The places that stand in the menu of one's own name."""
        return rail.links(permissions_of(self._roles), self._request.path, folded=True) if self.staff else []

    @cached_property
    def search_takes(self) -> StrOrPromise:
        """What this person can type into the search box; nothing where it would find nothing."""
        return search.takes(permissions_of(self._roles)) if self.staff else ""

    @property
    def standing(self) -> Branch | None:
        """The branch chosen in the switcher."""
        return getattr(self._request, "branch", None)

    @property
    def branch(self) -> Branch | None:
        """The branch written beside the person: the chosen one, or the one of the narrowest role."""
        if self.standing:
            return self.standing
        return max((held.branch for held in self._roles), key=lambda branch: len(branch.path), default=None)

    @cached_property
    def _known(self) -> list[Branch]:
        held = Scope.of(role.branch.path for role in self._roles)
        if not held:
            return []
        above = {part for low, _ in held.ranges for part in _parts(low)}
        inside = held.q("path")
        rows = Branch.objects.filter(inside) | Branch.objects.filter(path__in=above)
        return list(rows.filter(active=True).order_by("path")[:BRANCHES_SHOWN])

    @cached_property
    def branches(self) -> list[Step]:
        """The branches one can stand at, in the order of the tree."""
        held = Scope.of(role.branch.path for role in self._roles)
        inside = [branch for branch in self._known if held.covers(branch.path)]
        top = min((len(branch.path) for branch in inside), default=0)
        return [
            Step(str(b.pk), b.name, b.path, (len(b.path) - top) // LEVEL_DIGITS if len(b.path) > top else 0)
            for b in inside
        ]

    @cached_property
    def place(self) -> list[str]:
        """The way from the top to where one stands, in short; empty where that is several branches."""
        paths = {role.branch.path for role in self._roles}
        here = self.standing.path if self.standing else next(iter(paths)) if len(paths) == 1 else ""
        return in_short([branch.name for branch in self._known if branch.path in _parts(here)])


def in_short(names: Sequence[str]) -> list[str]:
    """
    Return the names of a way down the tree, each without what is said above it.

    >>> in_short(["浙江省红十字会", "宁波市红十字会", "宁波市鄞州区红十字会"])
    ['浙江省', '宁波市', '鄞州区']
    """
    short: list[str] = []
    for name in names:
        bare = name.removesuffix(SOCIETY) or name
        said = next((above for above in reversed(short) if bare.startswith(above) and bare != above), "")
        short.append(bare.removeprefix(said))
    return short


def _parts(path: str) -> list[str]:
    return [path[:end] for end in range(LEVEL_DIGITS, len(path) + 1, LEVEL_DIGITS)]


def desk(request: HttpRequest) -> dict[str, Any]:
    """Give every template the frame."""
    return {"desk": Desk(request)}
