"""Rows that are written fast are written as everything else, or refused to who wrote the program."""

import pytest

from foundation import rows
from foundation.jobs import Job


class TestStencil:
    def test_refuses_a_column_whose_field_decides_how_it_is_written(self):
        with pytest.raises(TypeError, match="args"):
            rows.Stencil(Job(), "kind", "args")

    def test_takes_text_and_ids(self):
        assert rows.Stencil(Job(), "id", "kind")


class TestInsert:
    def test_refuses_to_skip_conflicts_where_rows_go_in_by_copy(self):
        with pytest.raises(TypeError):
            rows.insert(Job, [b"a line\n"], skip_conflicts=True)
