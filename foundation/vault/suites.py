"""The two cipher suites: AES-256-GCM, and SM4-GCM with HMAC-SM3 for a Chinese assessment."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE_BYTES = 12  # NIST SP 800-38D section 8.2.2: 96 random bits
TAG_BYTES = 16
SECRET_BYTES = 32


class DoesNotOpen(Exception):
    """The ciphertext, its key or its place is not the one it was sealed with."""


@dataclass(frozen=True, slots=True)
class Suite:
    """An authenticated cipher and the hash that goes with it."""

    number: int
    name: str
    digest: Callable[[], hashes.HashAlgorithm]
    encrypt: Callable[[bytes, bytes, bytes, bytes], bytes]
    decrypt: Callable[[bytes, bytes, bytes, bytes], bytes]
    ready: Callable[[bytes], Callable[[bytes, bytes, bytes], bytes]]  # to decrypt many under one key

    def seal(self, secret: bytes, plaintext: bytes, bound_to: bytes) -> bytes:
        """Return nonce, ciphertext and tag, under a fresh nonce."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self.encrypt(secret, nonce, plaintext, bound_to)

    def open(self, secret: bytes, blob: bytes, bound_to: bytes) -> bytes:
        """
        Return the plaintext.

        :raises DoesNotOpen: if key, bytes or place differ.
        """
        if len(blob) < NONCE_BYTES + TAG_BYTES:
            raise DoesNotOpen
        try:
            return self.decrypt(secret, blob[:NONCE_BYTES], blob[NONCE_BYTES:], bound_to)
        except InvalidTag as fault:
            raise DoesNotOpen from fault

    def opener(self, secret: bytes) -> Callable[[bytes, bytes], bytes]:
        """
        Return what opens many blobs under one key; the key is made ready once.

        It raises ``DoesNotOpen`` as ``open`` does.
        """
        decrypt = self.ready(secret)

        def opens(blob: bytes, bound_to: bytes) -> bytes:
            if len(blob) < NONCE_BYTES + TAG_BYTES:
                raise DoesNotOpen
            try:
                return decrypt(blob[:NONCE_BYTES], blob[NONCE_BYTES:], bound_to)
            except InvalidTag as fault:
                raise DoesNotOpen from fault

        return opens

    def mac(self, key: bytes, message: bytes) -> bytes:
        """Return the 32 bytes of the keyed hash of this suite."""
        keyed = hmac.HMAC(key, self.digest())
        keyed.update(message)
        return keyed.finalize()


def derive(secret: bytes, label: str, *, length: int = SECRET_BYTES) -> bytes:
    """Return a key for one use, by HKDF-SHA-256 (RFC 5869)."""
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=None, info=label.encode()).derive(secret)


def _aes_encrypt(secret: bytes, nonce: bytes, plaintext: bytes, bound_to: bytes) -> bytes:
    return AESGCM(secret).encrypt(nonce, plaintext, bound_to)


def _aes_decrypt(secret: bytes, nonce: bytes, blob: bytes, bound_to: bytes) -> bytes:
    return AESGCM(secret).decrypt(nonce, blob, bound_to)


def _aes_ready(secret: bytes) -> Callable[[bytes, bytes, bytes], bytes]:
    return AESGCM(secret).decrypt


def _sm4_key(secret: bytes) -> algorithms.SM4:
    return algorithms.SM4(derive(secret, "sm4-gcm", length=16))


def _sm4_encrypt(secret: bytes, nonce: bytes, plaintext: bytes, bound_to: bytes) -> bytes:
    encryptor = Cipher(_sm4_key(secret), modes.GCM(nonce)).encryptor()
    encryptor.authenticate_additional_data(bound_to)
    return encryptor.update(plaintext) + encryptor.finalize() + encryptor.tag


def _sm4_decrypt(secret: bytes, nonce: bytes, blob: bytes, bound_to: bytes) -> bytes:
    mode = modes.GCM(nonce, blob[-TAG_BYTES:])
    decryptor = Cipher(_sm4_key(secret), mode).decryptor()
    decryptor.authenticate_additional_data(bound_to)
    return decryptor.update(blob[:-TAG_BYTES]) + decryptor.finalize()


def _sm4_ready(secret: bytes) -> Callable[[bytes, bytes, bytes], bytes]:
    return partial(_sm4_decrypt, secret)


AES = Suite(1, "aes", hashes.SHA256, _aes_encrypt, _aes_decrypt, _aes_ready)
SM4 = Suite(2, "sm4", hashes.SM3, _sm4_encrypt, _sm4_decrypt, _sm4_ready)
BY_NUMBER = {suite.number: suite for suite in (AES, SM4)}
BY_NAME = {suite.name: suite for suite in (AES, SM4)}
