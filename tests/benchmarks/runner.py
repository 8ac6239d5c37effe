"""`manage.py bench [NAME] [--sqlite]`: measure on a PostgreSQL of its own, and hold each figure to its bound.

Each module `bench_*.py` beside this one has a `run(out)`, which tells its figures to `out`. The database
is made and migrated anew for each, and removed after it.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path

from tests import servers
from tests.benchmarks.figures import Out

HERE = Path(__file__).resolve().parent
BASE = HERE.parent.parent
EMBEDDED = frozenset({"writers"})  # of the embedded database alone
ONE = "--one"  # how this module calls itself, with the settings of one measurement


def names() -> list[str]:
    """Return the measurements there are."""
    return sorted(path.stem.removeprefix("bench_") for path in HERE.glob("bench_*.py"))


def main(arguments: Sequence[str]) -> int:
    """Run the measurements named, or all; return 0 if every bound is held."""
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    on_sqlite = "--sqlite" in arguments
    wanted = [item for item in arguments if not item.startswith("--")] or names()
    if unknown := sorted(set(wanted) - set(names())):
        sys.stderr.write(f"There is no measurement {', '.join(unknown)}; there are {', '.join(names())}.\n")
        return 1
    if not on_sqlite and set(wanted) - EMBEDDED and "postgres" in servers.missing():
        sys.stderr.write(
            "The measurements need PostgreSQL: install it with `apt-get install postgresql-15`, "
            "or measure on SQLite with --sqlite.\n"
        )
        return 1
    return max([_alone(name, on_sqlite=on_sqlite or name in EMBEDDED) for name in wanted])


def _alone(name: str, *, on_sqlite: bool) -> int:
    """Run one measurement in a process and on a server of its own."""
    with ExitStack() as stack:
        extra = {"TEST_BROKER_URL": "memory://"}
        if not on_sqlite:
            extra["TEST_DATABASE_URL"] = stack.enter_context(servers.postgres(durable=True))
        command = [sys.executable, "-m", "tests.benchmarks.runner", ONE, name]
        environment = {**os.environ, **extra, "DJANGO_SETTINGS_MODULE": "tests.benchmarks.settings"}
        return subprocess.call(command, cwd=BASE, env=environment)


def one(name: str) -> int:
    """Run one measurement in this process: migrate, measure, and say whether its bounds are held."""
    import django  # noqa: PLC0415  the settings are chosen by the environment

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415  needs Django
    from django.db import connection  # noqa: PLC0415

    out = Out(sys.stdout)
    out.say(f"{name}, on {connection.display_name}:")
    call_command("migrate", verbosity=0, interactive=False)
    import_module(f"tests.benchmarks.bench_{name}").run(out)
    return 0 if all(figure.is_held for figure in out.figures) else 1


if __name__ == "__main__" and sys.argv[1] == ONE:
    sys.exit(one(sys.argv[2]))
