#!/usr/bin/env bash
# Makes .venv from a hashed requirements file and installs this checkout into it, editable.
#
#   packaging/make-venv.sh [directory] [requirements file]
#
# PYTHON (default: python3, else the newest python3.x found) must be 3.11 or newer. Does nothing when the environment was made from
# the same requirements, the same pyproject.toml and a Python that still runs and is of the version asked for.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
venv=${1:-.venv}
requirements=${2:-requirements-dev.txt}
log=build/setup/pip.log

say() { printf '%s\n' "$*" >&2; }

fits() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

choose_python() {
    local candidate
    for candidate in "${PYTHON:-python3}" ${PYTHON:+""} python3.13 python3.12 python3.11 /usr/bin/python3; do
        [ -n "$candidate" ] || break # PYTHON was given: nothing else will do
        if fits "$candidate"; then
            "$candidate" -c 'import sys; print(sys.executable)' # not a pyenv shim, whose target changes with the directory
            return
        fi
    done
    say "Python 3.11 or newer is needed; ${PYTHON:-python3} is $("${PYTHON:-python3}" --version 2>&1 || true)."
    say "Install one, or name it: make setup PYTHON=/path/to/python3.12"
    exit 1
}

stamp() { cat "$requirements" pyproject.toml | sha256sum | cut -d ' ' -f 1; }

version() { "$1" -c 'import sys; print(*sys.version_info[:2])' 2>/dev/null; }

usable() {
    fits "$venv/bin/python" && { [ -z "${PYTHON:-}" ] || [ "$(version "$PYTHON")" = "$(version "$venv/bin/python")" ]; }
}

up_to_date() {
    [ "$(cat "$venv/.setup-stamp" 2>/dev/null)" = "$(stamp)" ] && usable && [ -x "$venv/bin/wallclient" ]
}

make_empty() {
    local python
    python=$(choose_python)
    if ! "$python" -c 'import venv, ensurepip' 2>/dev/null; then
        say "$python has no venv module. On Debian and Ubuntu run:  sudo apt-get install python3-venv"
        exit 1
    fi
    say "making $venv with $("$python" --version) ($python)"
    "$python" -m venv --clear "$venv"
}

pip() {
    if ! "$venv/bin/python" -m pip --disable-pip-version-check "$@" >>"$log" 2>&1; then
        say "pip failed; the end of $PWD/$log:"
        tail -n 20 "$log" >&2
        exit 1
    fi
}

up_to_date && exit 0
mkdir -p build/setup
usable || make_empty
say "installing $requirements into $venv ..."
pip install --require-hashes -r "$requirements"
pip install --no-deps --no-build-isolation --no-index --editable . # the build tool is among the hashed requirements
stamp >"$venv/.setup-stamp"
