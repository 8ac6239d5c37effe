"""Sign batches of the trail with Ed25519, and check signatures."""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from foundation import keyring


def sign(text: bytes) -> tuple[str, str]:
    """Return the id of the newest signing key and its signature in hexadecimal."""
    ring = keyring.current()
    key = Ed25519PrivateKey.from_private_bytes(ring.signers[ring.newest_signer])
    return ring.newest_signer, key.sign(text).hex()


def verifies(text: bytes, *, key_id: str, signature: str) -> bool:
    """Return whether a signature is one of ours over these bytes."""
    if (public := public_keys().get(key_id)) is None:
        return False
    try:
        public.verify(bytes.fromhex(signature), text)
    except (InvalidSignature, ValueError):
        return False
    return True


def public_keys() -> dict[str, Ed25519PublicKey]:
    """Return the public keys, by id."""
    signers = keyring.current().signers
    return {k: Ed25519PrivateKey.from_private_bytes(seed).public_key() for k, seed in signers.items()}


def public_pem(key: Ed25519PublicKey) -> bytes:
    """Return a public key as PEM."""
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
