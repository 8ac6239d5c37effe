"""Long work with progress, stop and resume."""

from foundation.jobs.actions import ask_to_stop, start, sweep
from foundation.jobs.kinds import Handler, Kind, kind_of, register
from foundation.jobs.models import Job, JobState
from foundation.jobs.queries import latest, waiting_or_running
from foundation.jobs.running import LeaseLost, Running, Stopped, run

__all__ = [
    "Handler",
    "Job",
    "JobState",
    "Kind",
    "LeaseLost",
    "Running",
    "Stopped",
    "ask_to_stop",
    "kind_of",
    "latest",
    "register",
    "run",
    "start",
    "sweep",
    "waiting_or_running",
]
