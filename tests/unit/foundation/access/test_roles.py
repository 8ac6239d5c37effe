"""The roles and what each may do: the page for administrators says what the program does."""

from __future__ import annotations

import re
from pathlib import Path

from foundation.access import ROLE_PERMISSIONS, Permission, Role

PAGE = Path(__file__).resolve().parents[4] / "docs/security.md"


class TestTheTable:
    def test_of_the_page_is_that_of_the_program(self) -> None:
        rows = re.findall(r"^\| (\w+) \| ((?:`[A-Z_]+` ?)+)\|$", PAGE.read_text(), re.MULTILINE)
        told = {role: set(re.findall(r"[A-Z_]+", held)) for role, held in rows}
        assert told == {role.value: {one.name for one in ROLE_PERMISSIONS[role]} for role in Role}


class TestJoiningRecords:
    def test_is_asked_by_the_registry_manager_and_agreed_to_by_a_caseworker(self) -> None:
        """Source: design/security.md 2."""
        ask = {role for role in Role if Permission.DONOR_MERGE in ROLE_PERMISSIONS[role]}
        agree = {role for role in Role if Permission.APPROVE in ROLE_PERMISSIONS[role]}
        assert ask == {Role.REGISTRY_MANAGER}
        assert agree == {Role.CASEWORKER, Role.REGISTRY_MANAGER}
