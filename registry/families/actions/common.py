"""What every act on a household begins and ends with: locks, rights, a line of history, the word upwards."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from foundation import access, moves, vault
from foundation.access import Permission
from foundation.trail import Actor, ActorKind
from registry.families import signals
from registry.families.models import About, Family, FamilyNote, Giver, Member

MAY_EDIT = (Permission.FAMILY_EDIT,)
MAY_STOP = (Permission.PERSON_STOP,)


def locked(family: Family) -> Family:
    """Lock the one who gave, and return the household as the row is now."""
    vault.lock(family.giver.subject_id)
    return Family.objects.select_related("giver__subject", "branch").get(pk=family.pk)


def locked_member(member: Member) -> Member:
    """Lock a relative and the one who gave, and return the relative as the row is now."""
    vault.lock(member.subject_id, member.family.giver.subject_id)
    return Member.objects.select_related("subject", "family__giver__subject").get(pk=member.pk)


def check(
    on: Any, *, by: Actor, at: datetime, permissions: tuple[Permission, ...], own: Member | None = None
) -> None:
    """
    Check that staff hold one of these rights here; a relative by their own link may, for themself.

    :param own: whose word it may be.
    :raises moves.NotAllowed: if they do not.
    """
    if by.kind in {ActorKind.TASK, ActorKind.COMMAND}:
        return
    if by.kind == ActorKind.SUBJECT and own is not None and by.id == str(own.subject_id):
        return
    if not any(access.may(by, permission, on=on, at=at) for permission in permissions):
        raise moves.NotAllowed(permissions[0].value)


def check_kept(giver: Giver) -> None:
    """
    Refuse to add to what was erased.

    :raises moves.Refused: if the data of the one who gave were erased.
    """
    if giver.subject.key_id is None:
        raise moves.Refused([_("The data of this family were erased. Nothing can be added any more.")])


def remember(
    family: Family, about: About, *, by: Actor, at: datetime, member: Member | None = None, words: str = ""
) -> FamilyNote:
    """Write a line of a household's history; words are sealed under the key of whom they are about."""
    line = FamilyNote(family=family, member=member, about=about, at=at, **by.columns())
    key = (member.subject if member else family.giver.subject).key_id
    if words.strip() and key is not None:
        vault.seal(line, key=key, words=words.strip())
    line.save(force_insert=True)
    return line


def tell(family: Family, *, by: Actor, at: datetime, offered: bool = False) -> None:
    """
    Tell the floor above that what it planned for a household may have another day, or none.

    :param offered: what it would begin now is to be offered to them first.
    """
    signals.family_changed.send(Family, family=family, offered=offered, by=by, at=at)
