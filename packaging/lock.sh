#!/usr/bin/env bash
# Writes requirements-dev.txt and requirements.txt: versions pyproject.toml allows, with hashes, for Python 3.11 to 3.13. Keeps the
# pins it finds where they still fit; with --upgrade (as `make lock` does) takes the newest of everything.
# Takes `uv` from PATH or UV, else puts it into an environment of its own below build/.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
uv=${UV:-$(command -v uv || true)}
if [ -z "$uv" ]; then
    uv=build/uv/bin/uv
    [ -x "$uv" ] || { .venv/bin/python -m venv build/uv && build/uv/bin/pip --disable-pip-version-check -q install uv; }
fi
# No header, no annotation, no index: the files hold names, versions and hashes, whatever the machine's own settings are.
options=(--universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links --quiet)
"$uv" pip compile "${options[@]}" "$@" --extra dev pyproject.toml -o requirements-dev.txt
# What users get: the program with its embedded center, which `wallclient bench` needs too. The same versions as the suite ran with.
"$uv" pip compile "${options[@]}" "$@" --constraint requirements-dev.txt --extra demo pyproject.toml -o requirements.txt
