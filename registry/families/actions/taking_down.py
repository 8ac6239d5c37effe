"""What takes a name from the memorial wall at once: a no, a consent taken back, their own wish, its end."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from consent.models import Consent
from foundation import moves, trail, vault
from foundation.access import Permission
from foundation.moves.stops import Stop
from foundation.trail import Actor
from registry.families.actions import common
from registry.families.actions.wall import locked_page
from registry.families.models import About, Family, Giver, Member, WallObjection, WallPage
from registry.families.states import WallState

TAKEN_DOWN = "families.taken_from_the_wall"


@transaction.atomic
def object_to_wall(member: Member, *, by: Actor, at: datetime, words: str = "") -> WallObjection:
    """
    Write down that a relative does not want the name on the wall: it comes down at once. Twice is once.

    :param words: what they said, sealed under their key.
    :raises moves.NotAllowed: if the actor may not record it here.

    Source: domain.md section 6
    """
    member = common.locked_member(member)
    family = member.family
    common.check(family, by=by, at=at, permissions=(*common.MAY_STOP, *common.MAY_EDIT), own=member)
    standing = WallObjection.objects.open().filter(member=member).first()
    if standing is not None:
        return standing
    objection = WallObjection(member=member, at=at, **by.columns())
    if words.strip() and member.subject.key_id is not None:
        vault.seal(objection, key=member.subject.key_id, words=words.strip())
    objection.save(force_insert=True)
    common.remember(family, About.WALL_NO, by=by, at=at, member=member)
    trail.record("relative.objected_to_wall", by=by, at=at, object=member, objection=objection.pk)
    _hide(family.giver, why="objection", on=member, by=by, at=at)
    return objection


@transaction.atomic
def lift_wall_objection(member: Member, *, by: Actor, at: datetime) -> None:
    """
    Write down a relative's own word that they have nothing against it any more.

    The name does not go up by this: a second person puts it up.

    :raises moves.NotAllowed: if the actor may not change the household.
    """
    member = common.locked_member(member)
    common.check(member.family, by=by, at=at, permissions=common.MAY_EDIT, own=member)
    objection = WallObjection.objects.open().filter(member=member).first()
    if objection is None:
        return
    objection.lifted_at, objection.lifted_by_id = at, by.id
    objection.save(update_fields=["lifted_at", "lifted_by_id"])
    common.remember(member.family, About.WALL_NO_LIFTED, by=by, at=at, member=member)
    trail.record("relative.lifted_wall_objection", by=by, at=at, object=member, objection=objection.pk)


@transaction.atomic
def keep_confidential(family: Family, *, who_said: str, by: Actor, at: datetime) -> None:
    """
    Write down that the one who gave wished that nobody learns of it. It beats every consent.

    :param who_said: who said so, and how; sealed.
    :raises moves.Refused: if it is not said who said so.
    :raises moves.NotAllowed: if the actor may not record it here.
    """
    family = common.locked(family)
    giver = family.giver
    common.check(family, by=by, at=at, permissions=(*common.MAY_STOP, *common.MAY_EDIT))
    common.check_kept(giver)
    if not who_said.strip():
        raise moves.Refused([_("Write down who said so.")])
    if giver.confidential_at is not None:
        return
    giver.confidential_at, giver.confidential_by_id = at, by.id
    sealed = vault.seal(giver, key=giver.subject.key_id, confidential_word=who_said.strip())
    giver.save(update_fields=[*sealed, "confidential_at", "confidential_by_id"])
    trail.record("giver.kept_confidential", by=by, at=at, object=giver)
    for household in giver.families.select_related("giver__subject"):
        common.remember(household, About.SECRET, by=by, at=at)
    _hide(giver, why="confidential", on=family, by=by, at=at)


@transaction.atomic
def was_not_confidential(family: Family, *, by: Actor, at: datetime) -> None:
    """
    Take back a wish that was written down at the wrong person, by somebody else than who wrote it.

    :raises moves.Refused: if it is the same person. :raises moves.NotAllowed: if they may not approve here.
    """
    family = common.locked(family)
    giver = family.giver
    common.check(family, by=by, at=at, permissions=(Permission.CARE_APPROVE,))
    if giver.confidential_at is None:
        return
    if by.id == giver.confidential_by_id:
        raise moves.Refused([_("Somebody else than who wrote it down says that it was a mistake.")])
    giver.confidential_at, giver.confidential_by_id = None, ""
    sealed = vault.seal(giver, confidential_word=None)
    giver.save(update_fields=[*sealed, "confidential_at", "confidential_by_id"])
    trail.record("giver.not_confidential", by=by, at=at, object=giver)
    for household in giver.families.select_related("giver__subject"):
        common.remember(household, About.NO_SECRET, by=by, at=at)


@transaction.atomic
def hide_for_consent(consent: Consent, *, by: Actor, at: datetime) -> Stop | None:
    """
    Take the name down because a relative's consent ended. Twice is once.

    Whoever withdraws has locked the relative, and putting up locks them, too; locking the one who
    gave here would cross other acts on the household.

    :returns: what stopped; None where nothing stood on it.
    """
    member = Member.objects.select_related("family__giver").filter(subject=consent.subject_id).first()
    if member is None:
        return None
    hidden = _hide(member.family.giver, why="consent", on=consent, by=by, at=at)
    return Stop(what=TAKEN_DOWN, when=at, count=1) if hidden else None


@transaction.atomic
def hide_for_erasure(giver: Giver, *, at: datetime, by: Actor) -> None:
    """Take the name down because a relative who may have agreed to it was erased."""
    _hide(giver, why="erased", on=None, by=by, at=at)


@transaction.atomic
def end_wall_page(page: WallPage, *, by: Actor, at: datetime, reason: str = "") -> None:
    """
    Take it down for good; a new one begins with new words and a new yes. Twice is once.

    :raises moves.NotAllowed: if the actor may not change the household.
    """
    page = locked_page(page)
    if page.state == WallState.ENDED:
        return
    was_up = page.state == WallState.ON_WALL
    moves.make(page, "end", by=by, at=at, reason=reason)
    if was_up:
        common.remember(page.family, About.WALL_DOWN, by=by, at=at)


def end_wall_pages_over(*, by: Actor, at: datetime) -> int:
    """End those whose last day is over, each by itself, and return how many."""
    over = WallPage.objects.filter(
        state__in=[WallState.ON_WALL, WallState.HIDDEN], ends_on__lt=timezone.localdate(at)
    )
    pages = list(over.select_related("giver").order_by("id"))
    for page in pages:
        end_wall_page(page, by=by, at=at, reason="over")
    return len(pages)


def _hide(giver: Giver, *, why: str, on: object, by: Actor, at: datetime) -> bool:
    """Take it down if it is up; its row is locked before it is read, so that none comes between."""
    rows = WallPage.objects.select_for_update(of=("self",)).select_related("family__giver__subject")
    page = rows.filter(giver=giver.pk, state=WallState.ON_WALL).first()
    if page is None:
        return False
    moves.make(page, "hide", by=by, at=at, reason=why, on=on)
    common.remember(page.family, About.WALL_DOWN, by=by, at=at)
    return True
