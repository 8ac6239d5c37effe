"""Lists with every fault in any place are judged as an oracle says that knows no code of ours."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundation.papers import sheets as files
from registry.drives.sheets import check, find_header
from tests.factories import lists

TODAY = date(2026, 11, 22)
SEEDS = st.integers(0, 10**9)


def judged(rows):
    layout, below = find_header(rows)
    found = list(check(below, layout, today=TODAY))
    return len(found), {one.number: str(one.codes[0]) for one in found if one.codes}


def as_it_is(paper):
    return (files.Row(number, cells) for number, cells in enumerate(paper.cells, start=1))


class TestCheck:
    @settings(max_examples=150)
    @given(SEEDS, st.booleans(), st.integers(0, 3))
    def test_says_of_every_row_what_the_oracle_says(self, seed, typed, titles):
        paper = lists.make(seed, typed=typed, titles=titles)

        assert judged(as_it_is(paper)) == (paper.rows, paper.expected)

    @pytest.mark.parametrize("seed", range(3))
    def test_says_the_same_of_a_workbook(self, seed):
        paper = lists.make(seed, typed=True)

        assert judged(files.read(files.write_xlsx(paper.cells))) == (paper.rows, paper.expected)

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
    @pytest.mark.parametrize("titles", [0, 2])
    def test_says_the_same_of_a_table_in_any_encoding(self, encoding, titles):
        paper = lists.make(7, titles=titles)
        text = b"".join(files.write_csv(paper.cells)).decode("utf-8-sig")

        assert judged(files.read(text.encode(encoding))) == (paper.rows, paper.expected)

    def test_meets_every_fault(self):
        papers = [lists.make(seed, typed=True) for seed in range(30)]

        met = {code for paper in papers for code in paper.expected.values()}

        assert met == {code for code in lists.FAULTS if code != "twisted"}
