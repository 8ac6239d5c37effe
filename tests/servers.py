"""Start throw-away servers for the tests on free loopback ports, and end them by their own ids."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

PATIENCE = 60  # seconds for a server to answer on a busy machine
POSTGRES_HOMES = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin")
CHROMIUMS = (
    "chromium-headless-shell",  # draws no window around a page, and opens one in half the time
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
QUIET_POSTGRES = (
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    "jit=off",  # tables are small, and never analysed
)
PACKAGES = {"postgres": "postgresql-15", "redis": "redis-server", "chromium": "chromium"}


class DidNotStart(RuntimeError):
    """A server that is installed did not start; the message shows its log."""


def postgres_home() -> Path | None:
    """Return the folder of the newest PostgreSQL's binaries."""
    found = [home for pattern in POSTGRES_HOMES for home in Path("/").glob(pattern.lstrip("/"))]
    return max((home for home in found if (home / "initdb").exists()), key=_version, default=None)


def redis_server() -> str | None:
    """Return the Redis server's binary."""
    return shutil.which("redis-server")


def chromium() -> str | None:
    """Return the browser's binary."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUMS)), None)


def missing() -> dict[str, str]:
    """Return what is not installed here, and the Debian package that brings it."""
    there = {"postgres": postgres_home(), "redis": redis_server(), "chromium": chromium()}
    return {name: PACKAGES[name] for name, found in there.items() if not found}


@contextmanager
def postgres(*, durable: bool = False) -> Iterator[str]:
    """
    Run a PostgreSQL of its own and yield its address; `durable` keeps fsync, for measuring.

    :raises DidNotStart: if it is installed and does not answer.
    """
    home = postgres_home()
    if home is None:
        raise DidNotStart("PostgreSQL is not installed.")
    with _folder("postgres") as folder:
        owner = _owner(folder)
        data, port = folder / "data", free_port()
        init = [str(home / "initdb"), "-D", str(data), "-U", "relay", "-A", "trust", "-E", "UTF8"]
        _once([*init, "--locale=C.UTF-8", "--no-sync"], owner, folder)
        options = () if durable else QUIET_POSTGRES
        command = [str(home / "postgres"), "-D", str(data), "-p", str(port), "-k", str(folder)]
        for option in ("listen_addresses=127.0.0.1", "max_connections=100", *options):
            command += ["-c", option]
        with _running(command, folder, owner=owner, stop=signal.SIGINT) as process:
            _wait(
                process,
                folder,
                lambda: not _fails([str(home / "pg_isready"), "-h", "127.0.0.1", "-p", str(port)]),
            )
            _once(
                [str(home / "createdb"), "-h", "127.0.0.1", "-p", str(port), "-U", "relay", "relay"],
                None,
                folder,
            )
            yield f"postgres://relay@127.0.0.1:{port}/relay"


@contextmanager
def redis() -> Iterator[str]:
    """
    Run a Redis of its own, which keeps nothing, and yield its address.

    :raises DidNotStart: if it is installed and does not answer.
    """
    binary = redis_server()
    if binary is None:
        raise DidNotStart("Redis is not installed.")
    with _folder("redis") as folder:
        port = free_port()
        command = [binary, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        with _running([*command, "--dir", str(folder)], folder) as process:
            _wait(process, folder, lambda: _answers(port))
            yield f"redis://127.0.0.1:{port}/0"


def free_port() -> int:
    """Return a port of the loopback address that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _version(home: Path) -> int:
    digits = "".join(filter(str.isdigit, home.parent.name))
    return int(digits or 0)


@contextmanager
def _folder(name: str) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix=f"life-relay-{name}-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _owner(folder: Path) -> str | None:
    """Return who shall run PostgreSQL, which refuses root, and give that user the folder."""
    if os.geteuid() != 0:
        return None
    names = {user.pw_name for user in pwd.getpwall()}
    owner = next(name for name in ("postgres", "nobody") if name in names)
    shutil.chown(folder, owner)
    return owner


def _as(owner: str | None) -> dict[str, object]:
    if owner is None:
        return {}
    return {"user": owner, "group": pwd.getpwnam(owner).pw_gid, "extra_groups": [], "cwd": "/"}


def _once(command: list[str], owner: str | None, folder: Path) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, **_as(owner))  # type: ignore[call-overload]
    if done.returncode:
        raise DidNotStart(f"{Path(command[0]).name} failed in {folder}: {done.stderr.strip()}")


@contextmanager
def _running(
    command: list[str], folder: Path, *, owner: str | None = None, stop: signal.Signals = signal.SIGTERM
) -> Iterator[subprocess.Popen[bytes]]:
    with (folder / "log").open("wb") as log:
        process: subprocess.Popen[bytes] = subprocess.Popen(  # type: ignore[call-overload]
            command, stdout=log, stderr=subprocess.STDOUT, start_new_session=True, **_as(owner)
        )
    try:
        yield process
    finally:
        process.send_signal(stop)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(process: subprocess.Popen[bytes], folder: Path, ready: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not ready():
        if process.poll() is not None or time.monotonic() > until:
            raise DidNotStart((folder / "log").read_text(errors="replace")[-2000:])
        time.sleep(0.1)


def _fails(command: list[str]) -> bool:
    return bool(subprocess.call(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0
