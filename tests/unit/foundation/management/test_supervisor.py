"""Children are started, started again, and ended together."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from foundation.management.supervisor import Child, end

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
SUPERVISE = """
import sys
from pathlib import Path
from foundation.management import supervisor
home = Path(sys.argv[1])
code = "import os, sys, time; open(sys.argv[1], 'w').write(str(os.getpid())); time.sleep(60)"
sleep = [sys.executable, "-c", code]
children = [supervisor.Child(name, [*sleep, str(home / name)], home / "log") for name in ("web", "worker")]
supervisor.run(children, once_started=lambda: None, say=print)
"""


def until(true: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"


def started(home: Path) -> tuple[subprocess.Popen[bytes], list[int]]:
    supervisor = subprocess.Popen([sys.executable, "-c", SUPERVISE, str(home)], stdout=subprocess.DEVNULL)
    files = [home / "web", home / "worker"]
    until(lambda: all(file.exists() and file.read_text() for file in files))
    return supervisor, [int(file.read_text()) for file in files]


class TestChild:
    def test_is_started_again_when_it_ended(self, tmp_path: Path) -> None:
        child = Child("web", [sys.executable, "-c", ""], tmp_path / "log")
        child.start()
        assert child.process is not None
        child.process.wait()

        sentence = child.look(time.monotonic())
        child.look(time.monotonic() + 60)

        assert sentence.startswith("web ended with 0; it starts again in 2 s.")
        assert child.process is not None
        end([child])

    def test_waits_longer_each_time(self, tmp_path: Path) -> None:
        child = Child("web", [sys.executable, "-c", "raise SystemExit(3)"], tmp_path / "log")
        pauses = []
        for _ in range(3):
            child.start()
            assert child.process is not None
            child.process.wait()
            child.look(time.monotonic())
            pauses.append(child.pause)

        assert pauses == [2.0, 4.0, 8.0]

    def test_that_does_not_listen_is_ended_all_the_same(self, tmp_path: Path, monkeypatch) -> None:
        monkeypatch.setattr("foundation.management.supervisor.PATIENCE", 0.3)
        deaf = "from signal import *; import time; signal(15, SIG_IGN); print(1, flush=True); time.sleep(60)"
        child = Child("web", [sys.executable, "-c", deaf], tmp_path / "log")
        child.start()
        until(lambda: bool((tmp_path / "log").read_text()))

        end([child])

        assert child.process is not None
        assert child.process.returncode == -signal.SIGKILL


class TestSupervisor:
    def test_ends_all_children_at_ctrl_c(self, tmp_path: Path) -> None:
        supervisor, children = started(tmp_path)

        supervisor.send_signal(signal.SIGINT)

        assert supervisor.wait(10) == 0
        assert not any(map(is_running, children))

    def test_leaves_no_child_behind_when_it_is_killed(self, tmp_path: Path) -> None:
        supervisor, children = started(tmp_path)

        supervisor.kill()
        supervisor.wait()

        until(lambda: not any(map(is_running, children)))
