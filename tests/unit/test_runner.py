"""How `manage.py test` puts its parts together."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests import runner, servers


@pytest.fixture
def parts(monkeypatch) -> dict[str, tuple[int, str]]:
    """Return what the two parts answer: pytest's exit code and last line."""
    answers = {"PostgreSQL": (0, "== 3 passed =="), "SQLite": (0, "== 9 passed ==")}

    def run(arguments, extra) -> tuple[int, str]:
        code, line = answers["PostgreSQL" if "TEST_DATABASE_URL" in extra else "SQLite"]
        runner.say(line)
        return code, line

    @contextmanager
    def server() -> Iterator[str]:
        yield "address"

    monkeypatch.setattr(runner, "_pytest", run)
    monkeypatch.setattr(servers, "missing", dict)
    monkeypatch.setattr(servers, "postgres", server)
    monkeypatch.setattr(servers, "redis", server)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    return answers


def last_line(capsys) -> str:
    return capsys.readouterr().out.splitlines()[-1]


class TestMain:
    def test_ends_with_the_summary_of_the_whole_suite(self, parts, capsys) -> None:
        assert runner.main([]) == 0
        assert last_line(capsys) == "== 9 passed =="

    @pytest.mark.parametrize("failing", ["PostgreSQL", "SQLite"])
    def test_ends_with_the_summary_of_the_part_that_failed(self, parts, capsys, failing) -> None:
        parts[failing] = (1, "== 1 failed ==")

        assert runner.main([]) == 1
        assert last_line(capsys) == "== 1 failed =="

    def test_fails_when_a_part_was_interrupted(self, parts) -> None:
        parts["PostgreSQL"] = (2, "== no tests ran ==")

        assert runner.main([]) != 0

    def test_does_not_mind_that_nothing_rests_on_the_database(self, parts, capsys) -> None:
        parts["PostgreSQL"] = (runner.NO_TESTS, "== no tests ran ==")

        assert runner.main([]) == 0
        assert last_line(capsys) == "== 9 passed =="

    def test_ends_with_what_ran_where_nothing_is_left_for_sqlite(self, parts, capsys) -> None:
        parts["SQLite"] = (runner.NO_TESTS, "== no tests ran ==")

        assert runner.main([]) == 0
        assert last_line(capsys) == "== 3 passed =="

    def test_names_what_cannot_run_with_the_package_to_install(self, parts, capsys, monkeypatch) -> None:
        monkeypatch.setattr(servers, "missing", lambda: {"postgres": "postgresql-15", "chromium": "chromium"})

        runner.main([])

        said = capsys.readouterr().out
        assert "`apt-get install postgresql-15`" in said
        assert "`apt-get install chromium`" in said
        assert "3 passed" not in said


class TestWorkers:
    @pytest.mark.parametrize(
        ("arguments", "shared"),
        [([], True), (["-k", "withdraw"], True), (["tests/a.py::test_b"], False), (["-n", "0"], False)],
    )
    def test_share_all_but_a_single_test(self, arguments, shared) -> None:
        assert bool(runner._workers(arguments)) is shared
