"""Planning: a year for many families, and what is due for everybody on the register."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta

from django.db import connection, transaction

from consent.actions import install_first_texts
from consent.models import Consent, Evidence, Text
from consent.purposes import Purpose
from consent.states import EvidenceKind, State
from foundation import vault
from foundation.access import Branch
from foundation.vault import Capacity, DataKey, Subject
from foundation.vault.bulk import new_subjects
from notifications.outbox.models import Message
from notifications.plans import ahead
from notifications.plans.actions.beginning import FAMILY_CARE
from notifications.plans.models import Plan, Touchpoint
from notifications.programmes.actions import install_first_programmes
from notifications.retention import everybody
from registry.donors.models import Donor
from registry.families.models import Family, Giver, Rite
from registry.families.rites import RITES
from tests.benchmarks import crowd
from tests.benchmarks.figures import Out

AT = datetime(2026, 11, 20, 0, 30, tzinfo=UTC)
ON = date(2026, 11, 20)
FAMILIES = int(os.environ.get("BENCH_FAMILIES", "10000"))
PEOPLE = int(os.environ.get("BENCH_PEOPLE", "1000000"))
TIMES = 100  # each of those who are sealed stands for so many
YEAR_SECONDS = 20
OF_BARE = 0.4  # of INSERT … SELECT; design/messaging.md, scale


def run(out: Out) -> None:
    """Plan a year of families, and the messages of everybody; the same again must add nothing."""
    counties = crowd.tree(prefectures=3)
    install_first_programmes(by=crowd.BY, at=AT)
    install_first_texts(by=crowd.BY, at=AT)
    with out.timed(f"{FAMILIES:,} families"):
        _families(counties)
    crowd.settle()
    _a_year(out)
    with out.timed(f"{PEOPLE:,} volunteers"):
        crowd.fill(counties, PEOPLE // TIMES)
        Donor.objects.update(listed_on=ON - timedelta(days=30), contact_verified_on=ON)
        _agree()
        crowd.multiply(TIMES - 1)
    crowd.settle()
    _everybody(out)


def _a_year(out: Out) -> None:
    seconds, made = _timed(lambda: ahead.plan_ahead(at=AT))
    out.figure(f"a year of {FAMILIES:,} families", seconds, "s", at_most=YEAR_SECONDS * FAMILIES / 10_000)
    out.figure("touchpoints planned", made, "rows", at_least=FAMILIES)
    Plan.objects.update(planned_through=None)
    seconds, made = _timed(lambda: ahead.plan_ahead(at=AT))
    out.figure("the same again", seconds, "s")
    out.figure("rows it changed", made, "rows", at_most=0)


def _everybody(out: Out) -> None:
    seconds, made = _timed(lambda: everybody.plan(ON, at=AT))
    out.figure(f"messages due for {PEOPLE:,} volunteers, planned", made / seconds, "rows/s")
    out.figure("of everybody", made, "rows", at_least=PEOPLE)
    bare = _bare()
    out.figure("bare INSERT … SELECT of these rows, same run", made / bare, "rows/s")
    out.figure("planned ÷ bare", bare / seconds, "×", at_least=OF_BARE)
    seconds, made = _timed(lambda: everybody.plan(ON, at=AT))
    out.figure("the same again", seconds, "s")
    out.figure("rows it added", made, "rows", at_most=0)


def _timed(act: Callable[[], int]) -> tuple[float, int]:
    start = time.perf_counter()
    made = act()
    return time.perf_counter() - start, made


def _bare() -> float:
    """Copy the planned rows within the database into a table with the same indexes."""
    table = connection.ops.quote_name(Message._meta.db_table)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"CREATE TABLE bare (LIKE {table} INCLUDING ALL)")
        else:
            cursor.execute("SELECT sql FROM sqlite_master WHERE tbl_name = %s", [Message._meta.db_table])
            for (statement,) in cursor.fetchall():
                if statement:
                    made = statement.replace(table, '"bare"')
                    cursor.execute(made.replace('INDEX "', 'INDEX "bare_'))
        start = time.perf_counter()
        cursor.execute(f"INSERT INTO bare SELECT * FROM {table}")  # noqa: S608 our own name
        taken = time.perf_counter() - start
        cursor.execute("DROP TABLE bare")
    return taken


def _families(counties: Sequence[Branch]) -> None:
    """Write households of one who gave in the last three years, each with every rite, running."""
    for first in range(0, FAMILIES, crowd.PIECE):
        with transaction.atomic():
            _piece(counties, range(first, min(first + crowd.PIECE, FAMILIES)))


def _piece(counties: Sequence[Branch], numbers: range) -> None:
    subjects: list[Subject] = []
    for number in numbers:
        index = vault.index.document("RESIDENT_ID", f"giver {number}")
        branch = counties[number % len(counties)]
        subjects += new_subjects([index], capacity=Capacity.GIVER, branch=branch, at=AT)
    by = crowd.BY.columns()
    givers, families, plans, rites = [], [], [], []
    for number, subject in zip(numbers, subjects, strict=True):
        died = ON - timedelta(days=number % 1095)
        stands = {"branch_id": subject.branch_id, "branch_path": subject.branch_path}
        giver = Giver(subject=subject, died_on=died, gave_on=died, entered_at=AT, **stands, **by)
        family = Family(giver=giver, opened_at=AT, **stands, **by)
        givers.append(giver)
        families.append(family)
        plans.append(Plan(programme_key=FAMILY_CARE, family=family, began_at=AT, **stands, **by))
        rites += [
            Rite(family=family, rite=rite.key, calendar=("SOLAR", "LUNAR")[number % 2], chosen_at=AT, **by)
            for rite in RITES
        ]
    crowd.write(DataKey, [subject.key for subject in subjects])
    for model, made in (
        (Subject, subjects),
        (Giver, givers),
        (Family, families),
        (Plan, plans),
        (Rite, rites),
    ):
        crowd.write(model, made)
    assert not Touchpoint.objects.exists()


def _agree() -> None:
    """Let everybody agree to text messages, on one paper for all: what is measured reads no paper."""
    text = Text.objects.filter(version__gt=0).first()
    by = crowd.BY.columns()
    people = Subject.objects.filter(capacity=Capacity.DONOR)
    paper = Evidence.objects.create(subject=people.first(), kind=EvidenceKind.PAPER, taken_at=AT, **by)
    for start in range(0, PEOPLE // TIMES, crowd.PIECE):
        piece = people.order_by("pk").values_list("pk", flat=True)[start : start + crowd.PIECE]
        crowd.write(Consent, [_agreed(pk, text, paper, by) for pk in piece])


def _agreed(pk: object, text: Text | None, paper: Evidence, by: dict[str, str]) -> Consent:
    made = Consent(
        subject_id=pk, purpose=Purpose.CONTACT_SMS, text=text, evidence=paper, language="zh-hans",
        text_sha256="0" * 64, line="contact", slot="contact", answered_at=AT, **by,
    )  # fmt: skip
    made.__dict__["state"] = State.ACTIVE.value
    return made
