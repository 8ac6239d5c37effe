"""How much memory this process has held at most, since it became this program."""

from pathlib import Path

_STATUS = Path("/proc/self/status")
_UNIT = 1024  # the kernel tells kB


def peak_megabytes() -> float:
    """
    Return the most memory this process has held, in megabytes.

    `ru_maxrss` will not do: it begins at what the process had held that started this one.

    Source: proc(5), VmHWM; getrusage(2), ru_maxrss, which survives execve(2)
    """
    told = dict(line.split(":", 1) for line in _STATUS.read_text().splitlines())
    return int(told["VmHWM"].split()[0]) / _UNIT
