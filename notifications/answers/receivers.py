"""What answers do when a person is erased, or is looked after elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from foundation.trail import Actor
from foundation.vault import Subject
from notifications.answers import actions
from notifications.channel_names import Channel
from notifications.recipients import contact
from registry.donors.models import Donor
from registry.families.models import Family


def erased(*, subject: Subject, at: datetime, **_more: Any) -> None:
    """Take the answers of an erased person off the list: their words went with the key."""
    actions.close_all(subject, at=at)


def family_changed(*, family: Family, **_more: Any) -> None:
    """Have what a family answered read by the branch that looks after it now."""
    actions.follow(family.members.values_list("subject", flat=True), path=family.branch_path)


def donor_rehomed(*, donor: Donor, **_more: Any) -> None:
    """Have what a donor answered read by the branch that looks after them now."""
    actions.follow([donor.subject_id], path=donor.service_path)


def donor_confirmed(*, donor: Donor, by: Actor, at: datetime, **_more: Any) -> None:
    """Write to and ring a number again that did not work: it reached the person, or they say it is theirs."""
    for way in (Channel.SMS, Channel.CALL):
        contact.forget_broken(donor.subject, way, by=by, at=at)


def donor_merged(*, kept: Donor, emptied: Donor, **_more: Any) -> dict[str, Any]:
    """Bring what was answered to the record that is kept; the words stay under the key of the other."""
    return {"answers": actions.bring(emptied, kept, path=kept.service_path)}


def donor_parted(*, kept: Donor, emptied: Donor, moved: Mapping[str, Any], **_more: Any) -> None:
    """Give answers back: two people after all."""
    path = moved["paths"]["service"]  # the record stands there again in a moment
    actions.give_back(moved.get("answers", []), kept, emptied, path=path)
