"""Secrets of an operator at a center, and whether this machine has a safe place for them."""

from enum import StrEnum


class SecretKind(StrEnum):
    """What is kept."""

    REFRESH_TOKEN = "refresh-token"
    PASSWORD = "password"
    SIGNING_KEY = "signing-key"  # of evidence packages; its "center" is this workstation


class KeeperState(StrEnum):
    """What the operating system offers to keep secrets in. Only in a `SAFE` one is anything kept."""

    SAFE = "safe"
    NONE = "keyring_fail"  # there is no keyring
    NULL = "keyring_null"  # it keeps nothing
    CHAIN = "keyring_chain"  # several at once: any of them may be written to
    PROMPT = "keyring_prompt"  # it asks for its password on a terminal
    PLAIN = "keyring_plain"  # it writes in plain text
    UNKNOWN = "keyring_unknown"  # this program does not know it
    BROKEN = "keyring_broken"  # the library that speaks to it can't be loaded
