"""How the environment is made on a machine that has nothing but Python."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from foundation import bootstrap
from foundation.bootstrap import CannotPrepare

BARE = {"django": False, "ensurepip": True}


class Exec(Exception):
    """The process would now be another one."""


@pytest.fixture
def base(tmp_path: Path) -> Path:
    (tmp_path / "requirements.lock").write_text("django==5.2\n")
    (tmp_path / "requirements-test.lock").write_text("django==5.2\npytest==9\n")
    return tmp_path


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Install nothing, and return the locks that would have been."""
    locks: list[str] = []

    def make_environment(base: Path) -> None:
        python = bootstrap.interpreter(base)
        python.parent.mkdir(parents=True, exist_ok=True)
        python.touch()

    monkeypatch.setattr(bootstrap, "_make_environment", make_environment)
    monkeypatch.setattr(bootstrap, "_install", lambda base, lock: locks.append(lock.name))
    return locks


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Return a function that says which modules this machine has."""

    def has(**modules: bool) -> None:
        monkeypatch.setattr(bootstrap, "find_spec", lambda name: modules.get(name, False) or None)

    monkeypatch.setattr(bootstrap, "go_on_inside", lambda python, arguments: (_ for _ in ()).throw(Exec))
    return has


class TestPrepare:
    @pytest.mark.parametrize("command", ["demo", "setup"])
    def test_installs_what_runs(self, base, installed, machine, command) -> None:
        machine(**BARE)

        with pytest.raises(Exec):
            bootstrap.prepare(["manage.py", command], base)

        assert installed == ["requirements.lock"]

    @pytest.mark.parametrize("arguments", [["test"], ["bench"], ["setup", "--test"]])
    def test_installs_the_test_tools_for_those_that_need_them(
        self, base, installed, machine, arguments
    ) -> None:
        machine(**BARE)

        with pytest.raises(Exec):
            bootstrap.prepare(["manage.py", *arguments], base)

        assert installed == ["requirements-test.lock"]

    def test_installs_once(self, base, installed, machine) -> None:
        machine(**BARE)

        for _ in range(2):
            with pytest.raises(Exec):
                bootstrap.prepare(["manage.py", "demo"], base)

        assert installed == ["requirements.lock"]

    def test_adds_the_test_tools_later(self, base, installed, machine) -> None:
        machine(**BARE)

        for command in ("demo", "test", "demo"):
            with pytest.raises(Exec):
                bootstrap.prepare(["manage.py", command], base)

        assert installed == ["requirements.lock", "requirements-test.lock"]

    def test_installs_again_when_the_lock_changed(self, base, installed, machine) -> None:
        machine(**BARE)
        for lock in ("django==5.2\n", "django==5.2.1\n"):
            (base / "requirements.lock").write_text(lock)
            with pytest.raises(Exec):
                bootstrap.prepare(["manage.py", "demo"], base)

        assert len(installed) == 2

    def test_installs_again_after_an_interruption(self, base, installed, machine, monkeypatch) -> None:
        machine(**BARE)
        with monkeypatch.context() as patch:
            patch.setattr(bootstrap, "_install", lambda base, lock: (_ for _ in ()).throw(KeyboardInterrupt))
            with pytest.raises(KeyboardInterrupt):
                bootstrap.prepare(["manage.py", "demo"], base)

        with pytest.raises(Exec):
            bootstrap.prepare(["manage.py", "demo"], base)

        assert installed == ["requirements.lock"]

    def test_tells_other_commands_what_to_run_first(self, base, installed, machine) -> None:
        machine(**BARE)

        with pytest.raises(CannotPrepare, match=r"python3 manage\.py setup"):
            bootstrap.prepare(["manage.py", "migrate"], base)

        assert installed == []

    def test_takes_other_commands_into_an_environment_that_is_there(self, base, installed, machine) -> None:
        machine(**BARE)
        with pytest.raises(Exec):
            bootstrap.prepare(["manage.py", "setup"], base)

        with pytest.raises(Exec):
            bootstrap.prepare(["manage.py", "migrate"], base)

    def test_leaves_a_container_as_it_is(self, base, installed, machine) -> None:
        machine(**dict.fromkeys((*bootstrap.RUNTIME_PACKAGES, *bootstrap.TEST_PACKAGES), True))

        bootstrap.prepare(["manage.py", "test"], base)

        assert installed == []

    def test_asks_for_venv_in_one_sentence(self, base, installed, machine) -> None:
        machine(django=False, ensurepip=False)

        with pytest.raises(CannotPrepare, match="apt-get install python3-venv") as refusal:
            bootstrap.prepare(["manage.py", "demo"], base)

        assert "\n" not in str(refusal.value)

    def test_asks_for_a_python_that_fits(self, base, installed, machine, monkeypatch) -> None:
        machine(**BARE)
        monkeypatch.setattr(bootstrap, "OLDEST", (3, 99))

        with pytest.raises(CannotPrepare, match=r"Python 3\.11 or 3\.12 is needed"):
            bootstrap.prepare(["manage.py", "demo"], base)


class TestModule:
    def test_needs_nothing_but_the_standard_library(self) -> None:
        code = "import sys; import foundation.bootstrap; print('django' in sys.modules)"
        bare = [sys.executable, "-S", "-c", code]  # -S: without what is installed

        done = subprocess.run(bare, cwd=bootstrap.BASE, capture_output=True, text=True, check=True)

        assert done.stdout.strip() == "False"
