"""Any records, however they are written: what is taken over comes back the same, or is named."""

from datetime import UTC, date, datetime

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from foundation.papers import sheets as files
from foundation.trail import Actor, ActorKind
from registry.donors.columns import OF_THE_RECORDS, Column
from registry.donors.exports import full_lines
from registry.donors.exports.words import STATES
from registry.donors.models import Donor
from registry.drives.imports.existing import import_existing
from tests.factories import consent as consents
from tests.factories import records, sheets
from tests.factories.foundation import BranchFactory

AT = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
COMMAND = Actor(ActorKind.COMMAND, "tests")

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

# No control characters or halves of pairs: a sheet holds none. Nor what CSV readers take off the ends.
spoken = st.text(
    st.characters(exclude_categories=["Cc", "Cs", "Cn"]) | st.sampled_from("𠮷䶮·ཀརྨ阿布都热依木\ue863"),
    max_size=12,
).map(str.strip)
letters = st.characters(categories=["Lo", "Ll", "Lu"]) | st.sampled_from("𠮷䶮·ཀ依木\ue863")
names = st.tuples(st.sampled_from("王𠮷䶮ཀ阿"), st.text(letters, max_size=8)).map("".join)
days = st.dates(date(1990, 1, 1), date(2026, 11, 20))
phones = st.integers(13_000_000_000, 19_999_999_999).map(str)


def written(day: date) -> st.SearchStrategy[str]:
    """Spell a day as people do."""
    return st.sampled_from([day.isoformat(), f"{day:%Y%m%d}", f"{day.year}年{day.month}月{day.day}日"])


@st.composite
def row(draw: st.DrawFn, n: int) -> records.Row:
    """Draw the n-th person: any state, any words, numbers in any spelling, much of it left out."""
    number = sheets.resident_number(n, born_on=draw(st.dates(date(1940, 1, 1), date(1999, 12, 31))))
    phone = draw(phones)
    said: records.Row = {
        Column.NAME: draw(names),
        Column.DOCUMENT_NUMBER: draw(
            st.sampled_from([number, records.fifteen(number), f" {number.lower()} "])
        ),
        Column.STATE: draw(st.sampled_from(sorted(STATES.values()))),
        Column.LISTED_ON: draw(days.flatmap(written)),
        Column.REGISTERED_ON: draw(days.flatmap(written)),
        Column.VERIFIED_ON: draw(days.flatmap(written)),
        Column.PHONE: draw(st.sampled_from([phone, f"+86 {phone}", f"{phone[:3]}-{phone[3:7]}-{phone[7:]}"])),
        Column.CONTACT_1_NAME: draw(spoken),
        Column.CONTACT_1_RELATION: draw(st.sampled_from(["父亲", "配偶", "室友", ""])),
        Column.CONTACT_2_PHONE: draw(phones),
        Column.BLOOD_GROUP: draw(st.sampled_from(["A", "b型", "ＡＢ", ""])),
        Column.WEIGHT: draw(st.sampled_from(["65", "65.5公斤", "130斤", ""])),
        Column.NATIONAL_NO: f"33-{n}",
        Column.BARCODE: f"old{n:07d}",
        Column.TYPING: draw(st.sampled_from([records.TYPING, f"HLA-{records.TYPING.lower()}", ""])),
        **{column: draw(spoken) for column in (Column.ADDRESS, Column.NOTE, Column.WORKPLACE)},
    }
    left_out = draw(st.sets(st.sampled_from(sorted(set(said) - {*_NEEDED}))))
    return {column: "" if column in left_out else said.get(column, "") for column in OF_THE_RECORDS}


_NEEDED = (Column.NAME, Column.DOCUMENT_NUMBER, Column.STATE, Column.LISTED_ON)


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_whatever_records_say_comes_back(data):
    people = [data.draw(row(n)) for n in range(data.draw(st.integers(1, 4)))]
    with transaction.atomic():
        consents.text()
        branch = BranchFactory()
        report = import_existing(records.csv(*people), branch, by=COMMAND, at=AT).report

        assert report.rejected == {}
        assert report.round_trip.as_json() == {"lines": len(people), "same": len(people), "differing": {}}
        assert Donor.objects.count() == len(people)

        # What went out comes in again as the same people, and changes nothing.
        out = [
            [texts[column] for column in OF_THE_RECORDS] for _donor, texts in full_lines(Donor.objects.all())
        ]
        file = b"".join(files.write_csv([[str(column) for column in OF_THE_RECORDS], *out]))
        again = import_existing(file, branch, by=COMMAND, at=AT).report
        assert (again.accepted, again.unchanged, again.rejected) == (0, len(people), {})
        assert again.differing == {}
        transaction.set_rollback(True)
