"""Sheets of donors that were asked for; donors at the national register, and its sheets."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from foundation import jobs
from foundation.access import Branch
from foundation.papers import sheets
from foundation.trail import Actor
from registry.donors.exports import asking
from registry.donors.models import Donor, Export, NationalSheet, NationalState
from registry.donors.national import comparing
from registry.donors.states import DonorState
from tests.factories import consent as consents
from tests.factories.donors import DonorFactory

DAY = date(2026, 9, 1)  # on which the national register accepted somebody
THEIR_HEADER = ["国家库编号", "证件号码", "GRID", "状态", "入库日期"]


def asked(branch: Branch, *, by: Actor, at: datetime, **changes: Any) -> Export:
    """Return a sheet that was asked for: masked names and states."""
    plain: dict[str, Any] = {
        "columns": ["grid", "name", "state"],
        "filters": {},
        "opened": False,
        "reason": "CHECK",
    }
    return asking.ask(branch, **{**plain, **changes}, by=by, at=at)


def made(export: Export) -> Export:
    """Return the sheet after a worker has made it."""
    job = asking.job_of(export)
    assert job is not None
    jobs.run(job.pk, clock=timezone.now)
    return Export.objects.select_related("branch").get(pk=export.pk)


def listed(branch: Branch, *, agreed: bool = True, **changes: Any) -> Donor:
    """Return a listed donor, who agreed to be shared unless told otherwise."""
    donor = DonorFactory(branch=branch, **{"state": DonorState.LISTED, **changes})
    if agreed:
        consents.sign(donor.subject)
    return donor


def there(branch: Branch, number: str, **changes: Any) -> Donor:
    """Return a donor whom the national register accepted under a number."""
    accepted = {"national_state": NationalState.ACCEPTED, "national_no": number, "national_on": DAY}
    return listed(branch, **accepted, **changes)


def theirs(*rows: Sequence[Any]) -> bytes:
    """Return a sheet of the national register with a title above its header."""
    return sheets.write_xlsx([["中华骨髓库在库名单"], THEIR_HEADER, *rows])


def handed_in(branch: Branch, *rows: Sequence[Any], by: Actor, at: datetime) -> NationalSheet:
    """Return a sheet of the national register that waits to be compared."""
    return comparing.hand_in(branch, theirs(*rows), name="名单.xlsx", by=by, at=at)[0]


def compared(sheet: NationalSheet) -> NationalSheet:
    """Return it after a worker has compared it."""
    job = comparing.job_of(sheet)
    assert job is not None
    jobs.run(job.pk, clock=timezone.now)
    return NationalSheet.objects.select_related("branch").get(pk=sheet.pk)
