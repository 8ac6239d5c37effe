"""Keep a few processes running, as a terminal's one program: start, restart, and end them all together.

Each child leads a session of its own, so that Ctrl-C reaches only the supervisor; that one tells the
main processes to finish, which end their own helpers, and after a while no longer asks.
"""

import ctypes
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

PATIENCE = 8.0  # seconds a child has to finish what it is doing
LONGEST_PAUSE = 30.0  # seconds before a child that keeps failing is started again
STEADY = 60.0  # seconds after which a child counts as running well
TICK = 0.2  # seconds between two looks
DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of Linux's prctl


class Stopped(Exception):
    """Somebody asked the supervisor to end."""


@dataclass
class Child:
    """One process that shall always run."""

    name: str
    command: Sequence[str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    start_at: float = 0.0
    pause: float = field(default=1.0)

    def start(self) -> None:
        """Start the process; what it says goes to its log."""
        self.started = time.monotonic()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603  our own programs
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509  no threads here
            )

    def look(self, now: float) -> str:
        """Start the process again if it ended, later each time, and return what there is to say."""
        if self.process is None:
            if now >= self.start_at:
                self.start()
            return ""
        code = self.process.poll()
        if code is None:
            return ""
        self.pause = 1.0 if now - self.started > STEADY else min(self.pause * 2, LONGEST_PAUSE)
        self.start_at, self.process = now + self.pause, None
        return f"{self.name} ended with {code}; it starts again in {self.pause:.0f} s. See {self.log}."


def run(children: Sequence[Child], *, once_started: Callable[[], None], say: Callable[[str], None]) -> None:
    """
    Run the children until somebody asks to stop (Ctrl-C or SIGTERM), then end them all.

    :param once_started: called when all were started; what it raises ends the children too.
    """
    before = {
        number: signal.signal(number, _stop) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    }
    try:
        for child in children:
            child.start()
        once_started()
        while True:
            for child in children:
                if sentence := child.look(time.monotonic()):
                    say(sentence)
            time.sleep(TICK)
    except (Stopped, KeyboardInterrupt):
        say("Stopping …")
    finally:
        end(children)
        for number, handler in before.items():
            signal.signal(number, handler)


def end(children: Sequence[Child]) -> None:
    """Ask every main process to finish; after a while, end it."""
    running = [
        child.process for child in children if child.process is not None and child.process.poll() is None
    ]
    for process in running:
        with suppress(ProcessLookupError):
            process.terminate()  # the main process alone: it ends its own helpers
    until = time.monotonic() + PATIENCE
    for process in running:
        try:
            process.wait(max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _stop(number: int, _frame: FrameType | None) -> None:
    signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not leave children behind
    raise Stopped


def _die_with_parent() -> None:
    """Let Linux end a child whose supervisor was killed."""
    ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGTERM)
