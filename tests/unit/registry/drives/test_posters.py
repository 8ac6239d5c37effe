"""The mark on a poster says which drive and until when, and cannot be made by anybody else."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from foundation.ids import uuid7
from registry.drives.models import Drive
from registry.drives.own_forms import posters
from registry.drives.states import DriveKind

TODAY = date(2026, 11, 20)


def drive(on: date | None = TODAY) -> Drive:
    return Drive(id=uuid7(), on_date=on, kind=DriveKind.DRIVE if on else DriveKind.OFFICE)


class TestMark:
    def test_says_which_drive_and_until_when(self) -> None:
        one = drive()
        assert posters.read(posters.mark_of(one, today=TODAY)) == posters.Poster(one.pk, TODAY)

    def test_of_an_office_holds_a_month(self) -> None:
        read = posters.read(posters.mark_of(drive(None), today=TODAY))
        assert read.until == TODAY + timedelta(days=31)

    def test_is_short_enough_for_a_code_an_old_phone_reads(self) -> None:
        assert len(posters.mark_of(drive(), today=TODAY)) < 75

    @pytest.mark.parametrize("place", [0, 5, 20, 26, 40, -1])
    def test_that_somebody_changed_is_refused(self, place: int) -> None:
        mark = posters.mark_of(drive(), today=TODAY)
        changed = list(mark)
        changed[place] = "A" if changed[place] != "A" else "B"
        with pytest.raises(posters.NotAPoster):
            posters.read("".join(changed))

    @pytest.mark.parametrize("text", ["", ".", "x", "x.y", "é.é", "A" * 26 + "." + "B" * 43, "\0", "%ff"])
    def test_that_is_none_is_refused(self, text: str) -> None:
        with pytest.raises(posters.NotAPoster):
            posters.read(text)
