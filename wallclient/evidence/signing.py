"""Keys and signatures. The algorithm is a field, so that another (SM2) can follow without a new format."""

import hashlib
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_public_key,
)

ED25519 = "Ed25519"


class BadKey(Exception):  # noqa: N818 - reads as what it is
    """No key this program can use."""


class Signer(Protocol):
    """Who signs."""

    @property
    def algorithm(self) -> str:
        """Return the word for it."""

    @property
    def public_pem(self) -> bytes:
        """Return the public key, PEM."""

    def sign(self, message: bytes) -> bytes:
        """Return the signature of a message."""


class Ed25519Signer:
    """RFC 8032, from a private key of 32 bytes."""

    algorithm = ED25519

    def __init__(self, secret: bytes) -> None:
        try:
            self._key = Ed25519PrivateKey.from_private_bytes(secret)
        except ValueError as err:
            raise BadKey("not 32 bytes") from err

    def __repr__(self) -> str:
        return f"Ed25519Signer({fingerprint(self.public_pem)})"

    @classmethod
    def new_secret(cls) -> bytes:
        """Return a new private key."""
        return Ed25519PrivateKey.generate().private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())

    @property
    def public_pem(self) -> bytes:
        """Return the public key, PEM (SubjectPublicKeyInfo)."""
        return self._key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def sign(self, message: bytes) -> bytes:
        """Return the signature, 64 bytes."""
        return self._key.sign(message)


def read_public(pem: bytes) -> tuple[str, bytes]:
    """Return algorithm and key, in the one form of PEM there is of it. Raises BadKey."""
    try:
        key = load_pem_public_key(pem)
    except Exception as err:  # the library raises its own and ValueError, TypeError, by what is wrong
        raise BadKey("no PEM with a public key") from err
    if not isinstance(key, Ed25519PublicKey):
        raise BadKey("a key of another algorithm")
    return ED25519, key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def fingerprint(public_pem: bytes) -> str:
    """Return what people compare: SHA-256 of the key's DER form, as `openssl pkey -pubin -outform DER` gives it.

    Raises BadKey.
    """
    key = _loaded(public_pem)
    return "SHA256:" + hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def holds(public_pem: bytes, signature: bytes, message: bytes) -> bool:
    """Tell whether a signature is that of a message. Raises BadKey."""
    try:
        _loaded(public_pem).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def _loaded(public_pem: bytes) -> Ed25519PublicKey:
    key = load_pem_public_key(read_public(public_pem)[1])
    assert isinstance(key, Ed25519PublicKey)
    return key
