"""What `docs/security.md` says of columns, indexes and tests is true of the program."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db.models import ForeignKey, Model, OneToOneField

from foundation.vault import Subject, index
from foundation.vault.fields import SealedField, SealedModel
from foundation.vault.indexes import NAME_BITS
from registry.config import settings as real
from registry.donors.models import Donor

BASE = Path(__file__).resolve().parents[2]
PAGE = (BASE / "docs/security.md").read_text()
FLOORS = {"foundation", "consent", "registry", "notifications"}
CHECKS = 66
ISSUES = range(4, 6)  # those there are; what comes after them is "a later issue"
ABOUT = {"seal_version", "by_kind", "by_id", "by_role", "by_branch"}


def section(title: str) -> str:
    """Return one part of the page."""
    return PAGE.partition(f"## {title}\n")[2].partition("\n## ")[0]


def told_of(title: str) -> dict[str, set[str]]:
    """Return the columns that a table of the page names, by table of the database."""
    found: dict[str, set[str]] = {}
    for line in section(title).splitlines():
        cells = line.split("|")
        if len(cells) > 3 and (table := re.fullmatch(r"\s*`(\w+)`\s*", cells[1])):
            found.setdefault(table[1], set()).update(re.findall(r"`(\w+)`", cells[2]))
    return found


def about_people() -> list[type[Model]]:
    """Return the tables with sealed cells, and those that point to a person."""
    own = [model for model in apps.get_models() if model._meta.app_label in FLOORS]
    return [model for model in own if issubclass(model, SealedModel) or model is Subject or _points(model)]


def _points(model: type[Model]) -> bool:
    return any(
        isinstance(field, ForeignKey | OneToOneField) and field.related_model in {Subject, Donor}
        for field in model._meta.concrete_fields
    )


class TestColumns:
    def test_that_are_sealed_are_named(self) -> None:
        real_ones = {
            model._meta.db_table: {
                f.column for f in model._meta.concrete_fields if isinstance(f, SealedField)
            }
            for model in about_people()
        }
        assert told_of("What is sealed") == {
            table: columns for table, columns in real_ones.items() if columns
        }

    @pytest.mark.parametrize("model", about_people(), ids=lambda model: model._meta.db_table)
    def test_that_are_in_clear_are_named_with_their_reason(self, model: type[Model]) -> None:
        clear = {f.column for f in model._meta.concrete_fields if not isinstance(f, SealedField)} - ABOUT
        assert told_of("What is in clear, and why").get(model._meta.db_table, set()) == clear


class TestIndexes:
    def test_are_named(self) -> None:
        columns = {
            f"{model._meta.db_table}.{field.column}"
            for model in apps.get_models()
            for field in model._meta.concrete_fields
            if field.column.endswith("_index")
        }
        named = set(re.findall(r"`(\w+\.\w+_index)`", section("Blind indexes, and what equality leaks")))
        assert columns == named

    def test_of_names_are_short(self) -> None:
        """Eight people a bucket at a million; those of documents and phones are whole."""
        assert NAME_BITS <= 17
        assert 1_000_000 / 2**NAME_BITS >= 7.5
        assert all(index.name(name) < 2**NAME_BITS for name in ("王丽华", "阿卜杜热合曼·买买提"))
        assert (
            len(index.document("RESIDENT_ID", "11010519491231002X")) == len(index.phone("13812345678")) == 64
        )


class TestPasswords:
    def test_are_hashed_with_argon2id(self) -> None:
        assert real.PASSWORD_HASHERS[0] == "django.contrib.auth.hashers.Argon2PasswordHasher"
        assert settings.AUTH_PASSWORD_VALIDATORS


def rows() -> dict[int, str]:
    """Return the answers of the checklist by number."""
    found = re.findall(r"^\| (\d+) \| [^|]+ \| ([^|]+) \|$", section("The checklist"), re.MULTILINE)
    return {int(number): answer for number, answer in found}


def names_in(file: Path) -> set[str]:
    """Return the names of a file's tests."""
    names = set()
    for node in ast.parse(file.read_text()).body:
        if isinstance(node, ast.FunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.ClassDef):
            names |= {
                f"{node.name}::{inner.name}" for inner in node.body if isinstance(inner, ast.FunctionDef)
            }
    return names


class TestChecklist:
    def test_has_every_row(self) -> None:
        assert sorted(rows()) == list(range(1, CHECKS + 1))

    @pytest.mark.parametrize("number", range(1, CHECKS + 1))
    def test_is_answered_by_a_test_or_an_issue(self, number: int) -> None:
        answer = rows()[number]
        tests = re.findall(r"`([\w/]+\.py)::([\w:]+)`", answer)
        issues = [int(one) for one in re.findall(r"issue (\d+)", answer)]
        assert tests or issues or "a later issue" in answer
        assert set(issues) <= set(ISSUES)
        missing = [f"{file}::{name}" for file, name in tests if name not in names_in(BASE / "tests" / file)]
        assert missing == []
