"""Correct who somebody is: a document was seen, the old values stay sealed, evidence is not touched."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from consent import actions as consents
from consent.models import RemarkKind
from foundation import moves, trail, vault
from foundation.access import Permission
from foundation.moves import Guard, Move
from foundation.trail import Actor
from foundation.vault import Subject
from registry.donors import documents, names, rules
from registry.donors.actions import common, doors, rights
from registry.donors.actions.pausing import hold
from registry.donors.documents import Document, DocumentKind
from registry.donors.models import CorrectionReason, Donor, IdentityChange
from registry.donors.reasons import Reason
from registry.donors.states import BEFORE_A_CASE


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who somebody is, as the document says that was seen."""

    name: str = field(repr=False)
    document_kind: str
    document_number: str = field(repr=False)
    sex: str
    born_on: date | None


class DocumentTaken(moves.Refused):
    """Somebody with this document is registered already; nothing more is said."""

    def __init__(self) -> None:
        super().__init__([_("This volunteer is already registered.")], move="correct_identity")


class NothingDiffers(moves.Refused):
    """The document says what the record says."""

    def __init__(self) -> None:
        super().__init__([_("The record says the same as the document.")], move="correct_identity")


@transaction.atomic
def correct_identity(
    donor: Donor, identity: Identity, *, seen: str, reason: str, by: Actor, at: datetime
) -> list[str]:
    """
    Write down what the document says, which was seen; keep what was written before, sealed.

    Whether the document is somebody else's is decided by the database. The rules of joining
    are asked again: a donor who does not meet them is paused until somebody has decided.

    :param seen: the kind of document that was shown. :param reason: a code of ``CorrectionReason``.
    :returns: the sentences of the rules that no longer hold.
    :raises documents.DocumentProblem: if the number cannot be right.
    :raises names.NameProblem: if the name cannot be one.
    :raises DocumentTaken: if somebody is registered with this document.
    :raises moves.Refused: if nothing differs, or number and birth date say different things.
    :raises moves.NotAllowed: if the actor may not correct donors here.
    """
    donor = common.locked(donor)
    rights.check(donor, by=by, at=at, permissions=(Permission.DONOR_CORRECT,))
    if donor.subject.key_id is None:
        raise moves.Refused([_("The data of this record were erased: there is nothing left to correct.")])
    right = _checked(identity, donor, at=at)
    before = _as_kept(donor)
    changed = _differing(before, right)
    if not changed:
        raise NothingDiffers
    _keep(donor, before, changed, seen=seen, reason=reason, by=by, at=at)
    if {"document", "document_kind"} & set(changed):
        _take_document(donor.subject, right, by=by, at=at)
    _write(donor, right)
    consents.remark(donor.subject, RemarkKind.IDENTITY_CORRECTED, by=by, at=at)
    trail.record(
        "donor.identity_corrected", by=by, at=at, object=donor, reason=reason, fields=changed, seen=seen
    )
    return _ask_again(donor, by=by, at=at)


FIELDS: Final = ("name", "document_kind", "document", "sex", "born_on")


def _checked(identity: Identity, donor: Donor, *, at: datetime) -> dict[str, Any]:
    """Return the new values, each in its one form."""
    document = documents.check(
        identity.document_kind, identity.document_number, on=timezone.localdate(at), fifteen=donor.legacy
    )
    if _contradicts(document, identity):
        raise moves.Refused([_("The document number says something else. Compare both with the card.")])
    return {
        "name": names.check(identity.name),
        "document_kind": document.kind.value,
        "document": document.number,
        "sex": identity.sex,
        "born_on": identity.born_on,
    }


def _contradicts(document: Document, identity: Identity) -> bool:
    told = ((document.born_on, identity.born_on), (document.sex, identity.sex))
    return any(by_number is not None and by_number != said for by_number, said in told)


def _as_kept(donor: Donor) -> dict[str, Any]:
    opened = vault.open_one(donor, "name", "document")
    return {
        **{name: value if isinstance(value, str) else None for name, value in opened.items()},
        "document_kind": donor.document_kind,
        "sex": donor.sex,
        "born_on": donor.born_on,
    }


def _differing(before: dict[str, Any], right: dict[str, Any]) -> list[str]:
    return [name for name in FIELDS if before[name] != right[name]]


def _keep(
    donor: Donor,
    before: dict[str, Any],
    changed: list[str],
    *,
    seen: str,
    reason: str,
    by: Actor,
    at: datetime,
) -> None:
    change = IdentityChange(
        donor=donor,
        at=at,
        reason=CorrectionReason(reason),
        seen=DocumentKind(seen),
        fields=changed,
        **by.columns(),
    )
    was = json.dumps({name: before[name] for name in changed}, default=str, ensure_ascii=False)
    vault.seal(change, key=donor.subject.key_id, was=was)
    change.save(force_insert=True)


def _take_document(subject: Subject, right: dict[str, Any], *, by: Actor, at: datetime) -> None:
    """Let the index follow; asking whose document it is counts at the door of that name."""
    doors.count_look_up(by, at=at)
    index = vault.index.document(right["document_kind"], right["document"])
    try:
        with transaction.atomic():
            subject.save(update_fields=vault.index.put(subject, document_index=index))
    except IntegrityError as clash:
        raise DocumentTaken from clash


def _write(donor: Donor, right: dict[str, Any]) -> None:
    saves = vault.seal(donor, name=right["name"], document=right["document"])
    saves += vault.index.put(
        donor,
        name_index=vault.index.name(right["name"]),
        initials_index=vault.index.initials(names.initials(right["name"])),
    )
    if right["born_on"] != donor.born_on:  # the night tells of age limits anew
        donor.limit_notice_on = donor.age_notice_on = None
    donor.document_kind, donor.sex, donor.born_on = right["document_kind"], right["sex"], right["born_on"]
    donor.not_twice_at = None
    plain = ("document_kind", "sex", "born_on", "limit_notice_on", "age_notice_on", "not_twice_at")
    donor.save(update_fields=[*saves, *plain])


def _ask_again(donor: Donor, *, by: Actor, at: datetime) -> list[str]:
    """Ask the rules of joining as of the day of joining; pause a donor who does not meet them."""
    broken = [str(guard.sentence) for guard in _asked_of(donor) if not _holds(guard, donor, by, at)]
    if broken and donor.state in BEFORE_A_CASE:
        until = timezone.localdate(at) + timedelta(days=settings.CORRECTED_HOLD_DAYS)
        hold(donor, until=until, reason=Reason.OT, by=by, at=at, words="\n".join(broken))
    return broken


def _asked_of(donor: Donor) -> tuple[Guard, ...]:
    if donor.legacy:  # taken over at any age and weight; only the end of the register is asked
        return (rules.AGE_LIMIT,)
    return (rules.AGE_TO_JOIN, rules.WEIGHT, rules.AGE_LIMIT)


def _holds(guard: Guard, donor: Donor, by: Actor, at: datetime) -> bool:
    when = at if guard is rules.AGE_LIMIT else donor.registered_at
    asked: Move[Any] = Move(donor, "correct_identity", by, when)
    return guard.check(asked)
