"""Tokens say which branch speaks, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from notifications.links import tokens

AT = datetime(2026, 11, 20, tzinfo=UTC)


class TestToken:
    @pytest.mark.parametrize("path", ["0001", "000100020003", "0001000200030004", "99990001", ""])
    def test_says_which_branch_speaks(self, path: str) -> None:
        token = tokens.new(path)
        assert tokens.branch_path(token) == path
        assert tokens.is_well_formed(token)

    @pytest.mark.parametrize("text", ["", "x", "x" * 42, "x" * 43 + "!", "x" * 43 + "A", "王" * 50, "x" * 90])
    def test_of_another_form_says_none(self, text: str) -> None:
        assert tokens.branch_path(text) == ""

    def test_is_never_the_same(self) -> None:
        assert len({tokens.new("0001")[:43] for _ in range(1000)}) == 1000

    def test_fits_into_a_text_message(self) -> None:
        assert len(tokens.new("000100120034")) <= 55


class TestSignature:
    @pytest.mark.parametrize(
        "change",
        [
            {"purpose": "WITHDRAW"},
            {"subject_id": uuid4()},
            {"matter": "SMS"},
            {"expires_at": AT.replace(year=2030)},
        ],
    )
    def test_holds_for_one_thing_of_one_person_until_one_day(self, change: dict[str, object]) -> None:
        about = {"purpose": "CONFIRM", "subject_id": uuid4(), "matter": "", "expires_at": AT}
        token = tokens.new("0001")
        signed = tokens.signature(token, **about)  # type: ignore[arg-type]
        assert not tokens.same(signed, tokens.signature(token, **{**about, **change}))  # type: ignore[arg-type]
        assert tokens.same(signed, tokens.signature(token, **about))  # type: ignore[arg-type]

    def test_needs_the_secret_of_the_server(self, settings: object) -> None:
        token = tokens.new("0001")
        before = tokens.mark(token)
        settings.SECRET_KEY = "another"  # type: ignore[attr-defined]  # noqa: S105
        assert tokens.mark(token) != before
