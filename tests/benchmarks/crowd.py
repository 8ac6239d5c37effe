"""A register of any size for measurements: real keys and seals, written as fast as rows are taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connection, models, transaction
from stdnum.iso7064 import mod_11_2

from consent.models import Consent
from foundation import vault
from foundation.access import Branch, BranchKind, branches
from foundation.trail import Actor, ActorKind
from foundation.vault import Capacity, DataKey, Subject
from foundation.vault.bulk import new_subjects
from registry.donors.models import Donor
from registry.donors.states import DonorState

BY = Actor(ActorKind.COMMAND, "bench")
AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
PIECE = 5000
COUNTIES_A_PREFECTURE = 8
SURNAMES, GIVEN = (
    "王李张刘陈杨黄赵周吴徐孙马朱胡林郭何高罗",
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰",
)


def tree(prefectures: int = 12) -> list[Branch]:
    """Make a province and return its counties."""
    province = branches.add(name="省", kind=BranchKind.PROVINCE, code="33", parent=None, by=BY, at=AT)
    counties = []
    for n in range(prefectures):
        city = branches.add(
            name=f"市{n}", kind=BranchKind.PREFECTURE, code=f"P{n}", parent=province, by=BY, at=AT
        )
        counties += [
            branches.add(
                name=f"县{n}-{m}", kind=BranchKind.COUNTY, code=f"C{n}-{m}", parent=city, by=BY, at=AT
            )
            for m in range(COUNTIES_A_PREFECTURE)
        ]
    return counties


def document_of(number: int) -> str:
    """Return the invented document of the n-th donor."""
    born_on = date(1990, 1, 1) + timedelta(days=number // 1000)
    body = f"330203{born_on:%Y%m%d}{number % 1000:03}"
    return body + mod_11_2.calc_check_digit(body)


def name_of(number: int) -> str:
    """Return the invented name of the n-th donor."""
    return SURNAMES[number % 20] + GIVEN[number // 20 % 26] + GIVEN[number // 520 % 26]


def fill(
    counties: Sequence[Branch], count: int, *, start: int = 0, more: Mapping[str, str] | None = None
) -> None:
    """
    Write so many listed donors, spread over the counties, each sealed under a key of their own.

    :param more: further sealed columns, the same of everybody, as ``address``.
    """
    for first in range(start, start + count, PIECE):
        numbers = range(first, min(first + PIECE, start + count))
        subjects = _subjects(counties, numbers)
        donors = [
            _donor(number, s, counties, more or {}) for number, s in zip(numbers, subjects, strict=True)
        ]
        with transaction.atomic():
            write(DataKey, [subject.key for subject in subjects])
            write(Subject, subjects)
            write(Donor, donors)


def multiply(times: int) -> None:
    """
    Write every donor so many times more, within the database, with their key, consents, and ids of their own.

    A copy has no document, and its cells do not open beside another id: for what opens none.
    """
    new = "gen_random_uuid()" if connection.vendor == "postgresql" else "lower(hex(randomblob(16)))"
    grid = "substr(replace(CAST(crowd.donor AS text), '-', ''), 1, 19)"
    copied: tuple[tuple[type[models.Model], str, dict[str, str]], ...] = (
        (DataKey, "id = crowd.old_key", {"id": "crowd.key"}),
        (
            Subject,
            "id = crowd.old_subject",
            {"id": "crowd.subject", "key_id": "crowd.key", "document_index": "NULL"},
        ),
        (Donor, "id = crowd.old_donor", {"id": "crowd.donor", "subject_id": "crowd.subject", "grid": grid}),
        (Consent, "subject_id = crowd.old_subject", {"id": new, "subject_id": "crowd.subject"}),
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMPORARY TABLE crowd AS "  # noqa: S608 our own names
            f"WITH RECURSIVE once(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM once WHERE n < {int(times)}) "
            f"SELECT {new} AS key, {new} AS subject, {new} AS donor, "
            f"person.key_id AS old_key, person.id AS old_subject, one.id AS old_donor "
            f"FROM {Donor._meta.db_table} one CROSS JOIN once "
            f"JOIN {Subject._meta.db_table} person ON person.id = one.subject_id"
        )
        for model, which, own in copied:
            names = [field.column for field in model._meta.concrete_fields if not field.generated]
            columns = ", ".join(map(connection.ops.quote_name, names))
            said = ", ".join(own.get(name, f"old.{connection.ops.quote_name(name)}") for name in names)
            cursor.execute(
                f"INSERT INTO {model._meta.db_table} ({columns}) "  # noqa: S608 our own names
                f"SELECT {said} FROM {model._meta.db_table} old JOIN crowd ON old.{which}"
            )
        cursor.execute("DROP TABLE crowd")


def settle() -> None:
    """Let the database learn what it holds, and write it down, as its nightly care would."""
    with connection.cursor() as cursor:
        for statement in ["ANALYZE"] if connection.vendor == "sqlite" else ["VACUUM ANALYZE", "CHECKPOINT"]:
            cursor.execute(statement)


def write(model: type[models.Model], rows: Sequence[Any]) -> None:
    """Write rows by COPY on PostgreSQL, by one prepared insert on SQLite."""
    fields = [f for f in model._meta.concrete_fields if not f.generated]
    columns = ", ".join(connection.ops.quote_name(f.column) for f in fields)
    values = ([f.get_db_prep_save(getattr(row, f.attname), connection) for f in fields] for row in rows)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {model._meta.db_table} ({columns}) FROM STDIN") as copy:
                for line in values:
                    copy.write_row([_plain(value) for value in line])
        else:
            marks = ", ".join(["%s"] * len(fields))
            cursor.executemany(
                f"INSERT INTO {model._meta.db_table} ({columns}) VALUES ({marks})",  # noqa: S608
                [[_plain(value) for value in line] for line in values],
            )


def _plain(value: Any) -> Any:
    if connection.vendor == "sqlite":
        return value
    adapted = getattr(value, "obj", value)  # Jsonb and Binary wrappers hand over what they hold
    if isinstance(adapted, memoryview):
        return bytes(adapted)
    if isinstance(adapted, dict | list):
        return "{}" if isinstance(adapted, dict) else "[]"
    return adapted


def _subjects(counties: Sequence[Branch], numbers: range) -> list[Subject]:
    found = []
    for number in numbers:
        index = vault.index.document("RESIDENT_ID", document_of(number))
        branch = counties[number % len(counties)]
        found += new_subjects([index], capacity=Capacity.DONOR, branch=branch, at=AT)
    return found


def _donor(number: int, subject: Subject, counties: Sequence[Branch], more: Mapping[str, str]) -> Donor:
    branch = counties[number % len(counties)]
    day = date(2010, 1, 1) + timedelta(days=number % 5000)
    donor = Donor(
        subject=subject, owner_branch=branch, owner_path=branch.path, service_branch=branch,
        service_path=branch.path, sex="FM"[number % 2], born_on=date(1980 + number % 25, 1 + number % 12, 1),
        document_kind="RESIDENT_ID", registered_at=AT - timedelta(days=number % 5000), listed_on=day,
        name_index=vault.index.name(name_of(number)), phone_index=vault.index.phone(f"138{number:08}"),
        initials_index=number % 20000, contact_verified_on=day,
    )  # fmt: skip
    donor.__dict__["state"] = DonorState.LISTED.value
    told = {"name": name_of(number), "phone": f"+86138{number:08}", "document": document_of(number), **more}
    vault.seal(donor, key=subject.key, **told)
    return donor
