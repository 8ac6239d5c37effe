"""The people of a household: who they are, who is asked first, and how each may be reached."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _

from consent import actions as consents
from consent import queries as consent_queries
from consent.evidence import NewEvidence
from consent.models import Consent
from foundation import moves, trail, vault
from foundation.trail import Actor
from foundation.vault import Capacity
from registry.donors import names, phones
from registry.families.actions import common
from registry.families.models import About, Family, Kin, Member
from registry.families.records import Relative
from registry.families.ways import TEXT, WAYS

SEALED: Final = ("name", "phone", "email", "wechat", "address")
_IN_CLEAR: Final = ("kin", "born_on", "time_zone")


@transaction.atomic
def add_member(family: Family, relative: Relative, *, by: Actor, at: datetime) -> Member:
    """
    Add one of the family to a household: a person of their own, after those who are there.

    :raises names.NameProblem: if the name is none.
    :raises phones.PhoneProblem: if nobody can be called at the number.
    :raises moves.Refused: if an e-mail address or a zone is none.
    :raises moves.NotAllowed: if the actor may not change the household.
    """
    family = common.locked(family)
    common.check(family, by=by, at=at, permissions=common.MAY_EDIT)
    common.check_kept(family.giver)
    values = _checked(relative)
    subject = vault.create_subject(
        capacity=Capacity.RELATIVE,
        branch=family.branch,
        document_index=None,
        at=at,
        language=relative.language,
    )
    last = family.members.aggregate(last=Max("order"))["last"]
    member = Member(
        subject=subject,
        family=family,
        order=0 if last is None else last + 1,
        added_at=at,
        **{name: values[name] for name in _IN_CLEAR},
        **by.columns(),
    )
    _index(member, values)
    vault.seal(member, key=subject.key, **{name: values[name] or None for name in SEALED})
    member.save(force_insert=True)
    common.remember(family, About.MEMBER_ADDED, by=by, at=at, member=member)
    trail.record("relative.added", by=by, at=at, object=member, family=family.pk, kin=member.kin)
    common.tell(family, by=by, at=at)
    return member


@transaction.atomic
def correct_member(member: Member, relative: Relative, *, by: Actor, at: datetime) -> list[str]:
    """
    Put right who somebody is and how they are reached.

    :returns: the names of what is another now.
    :raises moves.Refused: if nothing differs.
    :raises moves.NotAllowed: if the actor may not change the household.
    """
    member = common.locked_member(member)
    common.check(member.family, by=by, at=at, permissions=common.MAY_EDIT)
    values, before = _checked(relative), values_of_member(member)
    changed = [name for name, value in values.items() if before[name] != value]
    if not changed:
        raise moves.Refused([_("Nothing is another than before.")])
    saves = _index(member, values)
    for name in _IN_CLEAR:
        setattr(member, name, values[name])
    saves += vault.seal(member, **{name: values[name] or None for name in SEALED})
    member.save(update_fields=[*saves, *_IN_CLEAR])
    if "language" in changed:
        member.subject.language = values["language"]
        member.subject.save(update_fields=["language"])
    common.remember(member.family, About.MEMBER_CORRECTED, by=by, at=at, member=member)
    trail.record("relative.corrected", by=by, at=at, object=member, fields=sorted(changed))
    common.tell(member.family, by=by, at=at)
    return sorted(changed)


@transaction.atomic
def put_first(member: Member, *, by: Actor, at: datetime) -> None:
    """
    Let somebody be asked and written to before the others of the household.

    :raises moves.NotAllowed: if the actor may not change the household.
    """
    member = common.locked_member(member)
    family = member.family
    common.check(family, by=by, at=at, permissions=common.MAY_EDIT)
    others = list(family.members.exclude(pk=member.pk).order_by("order").values_list("pk", flat=True))
    family.members.update(order=F("order") + len(others) + 1)  # nobody stands in another's way
    for place, pk in enumerate([member.pk, *others]):
        Member.objects.filter(pk=pk).update(order=place)
    trail.record("relative.put_first", by=by, at=at, object=member, family=family.pk)
    common.tell(family, by=by, at=at)


@transaction.atomic
def record_reach(
    member: Member,
    ways: Collection[str],
    *,
    evidence: NewEvidence,
    language: str,
    by: Actor,
    at: datetime,
) -> list[Consent]:
    """
    Record by which ways somebody said that we may reach them; a way not named is a no to it.

    :param ways: purposes of ``WAYS``.
    :raises moves.Refused: if no text is in force. :raises EvidenceProblem: if the witness is missing.
    :raises moves.NotAllowed: if the actor may not record consents here.
    """
    member = common.locked_member(member)
    text = consent_queries.text_in_force(TEXT, at)
    given = [way for way in WAYS if way.value in ways]
    declined = [way for way in WAYS if way.value not in ways]
    recorded = consents.record(
        member.subject,
        text=text,
        language=language,
        given=given,
        declined=declined,
        evidence=evidence,
        by=by,
        at=at,
    )
    common.remember(member.family, About.REACH, by=by, at=at, member=member)
    return recorded


def values_of_member(member: Member) -> dict[str, Any]:
    """Return what is known of one of the family, opened: for the form that puts it right."""
    plain = vault.open_one(member, *SEALED)
    known = {name: getattr(member, name) for name in _IN_CLEAR} | {"language": member.subject.language}
    return known | {name: value if isinstance(value, str) else "" for name, value in plain.items()}


def _index(member: Member, values: dict[str, Any]) -> list[str]:
    return vault.index.put(
        member,
        name_index=vault.index.name(values["name"]),
        phone_index=vault.index.phone(values["phone"]) if values["phone"] else None,
    )


def _checked(relative: Relative) -> dict[str, Any]:
    """Return the values, each in its one form."""
    if relative.email.strip():
        _check_email(relative.email.strip())
    if relative.language not in dict(settings.LANGUAGES):
        raise moves.Refused([_("This language is not spoken here.")])
    _check_zone(relative.time_zone)
    return {
        "name": names.check(relative.name),
        "kin": Kin(relative.kin).value,
        "phone": phones.check(relative.phone, landline=True) if relative.phone.strip() else "",
        "email": relative.email.strip(),
        "wechat": relative.wechat.strip(),
        "address": relative.address.strip(),
        "born_on": relative.born_on,
        "language": relative.language,
        "time_zone": relative.time_zone,
    }


def _check_email(text: str) -> None:
    try:
        validate_email(text)
    except ValidationError:
        raise moves.Refused([_("This is no e-mail address.")]) from None


def _check_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (ValueError, KeyError, OSError):  # no such name, or a path that climbs
        raise moves.Refused([_("There is no such time zone.")]) from None
