"""Let several people act at one instant, each in a thread with a connection of its own."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connections

CI = os.environ.get("CI", "").lower() == "true"
ROUNDS = 50 if CI else 5


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Begin all acts at one instant, each on its own connection; return what each gave or raised."""
    gate = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        gate.wait()
        try:
            return act()
        except Exception as fault:  # noqa: BLE001  the test looks at it
            return fault
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))
