"""Passwords that are guessed first, and those that are not."""

import gzip
from pathlib import Path

import pytest
from django.contrib.auth import password_validation
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils import translation

from foundation.access.passwords import NotGuessedFirst

COMMON = Path(password_validation.__file__).parent / "common-passwords.txt.gz"


def is_refused(password: str) -> bool:
    try:
        validate_password(password)
    except ValidationError:
        return True
    return False


class TestTheRules:
    def test_say_in_one_sentence_of_ours_how_long_is_long_enough(self):
        with translation.override("en"), pytest.raises(ValidationError, match="at least 12 characters"):
            validate_password("a quiet bay")

    def test_refuse_the_three_thousand_that_are_tried_first(self):
        with gzip.open(COMMON, "rt", encoding="utf-8") as file:
            tried = [line.strip() for _, line in zip(range(3000), file, strict=False)]

        assert [word for word in tried if not is_refused(word)] == []

    @pytest.mark.parametrize(
        "password",
        [
            "dragon123456",
            "!!password!!2026",
            "abcabcabcabc",
            "123456789012",
            "qwertyuiopas",
            "LifeRelay2026",
            "红十字123456789",
        ],
    )
    def test_refuse_them_dressed_up(self, password):
        with pytest.raises(ValidationError):
            NotGuessedFirst().validate(password)

    @pytest.mark.parametrize(
        "password", ["a quiet river", "кот под столом", "四只白鹭停在水边的石头上", "8" * 64, "z" * 200]
    )
    def test_ask_for_no_kind_of_letter(self, password):
        assert not is_refused(password)
