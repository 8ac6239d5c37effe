"""Sheets that strangers hand in, and sheets we hand out."""

import io
import resource
import time
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from foundation.papers import sheets
from foundation.papers.sheets import child, reading
from tests.unit.foundation.papers.workbooks import row, text_cell, workbook

NASTY = Path(__file__).resolve().parents[5] / "shared/data/nasty"
needs_nasty = pytest.mark.skipif(
    not NASTY.is_dir(), reason="the folder shared/data/nasty is not beside the clone"
)
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20)


def cells(source, **named):
    return [row.cells for row in sheets.read(source, **named)]


def problem(source, **named):
    with pytest.raises(sheets.SheetProblem) as caught:
        list(sheets.read(source, **named))
    assert all(caught.value.sentences)
    return caught.value.code


class TestReadOfAWorkbook:
    def test_keeps_the_numbers_of_rows_under_empty_ones(self):
        found = list(sheets.read(workbook([row(3, "姓名", "电话")])))

        assert [(one.number, one.cells) for one in found][-1] == (3, ["姓名", "电话"])

    def test_keeps_text_numbers_and_dates_apart(self):
        book = openpyxl.Workbook()
        book.active.append(["330106", 330106, date(2026, 4, 5)])
        content = io.BytesIO()
        book.save(content)

        text, number, day = cells(content.getvalue())[0]

        assert (text, number, day) == ("330106", 330106, date(2026, 4, 5))
        assert not isinstance(number, str)

    def test_does_not_mind_cells_below_that_are_only_formatted(self):
        assert len(cells(workbook([row(1, "a"), '<row r="1048576"><c r="XFD1048576" s="1"/></row>']))) == 1

    @pytest.mark.parametrize(
        ("rows", "code"),
        [
            ('<row r="1048576"><c r="A1048576"><v>1</v></c></row>', "too_many_rows"),
            ('<row r="1048576"><c><v>1</v></c></row>', "too_many_rows"),
            ('<row r="1"><c r="&#65;100001"><v>1</v></c></row>', "too_many_rows"),
            ('<row r="1"><c r="GS1"><v>1</v></c></row>', "too_many_columns"),
            ('<row r="-1"><c r="A1"><v>1</v></c></row>', "broken"),
            ('<row r="1"><c r="17"><v>1</v></c></row>', "broken"),
            ('<row r="1"><c r="A1"><v>1</v>', "broken"),
            ("", "no_sheet"),
        ],
    )
    def test_refuses_cells_out_of_bounds_and_broken_xml(self, rows, code):
        assert problem(workbook([rows])) == code

    def test_refuses_entities_in_any_part(self):
        declared = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'

        assert problem(workbook([row(1, "a")], before='<!DOCTYPE r [<!ENTITY x "y">]>')) == "refers_outside"
        assert problem(workbook([row(1, "a")], more={"xl/styles.xml": declared})) == "refers_outside"

    def test_refuses_a_bomb_before_it_goes_off(self):
        start = time.monotonic()

        assert problem(workbook([row(1, "a")], more={"xl/x.bin": bytes(520 << 20)})) == "too_large"
        assert time.monotonic() - start < 20

    def test_outlives_the_process_that_reads_it(self):
        one_huge_cell = text_cell("A1", "{}").split("{}")

        assert (
            problem(workbook([one_huge_cell[0], *["A" * (1 << 20)] * 300, one_huge_cell[1]])) == "too_large"
        )

    def test_tells_a_damaged_part_from_a_large_one(self):
        content = bytearray(workbook([row(1, "a")]))
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            part = archive.getinfo("xl/worksheets/sheet1.xml")
        packed = part.header_offset + 30 + len(part.filename)
        content[packed] = 0xFF  # a block of a kind that DEFLATE does not know

        assert problem(bytes(content)) == "broken"

    def test_refuses_letters_that_no_spreadsheet_writes(self):
        declared = '<?xml version="1.0" encoding="x-none"?>'

        assert problem(workbook([row(1, "a")], before=declared)) == "broken"

    @pytest.mark.parametrize(
        ("ends", "code"),
        [
            ("raise RuntimeError", "broken"),
            ("print('[1', end='')", "broken"),
            ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "too_large"),
            (f"raise SystemExit({child.OUT_OF_MEMORY})", "too_large"),
        ],
        ids=["of its own fault", "in the middle of a line", "by a limit", "for want of memory"],
    )
    def test_says_of_what_the_process_that_reads_it_died(self, ends, code, tmp_path, monkeypatch):
        (tmp_path / "child.py").write_text(ends)
        monkeypatch.setattr(reading, "_CHILD", tmp_path / "child.py")

        assert problem(workbook([row(1, "a")])) == code

    def test_gives_up_when_it_takes_too_long(self, settings):
        settings.SHEET_SECONDS_MOST = 0.001

        assert problem(workbook([row(1, "a")])) == "too_slow"


class TestReadOfATable:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
    @pytest.mark.parametrize("separator", [",", "\t", ";"])
    def test_knows_its_encoding_and_separator(self, encoding, separator):
        content = f"姓名{separator}电话\r\n龚䶮{separator}138\r\n𠮷田{separator}139\r\n".encode(encoding)

        assert cells(content) == [["姓名", "电话"], ["龚䶮", "138"], ["𠮷田", "139"]]

    def test_counts_a_row_with_line_breaks_in_a_cell_as_one(self):
        assert [one.number for one in sheets.read(b'a,b\n"x\ny",1\nc,d\n')] == [1, 2, 3]

    @pytest.mark.parametrize(
        ("content", "name", "code"),
        [
            (b"", "a.csv", "empty"),
            (b" \n ", "a.csv", "empty"),
            (b"name,id\r\n\xff\xfe\xc3(,1\r\n", "a.csv", "encoding"),
            (b"a\x00b,c\n", "a.csv", "nul"),
            (b'a,"b\n', "a.csv", "quoting"),
            (b"a," + b"x" * 200_000, "a.csv", "quoting"),
            (b"<html><table><tr><td>1</table>", "a.xls", "not_a_sheet"),
            (b'{"a": 1}', "a.csv", "not_a_sheet"),
            (b"%PDF-1.7\n", "a.csv", "not_a_sheet"),
            (b"name,id\n", "a.xlsx", "not_what_its_name_says"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a.xls", "old_excel"),
        ],
    )
    def test_refuses_what_is_no_table(self, content, name, code):
        assert problem(content, name=name) == code

    def test_refuses_a_file_that_is_not_there(self, tmp_path):
        assert problem(tmp_path / "none.csv") == "unreadable"

    def test_finds_a_problem_at_the_end_before_it_gives_the_first_row(self):
        with pytest.raises(sheets.SheetProblem):
            sheets.read(b"a,b\n" * 100_000 + b'"open')


@needs_nasty
class TestReadOfTheNastyFiles:
    READABLE = frozenset({
        "README.md", "blns.LICENSE", "csv_bom.csv", "csv_dup_header.csv", "csv_injection.csv",
        "xlsx_excel_mangled.xlsx",
    })  # fmt: skip

    @pytest.mark.parametrize("path", sorted(NASTY.glob("*")), ids=lambda path: path.name)
    def test_ends_with_a_sentence_in_time_and_memory(self, path):
        start = time.monotonic()

        if path.name in self.READABLE:
            assert list(sheets.read(path))
        else:
            assert problem(path)
        assert time.monotonic() - start < 30
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 2 << 20


class TestWriteXlsx:
    def test_keeps_a_formula_as_the_text_it_is(self):
        book = openpyxl.load_workbook(io.BytesIO(sheets.write_xlsx([['=HYPERLINK("x","y")', "+1", 7]])))

        written = [(cell.value, cell.data_type) for cell in book.active[1]]

        assert written == [('=HYPERLINK("x","y")', "s"), ("+1", "s"), (7, "n")]

    @given(st.lists(TEXT.filter(str.strip), min_size=1, max_size=4))
    def test_comes_back_byte_for_byte(self, texts):
        book = openpyxl.load_workbook(io.BytesIO(sheets.write_xlsx([texts])))

        assert [cell.value for cell in book.active[1]] == texts

    def test_takes_what_xml_cannot_hold(self):
        assert sheets.write_xlsx([["a\x00b\ud800"]])


class TestWriteCsv:
    @pytest.mark.parametrize(
        "text", ["=1+1", "+1+1", "-2+3", "@SUM(1+1)", "\t=1", "\r=1", "\uff1d1+1", "|calc", "%0A=1"]
    )
    def test_never_writes_a_cell_that_runs(self, text):
        assert b"'" + text.encode() in b"".join(sheets.write_csv([[text]]))

    @example([";", ";"])
    @given(st.lists(TEXT, min_size=2, max_size=5))
    def test_is_read_back_as_it_was(self, texts):
        content = b"".join(sheets.write_csv([["first", "column"], texts]))

        assert cells(content)[1] == texts
