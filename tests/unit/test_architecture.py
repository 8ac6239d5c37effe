"""The taste of the house, where a linter cannot see it."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

from registry.config import app

BASE = Path(__file__).resolve().parent.parent.parent
FLOORS = ("foundation", "consent", "registry", "notifications")
LONGEST_MODULE, LONGEST_FUNCTION = 300, 50  # lines
OTHERS = ("allauth.", "django.views.i18n", "django.views.static")  # packages that guard their own views

MODULES = sorted(
    path for floor in FLOORS for path in (BASE / floor).rglob("*.py") if "migrations" not in path.parts
)


@cache
def trees() -> dict[Path, ast.Module]:
    """Return every module as it was written."""
    return {path: ast.parse(path.read_text()) for path in MODULES}


def name(path: Path) -> str:
    return path.relative_to(BASE).as_posix()


def views(patterns: list[URLPattern | URLResolver]) -> Iterator[object]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from views(pattern.url_patterns)
        else:
            yield pattern.callback


def own(view: object) -> bool:
    return not str(getattr(view, "__module__", "")).startswith(OTHERS)


def lines_of(function: ast.FunctionDef) -> int:
    """Return how long a function is, without what it tells its callers."""
    told = len((ast.get_docstring(function, clean=False) or "").splitlines())
    return (function.end_lineno or 0) - function.lineno + 1 - told


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as they are made when it is shown."""
    text = page.read_text() if page.exists() else ""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    made = {re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-") for heading in headings}
    return made | set(re.findall(r'id="([\w-]+)"', text))


def models_here() -> list[type]:
    return [model for floor in FLOORS for model in apps.get_app_config(floor).get_models()]


class TestViews:
    def test_each_names_the_permission_it_needs(self) -> None:
        unguarded = [
            f"{view.__module__}.{view.__qualname__}"
            for view in views(get_resolver().url_patterns)
            if own(view) and not hasattr(view, "permission")
        ]
        assert unguarded == []


class TestPackages:
    def test_hold_state_machines_from_one_source_only(self) -> None:
        assert packages_distributions()["django_fsm"] == ["django-fsm-2"]

    def test_are_all_explained(self) -> None:
        wanted = [
            line
            for line in (BASE / "pyproject.toml").read_text().splitlines()
            if line.startswith('  "') and ">=" in line
        ]
        assert [line for line in wanted if "#" not in line] == []


class TestModules:
    def test_open_with_one_sentence(self) -> None:
        assert [name(path) for path, tree in trees().items() if not ast.get_docstring(tree)] == []

    def test_are_short(self) -> None:
        long = [name(path) for path in MODULES if len(path.read_text().splitlines()) > LONGEST_MODULE]
        assert long == []

    def test_have_short_functions(self) -> None:
        long = [
            f"{name(path)}: {node.name}"
            for path, tree in trees().items()
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef) and lines_of(node) > LONGEST_FUNCTION
        ]
        assert long == []

    def test_never_override_save(self) -> None:
        overriding = [
            f"{name(path)}: {node.name}"
            for path, tree in trees().items()
            for node in ast.walk(tree)
            if isinstance(node, ast.ClassDef)
            and any("Model" in ast.unparse(base) for base in node.bases)
            and any(isinstance(item, ast.FunctionDef) and item.name == "save" for item in node.body)
        ]
        assert overriding == []

    @pytest.mark.parametrize("word", ["raw", "extra", "RawSQL"])
    def test_build_no_sql_of_their_own(self, word) -> None:
        calling = [
            name(path)
            for path, tree in trees().items()
            for node in ast.walk(tree)
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == word
            and "objects" in ast.unparse(node.func)
        ]
        assert calling == []

    def test_write_and_ask_for_blind_indexes_through_the_vault(self) -> None:
        """Under either key while it changes: see `foundation.vault.indexes`."""
        by_hand = [
            f"{name(path)}:{node.lineno}"
            for path, tree in trees().items()
            if not name(path).startswith("foundation/vault")
            for node in ast.walk(tree)
            if _asks_for_one_index(node) or _assigns_an_index(node)
        ]
        assert by_hand == []


def _asks_for_one_index(node: ast.AST) -> bool:
    asked = {"filter", "exclude", "get", "Q", "update"}
    called = isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in asked
    return called and any((word.arg or "").endswith("_index") for word in node.keywords)  # type: ignore[attr-defined]


def _assigns_an_index(node: ast.AST) -> bool:
    places = node.targets if isinstance(node, ast.Assign) else []
    return any(isinstance(place, ast.Attribute) and place.attr.endswith("_index") for place in places)


class TestModels:
    def test_have_no_ordering_of_their_own(self) -> None:
        assert [model.__name__ for model in models_here() if model._meta.ordering] == []


class TestSources:
    def test_that_are_named_are_written_down(self) -> None:
        named = {
            (page, anchor)
            for path in MODULES
            for page, anchor in re.findall(r"(docs/[\w-]+\.md)#([\w-]+)", path.read_text())
        }
        assert (
            sorted(f"{page}#{anchor}" for page, anchor in named if anchor not in anchors(BASE / page)) == []
        )


class TestTasks:
    def test_of_the_timetable_are_there(self) -> None:
        app.loader.import_default_modules()

        assert set(settings.CELERY_BEAT_SCHEDULE) - set(app.tasks) == set()


class TestRules:
    def test_each_say_where_they_come_from(self) -> None:
        lines = (BASE / "registry/config/rules.py").read_text().splitlines()
        silent = [
            line
            for before, line in zip(["", *lines], lines, strict=False)
            if line[:1].isupper() and " = " in line and "  # " not in line and not before.startswith("#")
        ]
        assert silent == []
