"""What no part of the program may do, looked for in its source; and what is measured of every pattern.

Source: security-checklist.md 33, 40, 41, 50, 65
"""

from __future__ import annotations

import ast
import importlib
import re
import time
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings

BASE = Path(__file__).resolve().parents[2]
FLOORS = ("foundation", "consent", "registry", "notifications")
SOURCES = sorted(
    path for floor in FLOORS for path in (BASE / floor).rglob("*.py") if "migrations" not in path.parts
)
ITS_OWN_BYTES = {"registry/drives/imports/preparing.py"}  # reads back what it wrote a moment ago itself
CALLS = {"eval", "exec", "compile", "__import__"}
MODULES = {"pickle", "marshal", "shelve", "yaml", "xml", "lxml", "subprocess"}
MAY = {
    "pickle": ITS_OWN_BYTES,
    "xml": {
        "foundation/papers/sheets/child.py",
        "foundation/papers/codes.py",
        "foundation/papers/sheets/streaming.py",  # escapes what it writes; reads nothing
    },
    "subprocess": {
        "foundation/bootstrap.py",
        "foundation/keyring/sources.py",
        "foundation/management/supervisor.py",
        "foundation/papers/sheets/reading.py",
        "registry/drives/piles/reading.py",
    },
}
SECRETS = re.compile(r"(^|_)(token|secret|signature|mac|digest|password)$")
LONGEST = 0.1  # seconds for 50,000 hostile characters
HOSTILE = [
    unit * (50_000 // len(unit)) + end
    for unit in ("a", " ", "1", "-", "\t", "(", "王", "A*0", "a.", "\n")
    for end in ("", "!", "\0")
]


@cache
def trees() -> list[tuple[str, ast.Module]]:
    """Return every module with its source."""
    return [(path.relative_to(BASE).as_posix(), ast.parse(path.read_text())) for path in SOURCES]


class TestSource:
    def test_evaluates_no_text(self) -> None:
        found = [
            f"{name}:{node.lineno}"
            for name, tree in trees()
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS
        ]
        assert found == []

    def test_reads_nothing_that_could_act(self) -> None:
        found = {
            f"{name}: {module}"
            for name, tree in trees()
            for node in ast.walk(tree)
            for module in _imported(node)
            if module in MODULES and name not in MAY.get(module, set())
        }
        assert found == set()

    def test_compares_no_secret_letter_by_letter(self) -> None:
        """A token is looked up by its hash or compared by Django's own, in constant time."""
        found = [
            f"{name}:{node.lineno}"
            for name, tree in trees()
            for node in ast.walk(tree)
            if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq | ast.NotEq)
            if any(SECRETS.search(_name(side)) for side in (node.left, *node.comparators))
        ]
        assert found == []


def _imported(node: ast.AST) -> set[str]:
    if isinstance(node, ast.Import):
        return {alias.name.partition(".")[0] for alias in node.names}
    if isinstance(node, ast.ImportFrom) and node.module:
        return {node.module.partition(".")[0]}
    return set()


def _name(side: ast.AST) -> str:
    return side.id if isinstance(side, ast.Name) else side.attr if isinstance(side, ast.Attribute) else ""


class TestMessages:
    def test_of_the_queue_and_of_sessions_are_json(self) -> None:
        assert settings.CELERY_ACCEPT_CONTENT == ["json"]
        assert settings.CELERY_TASK_SERIALIZER == "json"
        assert settings.SESSION_SERIALIZER == "django.contrib.sessions.serializers.JSONSerializer"


def patterns() -> dict[str, re.Pattern[str]]:
    """Return every pattern that a module keeps."""
    found = {}
    for path in SOURCES:
        name = path.relative_to(BASE).as_posix()
        if "compile" not in path.read_text() or name.endswith("__init__.py") or "/commands/" in name:
            continue
        module = importlib.import_module(name.removesuffix(".py").replace("/", "."))
        for key, value in vars(module).items():
            if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
                found[f"{name}:{key}"] = value
    return found


PATTERNS = patterns()


class TestPatterns:
    def test_are_found(self) -> None:
        assert len(PATTERNS) > 10

    @pytest.mark.parametrize("name", PATTERNS)
    def test_are_done_with_hostile_text_at_once(self, name: str) -> None:
        slow = []
        for text in HOSTILE:
            for act in (PATTERNS[name].fullmatch, PATTERNS[name].match):
                started = time.process_time()
                act(text)
                if (took := time.process_time() - started) > LONGEST:
                    slow.append((act.__name__, text[:5], round(took, 2)))
        assert slow == []


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-test.lock"])
def test_every_package_is_locked_with_its_hash(lock: str) -> None:
    pieces = re.split(r"(?<!\\)\n", (BASE / lock).read_text())
    packages = [piece for piece in pieces if re.match(r"[A-Za-z0-9]", piece)]
    assert len(packages) > 20
    assert [
        piece.partition(" ")[0] for piece in packages if "==" not in piece or "--hash=sha256:" not in piece
    ] == []
