"""What the donor's page says of where somebody stands, and of what may be done next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from foundation import moves
from foundation.access import StaffRequest, scope_from
from foundation.moves import Step
from registry.donors.act import Act
from registry.donors.acts import ACTS
from registry.donors.models import Donor
from registry.donors.states import THE_WAY, DonorState

# What is to happen next in each state, and the move whose guards say what is missing for it.
NEXT: Final[dict[str, tuple[str, str | Promise]]] = {
    DonorState.REGISTERED: ("collect_sample", _("Next: the sample")),
    DonorState.SAMPLED: ("dispatch", _("Next: the tube goes to the laboratory")),
    DonorState.TYPING: ("record_typing", _("Next: the laboratory sends the typing")),
    DonorState.TYPED: ("list", _("Next: listing")),
    DonorState.ON_HOLD: ("release", _("Next: the end of the pause")),
    DonorState.LOST: ("recover", _("Next: being found again")),
}
_BACK: Final = frozenset({"release", "recover", "mark_as_error"})  # to where somebody stood before
KINDS: Final[dict[str, str]] = {
    DonorState.LISTED: "good",
    DonorState.DONATED: "good",
    DonorState.ON_HOLD: "due",
    DonorState.LOST: "due",
    DonorState.IN_CASE: "wait",
    DonorState.TYPING: "wait",
    DonorState.REGISTERED: "wait",
    DonorState.SAMPLED: "wait",
    DonorState.TYPED: "wait",
}


@dataclass(frozen=True, slots=True)
class Stage:
    """One station of the way walked."""

    words: str | Promise
    state: str
    when: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """An act that may be done here, and what is still missing for it."""

    act: Act
    missing: list[str]


@dataclass(frozen=True, slots=True)
class Ahead:
    """What comes next, and what is still missing for it."""

    words: str | Promise
    missing: list[str]


def way(donor: Donor, steps: Iterable[Step]) -> list[Stage]:
    """Return the stations from registration to donation, and where the donor stands."""
    walked = (step for step in steps if step.move not in _BACK)
    reached = {DonorState.REGISTERED: donor.registered_at} | {step.to_state: step.at for step in walked}
    here = donor.return_to if donor.state in {DonorState.ON_HOLD, DonorState.LOST} else donor.state
    place = THE_WAY.index(DonorState(here)) if here in THE_WAY else -1
    stages = []
    for index, station in enumerate(THE_WAY):
        state = (
            "now" if index == place else "done" if index < place or (place < 0 and station in reached) else ""
        )
        when = reached.get(station) if state else None
        stages.append(Stage(station.label, state, f"{timezone.localtime(when):%Y-%m-%d}" if when else ""))
    if here != donor.state or place < 0:
        stages.append(Stage(DonorState(donor.state).label, "stop", _since(donor)))
    return stages


def ahead(request: StaffRequest, donor: Donor) -> Ahead | None:
    """Return what comes next for a donor, with what is still missing."""
    if donor.state not in NEXT:
        return None
    move, words = NEXT[donor.state]
    return Ahead(words, _missing(donor, move, request))


def offers(request: StaffRequest, donor: Donor) -> dict[str, Offer]:
    """Return the acts the reader may do with a donor, each with what is still missing, by key."""
    return {
        act.key: Offer(act, _missing(donor, act.move, request) if act.move else act.lacks(donor))
        for act in ACTS
        if donor.state in act.states
        and act.fits(donor, request.at)
        and _holds(request, donor, act)
        and _starts_here(donor, act)
    }


def kind_of(state: str) -> str:
    """Return the kind of a state's tag; nobody who has left, or has died, stands in red."""
    return KINDS.get(state, "none")


def _starts_here(donor: Donor, act: Act) -> bool:
    if not act.move:
        return True
    transition = getattr(type(donor), act.move)._django_fsm  # noqa: SLF001  django_fsm has no public way
    return bool(transition.has_transition(str(donor.state)))


def _holds(request: StaffRequest, donor: Donor, act: Act) -> bool:
    scope = scope_from(request.roles, act.permission)
    return any(scope.covers(path) for path in donor.branch_paths)


def _missing(donor: Donor, move: str, request: StaffRequest) -> list[str]:
    sentences = moves.missing(donor, move, by=request.actor, at=request.at) or []
    return [str(sentence) for sentence in sentences]


def _since(donor: Donor) -> str:
    if donor.state == DonorState.ON_HOLD and donor.hold_until:
        return f"→ {donor.hold_until:%Y-%m-%d}"
    return f"{timezone.localtime(donor.left_at):%Y-%m-%d}" if donor.left_at else ""
