"""Make the virtual environment from the hashed locks, and go on inside it.

Runs under any Python 3.11 before anything is installed: standard library only. It installs for
the commands that open the README alone; any other command says which of them to run first.
"""

import hashlib
import os
import subprocess
import sys
import venv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn

BASE = Path(__file__).resolve().parent.parent
INSTALLS = ("demo", "test", "setup", "bench")
TESTS = ("test", "bench")  # these need the test tools too
RUNTIME_LOCK, TEST_LOCK = "requirements.lock", "requirements-test.lock"
RUNTIME_PACKAGES = ("django", "celery", "allauth", "guardian", "cryptography")
TEST_PACKAGES = ("pytest", "xdist", "playwright")
OLDEST, TOO_NEW = (3, 11), (3, 13)


class CannotPrepare(Exception):
    """The program cannot be made ready on this machine; the message says what to do."""


def prepare(arguments: Sequence[str], base: Path = BASE) -> None:
    """
    Return when the command can run in this process; else run it inside `.venv` and never return.

    :raises CannotPrepare: with one sentence that says what to do.
    """
    command = arguments[1] if len(arguments) > 1 else ""
    python = interpreter(base)
    if command in INSTALLS:
        with_tests = command in TESTS or "--test" in arguments
        if not runs_outside(base, with_tests=with_tests):
            check_python()
            if make(base, with_tests=with_tests) or not is_inside(base):
                go_on_inside(python, arguments)
    elif not find_spec("django"):
        if is_inside(base) or not python.exists():
            raise CannotPrepare("Django is not installed yet: run `python3 manage.py setup` once, then this.")
        go_on_inside(python, arguments)


def check_python() -> None:
    """
    Check that this Python can run the program.

    :raises CannotPrepare: if it is too old or too new, or cannot make environments.
    """
    if not OLDEST <= sys.version_info[:2] < TOO_NEW:
        raise CannotPrepare(f"Python 3.11 or 3.12 is needed; this is {sys.version.split()[0]}.")
    if not find_spec("ensurepip"):
        raise CannotPrepare(
            "Python's module venv is missing here: install it with `apt-get install python3-venv`, "
            "then run this command again."
        )


def interpreter(base: Path) -> Path:
    """Return the Python of the environment, whether it is there or not."""
    return base / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def is_inside(base: Path) -> bool:
    """Return whether this process runs in the environment."""
    return Path(sys.prefix) == base / ".venv"


def runs_outside(base: Path, *, with_tests: bool) -> bool:
    """Return whether somebody else's environment, such as a container's, already holds what is needed."""
    wanted = RUNTIME_PACKAGES + (TEST_PACKAGES if with_tests else ())
    return not is_inside(base) and sys.prefix != sys.base_prefix and all(map(find_spec, wanted))


def make(base: Path, *, with_tests: bool) -> bool:
    """
    Make the environment, or bring it to the locks; return whether anything was installed.

    Two commands started at once wait for each other. One that was interrupted starts again.

    :raises CannotPrepare: if the packages cannot be installed.
    """
    lock = base / (TEST_LOCK if with_tests else RUNTIME_LOCK)
    with _alone(base):
        if is_fresh(base, with_tests=with_tests):
            return False
        say(f"Installing the packages of {lock.name} into .venv; this takes a minute or two.")
        _make_environment(base)
        _install(base, lock)
        _stamp(base, with_tests=with_tests)
    return True


def is_fresh(base: Path, *, with_tests: bool) -> bool:
    """Return whether the environment was made from the locks as they are now."""
    stamp = base / ".venv" / "locks"
    known = stamp.read_text().split() if stamp.exists() else []
    return interpreter(base).exists() and hash_of(base, with_tests=with_tests) in known


def hash_of(base: Path, *, with_tests: bool) -> str:
    """Return the hash of the lock; the test lock holds the other one too."""
    return hashlib.sha256((base / (TEST_LOCK if with_tests else RUNTIME_LOCK)).read_bytes()).hexdigest()


def go_on_inside(python: Path, arguments: Sequence[str]) -> NoReturn:
    """Replace this process by the same command in the environment."""
    command = [str(python), *arguments]
    sys.stdout.flush()
    if os.name == "nt":  # there exec would return to the shell at once
        sys.exit(subprocess.call(command))  # noqa: S603  our own interpreter
    os.execv(python, command)  # noqa: S606  our own interpreter


def say(sentence: str) -> None:
    """Tell the person at the terminal what is going on."""
    sys.stderr.write(sentence + "\n")
    sys.stderr.flush()


@contextmanager
def _alone(base: Path) -> Iterator[None]:
    """Hold a lock on the folder itself: it leaves nothing behind and ends with the process."""
    if os.name == "nt":
        yield
        return
    import fcntl  # noqa: PLC0415  not on Windows

    folder = os.open(base, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _make_environment(base: Path) -> None:
    python = interpreter(base)
    whole = python.exists() and not subprocess.call(  # noqa: S603  our own interpreter
        [str(python), "-m", "pip", "--version"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    if not whole:
        venv.create(base / ".venv", with_pip=True, clear=True)


def _install(base: Path, lock: Path) -> None:
    pip = [str(interpreter(base)), "-m", "pip", "install", "--require-hashes", "--requirement", str(lock)]
    if subprocess.call([*pip, "-qq", "--no-input", "--disable-pip-version-check"]):  # noqa: S603  our own lock
        raise CannotPrepare(
            "The packages could not be installed, as pip says above: check the network, then run this again."
        )


def _stamp(base: Path, *, with_tests: bool) -> None:
    hashes = [hash_of(base, with_tests=False)]
    if with_tests:
        hashes.append(hash_of(base, with_tests=True))
    (base / ".venv" / "locks").write_text("\n".join(hashes) + "\n")
