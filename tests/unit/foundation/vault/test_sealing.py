"""A sealed cell opens in its own place, at its own version, under its own key, and nowhere else."""

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.vault import suites
from foundation.vault.sealing import Broken, Cell, Sealed, open_cell, seal_cell

KEY_ID = uuid4()
SECRET = b"k" * 32
CELL = Cell("registry_donor", "name", "row-1", 1)

both_suites = pytest.mark.parametrize("suite", [suites.AES, suites.SM4], ids=["aes", "sm4"])


@both_suites
class TestSealedCell:
    @given(plaintext=st.binary(max_size=200))
    def test_gives_back_what_was_sealed(self, suite, plaintext):
        sealed = seal_cell(suite, KEY_ID, SECRET, CELL, plaintext)
        assert open_cell(sealed, SECRET, CELL) == plaintext

    @pytest.mark.parametrize(
        "elsewhere",
        [
            Cell("consent_evidence", "name", "row-1", 1),
            Cell("registry_donor", "phone", "row-1", 1),
            Cell("registry_donor", "name", "row-2", 1),
            Cell("registry_donor", "name", "row-1", 2),
        ],
        ids=["another table", "another column", "another row", "a later version"],
    )
    def test_is_broken_elsewhere(self, suite, elsewhere):
        sealed = seal_cell(suite, KEY_ID, SECRET, CELL, b"secret")
        assert isinstance(open_cell(sealed, SECRET, elsewhere), Broken)

    def test_is_broken_under_another_key(self, suite):
        sealed = seal_cell(suite, KEY_ID, SECRET, CELL, b"secret")
        assert isinstance(open_cell(sealed, b"x" * 32, CELL), Broken)

    @given(position=st.integers(min_value=0), bit=st.integers(0, 7))
    def test_is_broken_when_any_bit_is_turned(self, suite, position, bit):
        blob = bytearray(seal_cell(suite, KEY_ID, SECRET, CELL, b"secret").blob)
        blob[position % len(blob)] ^= 1 << bit
        assert isinstance(open_cell(Sealed(bytes(blob)), SECRET, CELL), Broken)

    def test_never_uses_a_nonce_twice(self, suite):
        blobs = {seal_cell(suite, KEY_ID, SECRET, CELL, b"same").blob for _ in range(500)}
        assert len(blobs) == 500

    def test_shows_nothing_in_its_repr(self, suite):
        assert repr(seal_cell(suite, KEY_ID, SECRET, CELL, b"secret")) == "Sealed"


@given(rubbish=st.binary(max_size=80))
def test_bytes_that_are_not_ours_are_broken(rubbish):
    assert isinstance(open_cell(Sealed(rubbish), SECRET, CELL), Broken)
