"""Answers to invitations: the room that invites says what to show and takes the answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from foundation.trail import Actor
from foundation.vault import Subject


@dataclass(frozen=True, slots=True)
class Invitation:
    """An invitation as the invited see it."""

    name: str
    starts_at: datetime
    place: str
    most: int  # how many may come of one household
    coming: int | None = None  # as answered before; None is not yet, 0 is no
    called_off: bool = False
    standing: str = ""  # names its day and place: another name, another day


class TakesAnswer(Protocol):
    """An action that takes an answer; it raises what carries ``sentences`` where it cannot."""

    def __call__(
        self, matter: str, subject: Subject, *, people: int, standing: str, by: Actor, at: datetime
    ) -> object:
        """Keep how many come; 0 is a no. Refuse an answer to another day than the one it has now."""


@dataclass(frozen=True, slots=True)
class Replies:
    """Who invites: ``describe`` returns None where the invitation stands no more."""

    describe: Callable[[str, Subject], Invitation | None]
    answer: TakesAnswer


_registered: list[Replies] = []


def register(replies: Replies) -> None:
    """Let a room take the answers to its invitations; the last one holds."""
    _registered[:] = [replies]


def describe(matter: str, subject: Subject) -> Invitation | None:
    """Return the invitation a link is about; None where there is none any more."""
    return _registered[0].describe(matter, subject) if _registered else None


def answer(matter: str, subject: Subject, *, people: int, standing: str, by: Actor, at: datetime) -> None:
    """Pass an answer, and the day it is an answer to, on to the room that invited."""
    _registered[0].answer(matter, subject, people=people, standing=standing, by=by, at=at)
