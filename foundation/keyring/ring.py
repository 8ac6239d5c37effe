"""What a keyring holds, and how it is written. Secrets never reach a log or a repr."""

from __future__ import annotations

import base64
import binascii
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

KEY_BYTES = 32  # AES-256, HKDF input and Ed25519 seed alike
EXAMPLE = bytes(range(KEY_BYTES))  # the key of our documentation: never accepted


class KeyringProblem(Exception):
    """The program cannot work with this keyring; the message says why and what to do."""


class KeyringMissing(KeyringProblem):
    """There is no keyring where the settings say."""


class KeyringExposed(KeyringProblem):
    """Others on this machine can read the keyring."""


class KeyringWrong(KeyringProblem):
    """The keyring cannot be read, or lacks a key."""


class KeyringReadOnly(KeyringProblem):
    """The keyring comes from a place that the program cannot write to."""


@dataclass(frozen=True, slots=True)
class Keyring:
    """
    Secrets by kind and id: master keys by epoch, index keys, signing keys.

    The newest of a kind is the last one written.
    """

    masters: Mapping[str, bytes] = field(repr=False)
    indexes: Mapping[str, bytes] = field(repr=False)
    signers: Mapping[str, bytes] = field(repr=False)

    @classmethod
    def fresh(cls) -> Keyring:
        """Return a keyring with one new secret of each kind."""
        return cls({"1": _secret()}, {"1": _secret()}, {"1": _secret()})

    @classmethod
    def parse(cls, text: str) -> Keyring:
        """
        Read a keyring as it is written.

        :raises KeyringWrong: if the text is not one, a key is of a wrong length, or
            it is the example of the documentation.
        """
        try:
            raw = json.loads(text)
            ring = cls(*(_read(raw[kind]) for kind in ("master", "index", "signing")))
        except (ValueError, KeyError, TypeError, AttributeError, binascii.Error) as fault:
            message = "The keyring is not readable JSON with master, index and signing keys of 32 bytes."
            raise KeyringWrong(message) from fault
        if EXAMPLE in {*ring.masters.values(), *ring.indexes.values(), *ring.signers.values()}:
            message = "The keyring holds the documentation's example key. Make one: manage.py keys create."
            raise KeyringWrong(message)
        return ring

    def write(self) -> str:
        """Return the text to keep in a safe place."""
        kinds = {"master": self.masters, "index": self.indexes, "signing": self.signers}
        return json.dumps(
            {
                kind: {k: base64.b64encode(v).decode() for k, v in keys.items()}
                for kind, keys in kinds.items()
            },
            indent=1,
        )

    @property
    def newest_master(self) -> str:
        """The id of the epoch under which new data keys are wrapped."""
        return list(self.masters)[-1]

    @property
    def newest_index(self) -> str:
        """The id of the index key under which new blind indexes are made."""
        return list(self.indexes)[-1]

    @property
    def newest_signer(self) -> str:
        """The id of the key that signs the trail from now on."""
        return list(self.signers)[-1]

    def with_new_master(self) -> Keyring:
        """Return this keyring with one more master key, the newest."""
        return replace(self, masters={**self.masters, _next(self.masters): _secret()})

    def with_new_index(self) -> Keyring:
        """Return this keyring with one more index key, the newest."""
        return replace(self, indexes={**self.indexes, _next(self.indexes): _secret()})

    def with_no_index_before(self, key_id: str) -> Keyring:
        """Return this keyring without the index keys that are older than one."""
        ids = list(self.indexes)
        return replace(self, indexes={k: self.indexes[k] for k in ids[ids.index(key_id) :]})

    def without_master(self, epoch: str) -> Keyring:
        """Return this keyring without one master key."""
        return replace(self, masters={k: v for k, v in self.masters.items() if k != epoch})


def _secret() -> bytes:
    return secrets.token_bytes(KEY_BYTES)


def _next(keys: Mapping[str, bytes]) -> str:
    return str(max(int(key) for key in keys) + 1)


def _read(raw: Mapping[str, str]) -> dict[str, bytes]:
    keys = {str(int(k)): base64.b64decode(v, validate=True) for k, v in raw.items()}
    if not keys or any(len(v) != KEY_BYTES for v in keys.values()):
        raise ValueError
    return keys
