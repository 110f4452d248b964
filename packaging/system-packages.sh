#!/usr/bin/env bash
# Installs the Debian packages of the given groups (all without arguments) that are missing; see packaging/debian/packages.txt.
#
#   packaging/system-packages.sh [--list|--missing] [group ...]
#
# Does nothing, and asks for nothing, when all are there. Installs as root or through sudo; without either it prints the one line
# to run and fails. WALLCLIENT_SKIP_SYSTEM_PACKAGES=1 leaves the matter to you (another distribution, a prepared image).
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
table=$here/debian/packages.txt
log=${WALLCLIENT_APT_LOG:-$here/../build/setup/apt.log}

say() { printf '%s\n' "$*" >&2; }

# Prints the packages of the groups given, one per line; of all groups without arguments.
list() {
    awk -v groups=" $* " '!/^#/ && NF && (groups == "  " || index(groups, " " $1 " ")) { print $2 }' "$table"
}

# Prints those of the listed packages that dpkg does not hold installed.
missing() {
    local package
    while read -r package; do
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | head -c 9)" = installed ] || printf '%s\n' "$package"
    done < <(list "$@")
}

check_groups() {
    local group
    for group in "$@"; do
        [ -n "$(list "$group")" ] || { say "no such group of packages: $group"; exit 2; }
    done
}

# Sets `as_root` to the words that make a command run as root, or prints the line to run and ends.
choose_root() {
    as_root=()
    [ "$(id -u)" -eq 0 ] && return
    if command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
        as_root=(sudo)
        return
    fi
    say "Some system packages are missing, and neither root nor sudo is at hand. Run this line once, then start again:"
    say ""
    say "    sudo apt-get install -y --no-install-recommends $*"
    say ""
    exit 1
}

apt() {
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300 "$@" </dev/null >>"$log" 2>&1
}

refresh() {
    [ -z "${refreshed:-}" ] || return 0
    refreshed=yes
    say "refreshing the list of packages ..."
    apt update || say "apt-get update failed (see $log); trying with the list as it is"
}

# Tells whether apt knows a version of each package; it knows none on a machine that never ran `apt-get update`.
known() {
    local package
    for package in "$@"; do
        apt-cache show "$package" >/dev/null 2>&1 || return 1
    done
}

install() {
    known "$@" || refresh
    say "installing $# system package(s): $*"
    apt install -y --no-install-recommends "$@" && return
    if [ -z "${refreshed:-}" ]; then # an old list names versions that are gone
        refresh
        apt install -y --no-install-recommends "$@" && return
    fi
    say "apt-get could not install them; the end of $log:"
    tail -n 15 "$log" >&2
    exit 1
}

main() {
    local action=install
    case ${1:-} in
        --list | --missing) action=${1#--}; shift ;;
        -*) say "unknown option: $1"; exit 2 ;;
    esac
    check_groups "$@"
    if [ "$action" = list ]; then list "$@"; return; fi
    [ -z "${WALLCLIENT_SKIP_SYSTEM_PACKAGES:-}" ] || return 0
    if ! command -v dpkg-query >/dev/null; then
        say "This is not a Debian-like system. Install what corresponds to these packages, then set WALLCLIENT_SKIP_SYSTEM_PACKAGES=1:"
        say "    $(list "$@" | xargs)"
        exit 1
    fi
    local lacking
    mapfile -t lacking < <(missing "$@")
    if [ "$action" = missing ]; then [ "${#lacking[@]}" -eq 0 ] || printf '%s\n' "${lacking[@]}"; return; fi
    [ "${#lacking[@]}" -gt 0 ] || return 0
    mkdir -p "$(dirname "$log")"
    choose_root "${lacking[@]}"
    install "${lacking[@]}"
    mapfile -t lacking < <(missing "$@")
    [ "${#lacking[@]}" -eq 0 ] || { say "still missing after apt-get: ${lacking[*]}"; exit 1; }
}

main "$@"
