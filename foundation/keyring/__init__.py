"""Master, index and signing keys: from a file, the environment or a command."""

from foundation.keyring.ring import (
    Keyring,
    KeyringExposed,
    KeyringMissing,
    KeyringProblem,
    KeyringReadOnly,
    KeyringWrong,
)
from foundation.keyring.sources import change, create, current, forget, store

__all__ = [
    "Keyring",
    "KeyringExposed",
    "KeyringMissing",
    "KeyringProblem",
    "KeyringReadOnly",
    "KeyringWrong",
    "change",
    "create",
    "current",
    "forget",
    "store",
]
