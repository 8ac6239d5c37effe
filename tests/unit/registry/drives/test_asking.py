"""What is asked about a sheet is kept with it for days, over a change of the program too."""

from registry.donors.columns import Column
from registry.drives.imports.asking import Asked


class TestAsked:
    def test_reads_what_was_sealed_before_it_said_which_columns_are_needed(self):
        kept = f'{{"headers": [[0, "Wer?", "***"]], "missing": ["{Column.NAME}"]}}'

        assert Asked.from_json(kept).needed == (Column.NAME,)
