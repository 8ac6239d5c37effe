"""Paper lists of invented people: the plainest valid row, and sheets made of such rows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from stdnum.iso7064 import mod_11_2

from foundation.papers import sheets as files
from foundation.papers.sheets import Cell
from registry.donors.columns import OF_A_LIST, Column

ON = date(2026, 11, 20)
TITLE = "造血干细胞捐献志愿者登记表"


def resident_number(n: int = 0, *, born_on: date = date(1998, 5, 17), sex: str = "M") -> str:
    """Return the n-th valid number of somebody born on a day; at most 499 of a day and sex."""
    stem = f"330106{born_on:%Y%m%d}{n * 2 + (sex == 'M'):03d}"
    return stem + mod_11_2.calc_check_digit(stem)


def row(n: int = 0, **changes: Any) -> dict[Column, Cell]:
    """Return the n-th volunteer; a change names a column, as ``PHONE="…"``."""
    plain: dict[Column, Cell] = {
        Column.NAME: "王丽华",
        Column.SEX: "男",
        Column.ETHNIC_GROUP: "汉族",
        Column.DOCUMENT_KIND: "居民身份证",
        Column.DOCUMENT_NUMBER: resident_number(n),
        Column.BORN_ON: "1998-05-17",
        Column.PHONE: f"138{n:08d}",
        Column.CONTACT_1_NAME: "张建国",
        Column.CONTACT_1_RELATION: "父亲",
        Column.CONTACT_1_PHONE: f"139{n:08d}",
        Column.CONTACT_2_NAME: "李梅",
        Column.CONTACT_2_RELATION: "朋友",
        Column.CONTACT_2_PHONE: f"137{n:08d}",
        Column.EDUCATION: "本科",
        Column.WORKPLACE: "绍兴文理学院",
        Column.ADDRESS: "浙江省绍兴市越城区示例路1号",
        Column.BLOOD_GROUP: "A",
        Column.WEIGHT: "65",
        Column.REGISTERED_ON: ON.isoformat(),
        Column.BARCODE: f"ZJ261120{n:05d}",
        Column.NOTE: "",
    }
    return plain | {Column[name]: value for name, value in changes.items()}


def cells(rows: Iterable[dict[Column, Cell]], *, title: bool = True) -> list[list[Cell]]:
    """Return a sheet's cells: title, header, rows."""
    above: list[list[Cell]] = [[TITLE]] if title else []
    lines = [[row[column] for column in OF_A_LIST] for row in rows]
    return [*above, [str(column) for column in OF_A_LIST], *lines]


def xlsx(*rows: dict[Column, Cell]) -> bytes:
    """Return a workbook with these rows under a title and a header: the first is row 3."""
    return files.write_xlsx(cells(rows))


def csv(*rows: dict[Column, Cell]) -> bytes:
    """Return a table in text with these rows under a header: the first is row 2."""
    return b"".join(files.write_csv(cells(rows, title=False)))
