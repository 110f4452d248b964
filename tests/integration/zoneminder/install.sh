#!/usr/bin/env bash
# Installs ZoneMinder, MariaDB and Apache from Debian's packages, for tests only; nothing of them is left running.
#
#   tests/integration/zoneminder/install.sh [--check]
#
# Prints one plain line and ends with 3 where that can't be: not root, no apt, no such package, no network, no namespaces.
# With --check nothing is installed. Does nothing when all is there.
set -euo pipefail

packages=(zoneminder mariadb-server apache2 libapache2-mod-php php-mysql php-gd)
policy=/usr/sbin/policy-rc.d

cannot() {
    printf 'ZoneMinder: %s\n' "$*"
    exit 3
}

missing() {
    local package
    for package in "${packages[@]}"; do
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || printf '%s\n' "$package"
    done
}

apt() {
    DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300 -o Acquire::http::Timeout=20 -o Acquire::Retries=1 "$@" </dev/null
}

install() {
    # Services of the packages must neither start now nor with the machine.
    local ours=
    if [ ! -e "$policy" ]; then
        printf '#!/bin/sh\nexit 101\n' >"$policy"
        chmod 755 "$policy"
        ours=yes
    fi
    local log status=0
    log=$(mktemp)
    { apt install -y --no-install-recommends "$@" || { apt update && apt install -y --no-install-recommends "$@"; }; } \
        >"$log" 2>&1 || status=$?
    [ -z "$ours" ] || rm -f "$policy"
    if [ "$status" -ne 0 ]; then
        tail -n 5 "$log"
        rm -f "$log"
        cannot "apt-get could not install ${*}; is this machine offline?"
    fi
    rm -f "$log"
    if command -v systemctl >/dev/null && [ -d /run/systemd/system ]; then
        local package
        for package in "$@"; do
            case $package in
                zoneminder | apache2) systemctl disable --quiet "$package" || true ;;
                mariadb-server) systemctl disable --quiet mariadb || true ;;
            esac
        done
    fi
}

command -v dpkg-query >/dev/null && command -v apt-get >/dev/null || cannot "this is no Debian-like system"
mapfile -t lacking < <(missing)
[ "$(id -u)" -eq 0 ] || cannot "only root can start it in namespaces of its own"
unshare --mount --net --pid --fork --kill-child --mount-proc mount -t tmpfs tmpfs /run 2>/dev/null ||
    cannot "this machine gives no namespaces (unshare)"
[ "${#lacking[@]}" -gt 0 ] || exit 0
[ "${1:-}" != --check ] || cannot "not installed: ${lacking[*]}"
printf 'ZoneMinder: installing %s (some 0.9 GB) ...\n' "${lacking[*]}"
install "${lacking[@]}"
mapfile -t lacking < <(missing)
[ "${#lacking[@]}" -eq 0 ] || cannot "still missing after apt-get: ${lacking[*]}"
