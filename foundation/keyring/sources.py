"""Where the keyring comes from: ``file:…``, ``env:…`` or ``command:…``."""

from __future__ import annotations

import fcntl
import os
import shlex
import stat
import subprocess
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from foundation.keyring.ring import (
    Keyring,
    KeyringExposed,
    KeyringMissing,
    KeyringReadOnly,
    KeyringWrong,
)

COMMAND_SECONDS = 10  # a key store that takes longer is as good as away


def current() -> Keyring:
    """
    Return the keyring of the settings.

    A file is read again when it changes, so that a worker sees a rotation.

    :raises KeyringMissing: if there is none.
    :raises KeyringExposed: if others can read the file.
    :raises KeyringWrong: if it cannot be understood.
    """
    source: str = settings.KEYRING
    kind, _, rest = source.partition(":")
    if kind == "file":
        return _parsed(_file_text(_path(rest)))
    if kind == "env":
        return _parsed(_environment_text(rest))
    if kind == "command":
        return _from_command(rest)
    message = "KEYRING must begin with file:, env: or command:."
    raise KeyringWrong(message)


def create(path: Path) -> None:
    """
    Write a new keyring that only its owner can read, unless one is there.

    :raises FileExistsError: if there is one: a keyring is never overwritten.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(Keyring.fresh().write())
        file.flush()
        os.fsync(file.fileno())


def store(ring: Keyring) -> None:
    """
    Replace the keyring's file in one step: the old or the new one is there, never half.

    :raises KeyringReadOnly: if the keyring is not a file.
    """
    kind, _, rest = str(settings.KEYRING).partition(":")
    if kind != "file":
        message = "This keyring is kept outside the program: change it there, then run the command again."
        raise KeyringReadOnly(message)
    path = Path(rest)
    fresh = path.with_suffix(".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(ring.write())
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def change(how: Callable[[Keyring], Keyring]) -> Keyring:
    """
    Replace the keyring's file by what ``how`` makes of it, and return that.

    Two who change it at once wait for each other: a key that one has just added would
    be lost if the other stored what it had read before.

    :raises KeyringReadOnly: if the keyring is not a file.
    """
    kind, _, rest = str(settings.KEYRING).partition(":")
    if kind != "file":
        return _stored(how(current()))
    descriptor = os.open(Path(rest).with_suffix(".lock"), os.O_WRONLY | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return _stored(how(current()))


def _stored(ring: Keyring) -> Keyring:
    store(ring)
    return ring


def forget() -> None:
    """Drop what was read from a command, so that the next look asks it again."""
    _from_command.cache_clear()


def _file_text(path: Path) -> str:
    try:
        found = path.stat()
    except OSError as fault:
        message = "There is no keyring file where KEYRING says. Make one: manage.py keys create."
        raise KeyringMissing(message) from fault
    if found.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        message = "The keyring file can be read by others on this machine. Close it: chmod 600."
        raise KeyringExposed(message)
    return _read(path, (found.st_ino, found.st_mtime_ns, found.st_size))


@lru_cache(maxsize=4)
def _read(path: Path, _version: tuple[int, int, int]) -> str:
    try:
        return path.read_text()
    except (OSError, UnicodeDecodeError) as fault:
        message = "The keyring file cannot be read by this user."
        raise KeyringWrong(message) from fault


def _environment_text(name: str) -> str:
    if not (text := os.environ.get(name)):
        message = "KEYRING names an environment variable that is empty or not set."
        raise KeyringMissing(message)
    return text


_path = lru_cache(maxsize=4)(Path)  # asked for each value that is indexed or opened


@lru_cache(maxsize=4)
def _parsed(text: str) -> Keyring:
    return Keyring.parse(text)


@lru_cache(maxsize=1)
def _from_command(line: str) -> Keyring:
    try:
        done = subprocess.run(  # noqa: S603 - the operator's own command, from the environment
            shlex.split(line), capture_output=True, check=True, timeout=COMMAND_SECONDS, text=True
        )
    except (OSError, subprocess.SubprocessError) as fault:
        message = "The KEYRING command failed or took too long."
        raise KeyringMissing(message) from fault
    return Keyring.parse(done.stdout)
