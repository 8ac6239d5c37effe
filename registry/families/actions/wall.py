"""A giver's place on the memorial wall: written, shown to the family, agreed to, put up by another."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from consent import actions as consents
from consent import queries as consent_queries
from consent.evidence import NewEvidence
from consent.models import Consent
from consent.purposes import Purpose
from foundation import moves, vault
from foundation.trail import Actor
from registry.donors.guards import months_later
from registry.families.actions import common
from registry.families.models import About, Family, Member, WallPage
from registry.families.records import OnTheWall
from registry.families.states import WallState
from registry.families.ways import WALL_TEXT

WRITTEN: Final = ("name", "words", "years_shown")
_ANEW: Final = {"agreed_at": None, "agreed_by_id": "", "agreed": None, "put_up_at": None, "put_up_by_id": ""}


@transaction.atomic
def write_wall_page(family: Family, said: OnTheWall, *, by: Actor, at: datetime) -> WallPage:
    """
    Write what the public would read of one who gave; whoever agreed before is asked anew.

    :raises moves.Refused: if no name is said, nothing differs, the data were erased, or the one who
        gave wished that nobody learns of it.
    :raises moves.NotAllowed: if the actor may not change the household.
    """
    family = common.locked(family)
    if not said.name.strip():
        raise moves.Refused([_("Say as which name they are remembered.")])
    page = WallPage.objects.filter(giver=family.giver).first()
    if page is None:
        page = WallPage(giver=family.giver, family=family, written_at=at, **by.columns())
        _fill(page, said, by=by, at=at)
        moves.begin(page, "draft", by=by, at=at)
    else:
        page = _read(page.pk)
        if page.state != WallState.ENDED and values_of_wall_page(page) == _values(said):
            raise moves.Refused([_("Nothing is another than before.")])
        saves = _fill(page, said, by=by, at=at)
        moves.make(page, "rewrite", by=by, at=at, saves=saves)
    common.remember(family, About.WALL_WRITTEN, by=by, at=at)
    return page


@transaction.atomic
def show_wall_page(page: WallPage, *, by: Actor, at: datetime) -> WallPage:
    """
    Write down that the family is shown the page exactly as it would appear.

    :raises moves.Refused: with everything that stands against it.
    """
    page = locked_page(page)
    page.shown_at = at
    moves.make(page, "show", by=by, at=at, saves=["shown_at"])
    return page


@transaction.atomic
def agree_to_wall(page: WallPage, member: Member, *, by: Actor, at: datetime) -> WallPage:
    """
    Keep a relative's yes to the page as they were shown it.

    :raises moves.Refused: if it was changed meanwhile, or something stands against it.
    :raises moves.NotAllowed: if the actor may not record it here, or it is another's link.
    """
    page = locked_page(page)
    member = _of_the_giver(page, member)
    common.check(member.family, by=by, at=at, permissions=common.MAY_EDIT, own=member)
    page.agreed_at, page.agreed_by_id, page.agreed = at, by.id, member
    page.change_asked_at = None
    sealed = vault.seal(page, change_asked=None)
    saves = [*sealed, "agreed_at", "agreed_by_id", "agreed", "change_asked_at"]
    moves.make(page, "agree", by=by, at=at, saves=saves)
    common.remember(page.family, About.WALL_AGREED, by=by, at=at, member=member)
    return page


@transaction.atomic
def ask_wall_change(page: WallPage, member: Member, *, words: str, by: Actor, at: datetime) -> WallPage:
    """
    Keep, sealed, what a relative would have changed; the page is being written again.

    :raises moves.Refused: if nothing is said.
    :raises moves.NotAllowed: if the actor may not record it here, or it is another's link.
    """
    page = locked_page(page)
    member = _of_the_giver(page, member)
    common.check(member.family, by=by, at=at, permissions=common.MAY_EDIT, own=member)
    if not words.strip():
        raise moves.Refused([_("Say what should be otherwise.")])
    saves = _anew(page, by=by, at=at, rewritten=False)
    page.change_asked_at = at
    saves += vault.seal(page, key=page.giver.subject.key_id, change_asked=words.strip())
    moves.make(page, "rewrite", by=by, at=at, saves=[*saves, "change_asked_at"])
    common.remember(page.family, About.WALL_CHANGE, by=by, at=at, member=member)
    return page


@transaction.atomic
def put_on_wall(page: WallPage, *, by: Actor, at: datetime) -> WallPage:
    """
    Let the public read it, for so many years.

    The relatives are locked, too: none can take a consent back between the question and the answer.

    :raises moves.Refused: with everything that stands against it.
    :raises moves.NotAllowed: if the actor may not approve here.
    """
    page = locked_page(page, everybody=True)
    today = timezone.localdate(at)
    if page.ends_on is None or page.ends_on < today:
        page.ends_on = months_later(today, 12 * settings.WALL_YEARS)
    page.put_up_at, page.put_up_by_id = at, by.id
    moves.make(page, "put_up", by=by, at=at, saves=["ends_on", "put_up_at", "put_up_by_id"])
    common.remember(page.family, About.WALL_UP, by=by, at=at)
    return page


@transaction.atomic
def prolong_wall_page(page: WallPage, member: Member, *, by: Actor, at: datetime) -> WallPage:
    """
    Let it stand as many years more, by a relative's word.

    :raises moves.Refused: with everything that stands against it.
    :raises moves.NotAllowed: if the actor may not change the household.
    """
    page = locked_page(page, everybody=True)
    member = _of_the_giver(page, member)
    common.check(member.family, by=by, at=at, permissions=common.MAY_EDIT)
    page.ends_on = months_later(timezone.localdate(at), 12 * settings.WALL_YEARS)
    moves.make(page, "prolong", by=by, at=at, saves=["ends_on"])
    common.remember(page.family, About.WALL_LONGER, by=by, at=at, member=member)
    return page


@transaction.atomic
def record_wall_consent(
    member: Member, *, evidence: NewEvidence, language: str, by: Actor, at: datetime
) -> list[Consent]:
    """
    Record that a relative signed the consent to the memorial wall.

    It is in force once its evidence was verified, as every consent on paper.

    :raises moves.Refused: if no text is in force. :raises EvidenceProblem: if the witness is missing.
    :raises moves.NotAllowed: if the actor may not record consents here.
    """
    member = common.locked_member(member)
    text = consent_queries.text_in_force(WALL_TEXT, at)
    wall = [Purpose.MEMORIAL_WALL]
    return consents.record(
        member.subject, text=text, language=language, given=wall, evidence=evidence, by=by, at=at
    )


def values_of_wall_page(page: WallPage) -> dict[str, Any]:
    """Return what would be read, opened: for the form that writes it."""
    plain = vault.open_one(page, "name", "words")
    opened = {name: value if isinstance(value, str) else "" for name, value in plain.items()}
    return opened | {"years_shown": page.years_shown}


def locked_page(page: WallPage, *, everybody: bool = False) -> WallPage:
    """
    Lock the one who gave, and return the page as the row is now.

    :param everybody: lock every relative, too.
    """
    subjects = [page.giver.subject_id]
    if everybody:
        relatives = Member.objects.filter(family__giver=page.giver_id)
        subjects += relatives.values_list("subject_id", flat=True)
    vault.lock(*subjects)
    return _read(page.pk)


def _read(pk: Any) -> WallPage:
    return WallPage.objects.select_related("giver__subject", "family__giver__subject", "family__branch").get(
        pk=pk
    )


def _of_the_giver(page: WallPage, member: Member) -> Member:
    """Return a relative of the one who gave, as the row is now; anybody else has no say here."""
    found = Member.objects.select_related("subject", "family__giver__subject").filter(pk=member.pk)
    mine = found.filter(family__giver=page.giver_id, subject__erased_at__isnull=True).first()
    if mine is None:
        raise moves.Refused([_("This person is none of the family.")])
    return mine


def _values(said: OnTheWall) -> dict[str, Any]:
    return {"name": said.name.strip(), "words": said.words.strip(), "years_shown": said.years_shown}


def _fill(page: WallPage, said: OnTheWall, *, by: Actor, at: datetime) -> list[str]:
    """Write what would be read; an earlier yes is none any more."""
    saves = _anew(page, by=by, at=at, rewritten=True)
    values = _values(said)
    page.years_shown, page.change_asked_at = values["years_shown"], None
    key = page.giver.subject.key_id
    if key is None:  # the move refuses it, with its sentence
        return saves
    sealed = vault.seal(page, key=key, name=values["name"], words=values["words"] or None, change_asked=None)
    return [*saves, *sealed, "years_shown", "change_asked_at"]


def _anew(page: WallPage, *, by: Actor, at: datetime, rewritten: bool) -> list[str]:
    for column, value in _ANEW.items():
        setattr(page, column, value)
    page.shown_at = page.ends_on = None
    if rewritten:
        page.written_at, page.written_by_id = at, by.id
    return [*_ANEW, "shown_at", "ends_on", "written_at", "written_by_id"]
