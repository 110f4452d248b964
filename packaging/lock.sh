#!/usr/bin/env bash
# Writes requirements.txt and requirements-dev.txt anew: the newest versions pyproject.toml allows, with hashes, for 3.11 to 3.13.
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
"$uv" pip compile "${options[@]}" --upgrade pyproject.toml -o requirements.txt
"$uv" pip compile "${options[@]}" --upgrade --extra dev pyproject.toml -o requirements-dev.txt
