"""The manifest of a box as a workbook."""

import io

import openpyxl
from django.utils import translation

from foundation.papers import sheets
from registry.samples.manifest import Line, table

LINES = [Line("LR-00000001", "BLOOD", "2026-11-20", "7.0"), Line("=1+1", "SWAB", "2026-11-20", "")]


class TestTable:
    def test_has_a_row_a_tube_and_a_column_to_tick(self):
        with translation.override("en"):
            header, blood, swab = table(LINES)

        assert header == ("#", "Barcode", "Kind", "ml", "Taken", "Arrived")
        assert blood == ("1", "LR-00000001", "Blood", "7.0", "2026-11-20", "")
        assert swab[2:4] == ("Cheek swab", "")

    def test_opens_with_no_cell_that_runs_as_a_formula(self):
        book = openpyxl.load_workbook(io.BytesIO(b"".join(sheets.stream_xlsx(table(LINES)))))

        cells = [cell for row in book.active.iter_rows() for cell in row]
        assert book.active["B3"].value == "=1+1"
        assert "f" not in {cell.data_type for cell in cells}
