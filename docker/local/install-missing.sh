#!/usr/bin/env bash
# Installs what building and the demo need and this machine lacks (Debian 12 with Swift 6.3).
set -euo pipefail

missing=()
need_command() { command -v "$1" >/dev/null 2>&1 || missing+=("$2"); }
need_file() {
    local file
    for file in /usr/include/$1 /usr/include/*/$1; do [ -e "$file" ] && return; done
    missing+=("$2")
}

need_command swift swift
need_command make make
need_command git git
need_command curl curl
need_command openssl openssl
[ -e /etc/ssl/certs/ca-certificates.crt ] || missing+=(ca-certificates)
need_file sqlite3.h libsqlite3-dev # the record
need_file zlib.h zlib1g-dev        # SwiftNIO's HTTP compression links it

for package in "${missing[@]}"; do
    if [ "$package" = swift ]; then
        echo "Swift 6.3 is missing; see https://www.swift.org/install/linux/" >&2
        exit 1
    fi
done
[ "${#missing[@]}" -eq 0 ] && exit 0

echo "==> install: ${missing[*]}"
if [ "$(id -u)" -ne 0 ]; then
    echo "These packages are missing; install them as root: apt-get install ${missing[*]}" >&2
    exit 1
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
