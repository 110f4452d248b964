"""Child of the doctor: asks keyring which backend it would use. Reads and writes no password."""

import json


def main() -> None:
    """Print the backend's full class name and, if it is a chain, those of its links."""
    import keyring

    from wallclient.storage.credentials import backend_name as name

    backend = keyring.get_keyring()
    links = getattr(backend, "backends", ()) if type(backend).__module__ == "keyring.backends.chainer" else ()
    print(json.dumps({"backend": name(backend), "links": [name(link) for link in links]}))


if __name__ == "__main__":
    main()
