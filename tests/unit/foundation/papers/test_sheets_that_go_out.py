"""Whatever people have typed, no cell of a sheet that goes out runs, and read again it is what was typed."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import openpyxl
import pytest

from foundation.papers import sheets

NASTY = Path(__file__).resolve().parents[5] / "shared/data/nasty/blns.json"
A_FEW = [
    "=1+1", "=HYPERLINK(\"http://x\",\"y\")", "+1", "-1+cmd|' /C calc'!A0", "@SUM(A1)", "\t=1", "\r=1",
    "\n=1", " =1", "\u3000=1", "＝1", "＋1", "－1", "＠A1", "|calc", "%0a", "'", "'=1", "''=1",
    "'abc'=1", "' =1", "'-", "_x0041_", "_x000D_", "a\rb", "a\r\nb", "a\nb",
    " leading", "trailing ", "<b>&amp;</b>", "𠮷䶮", "\ue863",
    "0138", "1e5", "110101199003070000", "ﷺ", "\u202etest\u202c",
]  # fmt: skip
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
RUNS = re.compile(r"\s*[=+\-@\t\r|%＝＋－＠]")


@pytest.fixture(scope="module")
def typed() -> list[str]:
    """A few strings of our own, and the list of naughty strings where it is at hand."""
    naughty = json.loads(NASTY.read_text()) if NASTY.exists() else []
    return [UNWRITABLE.sub("\ufffd", text) for text in [*A_FEW, *naughty] if text.strip()]


def rows(typed: list[str]) -> list[list[str]]:
    return [["备注", "x"], *[[text, "x"] for text in typed]]


class TestAWorkbook:
    def test_gives_back_what_was_typed(self, typed: list[str]) -> None:
        content = b"".join(sheets.stream_xlsx(rows(typed)))

        assert [row.cells[0] for row in sheets.read(content)] == ["备注", *typed]

    def test_holds_no_formula(self, typed: list[str]) -> None:
        content = b"".join(sheets.stream_xlsx(rows(typed)))

        book = openpyxl.load_workbook(io.BytesIO(content))
        assert {cell.data_type for row in book.active.iter_rows() for cell in row} == {"s"}

    def test_keeps_its_header_in_sight_and_its_digits(self) -> None:
        content = b"".join(sheets.stream_xlsx([["证件号码"], ["110101199003070000"]]))

        sheet = openpyxl.load_workbook(io.BytesIO(content)).active
        assert sheet.freeze_panes == "A2"
        assert sheet["A2"].value == "110101199003070000"
        assert sheet["A2"].number_format == "@"

    def test_comes_in_pieces(self) -> None:
        row = [["x" * 50 + str(n) for n in range(20)] for _ in range(5_000)]

        sizes = [len(piece) for piece in sheets.stream_xlsx(row)]

        assert len(sizes) > 1

    def test_replaces_what_no_workbook_can_hold(self) -> None:
        content = b"".join(sheets.stream_xlsx([["a\x00b\ud800c"]]))

        assert next(sheets.read(content)).cells == ["a\ufffdb\ufffdc"]


class TestATableInText:
    def test_gives_back_what_was_typed(self, typed: list[str]) -> None:
        content = b"".join(sheets.write_csv(rows(typed)))

        assert [row.cells[0] for row in sheets.read(content)] == ["备注", *typed]

    def test_holds_nothing_that_runs(self, typed: list[str]) -> None:
        content = b"".join(sheets.write_csv(rows(typed))).decode("utf-8-sig")

        assert [cells for cells in csv.reader(io.StringIO(content, newline="")) if RUNS.match(cells[0])] == []
