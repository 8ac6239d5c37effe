"""The sheets of the shared folder come out exactly."""

import json
from datetime import date
from pathlib import Path

import pytest

from foundation.papers import sheets as files
from registry.drives import sheets

DRIVES = Path(__file__).resolve().parents[5] / "shared/data/drives"
pytestmark = pytest.mark.skipif(
    not DRIVES.is_dir(), reason="the folder shared/data/drives is not beside the clone"
)


class TestCheck:
    @pytest.mark.parametrize("name", ["drive-300.xlsx", "drive-120-gb18030.csv", "drive-5000.xlsx"])
    def test_gives_every_row_the_expected_code(self, name):
        path = DRIVES / name
        expected = json.loads(path.with_suffix(".expected.json").read_text())

        layout, below = sheets.find_header(files.read(path))
        checked = list(sheets.check(below, layout, today=date(2026, 11, 20)))

        rejected = {str(one.number): [str(code) for code in one.codes] for one in checked if one.codes}
        assert rejected == expected["rejected"]
        assert len(checked) == expected["rows"]
        assert sum(one.row is not None for one in checked) == expected["accepted"]
