#!/usr/bin/env bash
# What run.sh and az.sh share: Python, virtual environments, and the local set-up with a service principal in it.
# Sourced, never called.

CLIENTS_FOLDER="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
. "$CLIENTS_FOLDER/../../docker/local/setup.sh"

# The service principal that the policies of Tests/Clients let in.
CLIENT_ID=5a1170e4-0000-4000-8000-0000000000d1
CLIENT_OBJECT=5a1170e4-0000-4000-8000-0000000000d2
# A subscription that the local Azure knows and no rule names.
OTHER_SUBSCRIPTION=5a1170e4-0000-4000-8000-000000000002
CACHE="${CLIENTS_VENV:-${XDG_CACHE_HOME:-$HOME/.cache}/sallyport-clients}"

need_tools() {
    local missing=()
    command -v python3 >/dev/null 2>&1 || missing+=(python3)
    python3 -c 'import venv, ensurepip' 2>/dev/null || missing+=(python3-venv)
    command -v curl >/dev/null 2>&1 || missing+=(curl)
    command -v openssl >/dev/null 2>&1 || missing+=(openssl)
    if [ "${#missing[@]}" -gt 0 ]; then
        if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null 2>&1; then
            fail "missing: ${missing[*]}; on Debian install them as root: apt-get install ${missing[*]}"
        fi
        note "==> install: ${missing[*]}"
        export DEBIAN_FRONTEND=noninteractive
        { apt-get update -qq && apt-get install -y -qq --no-install-recommends "${missing[@]}"; } >/dev/null ||
            fail "these packages could not be installed: ${missing[*]}"
    fi
    python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))' ||
        fail "Python 3.10 or newer is needed, this is $(python3 --version 2>&1)"
}

# virtual_environment NAME REQUIREMENTS-FILE: sets ENVIRONMENT. Made anew when the file changed since; a half-made one
# has no stamp and does not count.
virtual_environment() {
    local stamp
    ENVIRONMENT="$CACHE/$1"
    stamp="$(python3 --version 2>&1) $(sha256sum <"$2" | cut -d ' ' -f 1)"
    if [ -x "$ENVIRONMENT/bin/python" ] && [ "$(cat "$ENVIRONMENT/complete" 2>/dev/null)" = "$stamp" ]; then return; fi
    note "==> Python environment $ENVIRONMENT"
    mkdir -p "$CACHE"
    python3 -m venv --clear "$ENVIRONMENT" || fail "no virtual environment in $ENVIRONMENT"
    if ! "$ENVIRONMENT/bin/pip" install --quiet --disable-pip-version-check --requirement "$2"; then
        # Wrong pins, or no way to the index? A package that every index has tells.
        "$ENVIRONMENT/bin/pip" download --quiet --disable-pip-version-check --retries 1 --timeout 10 --no-deps \
            --dest "$ENVIRONMENT/probe" pip >/dev/null 2>&1 || {
            note "no Python package index can be reached from here"
            exit 75
        }
        fail "pip could not install what $2 names"
    fi
    printf '%s' "$stamp" >"$ENVIRONMENT/complete"
}

# Sets BINARIES: $BIN, or the debug build, which must be there.
find_binaries() {
    BINARIES="${BIN:-$REPOSITORY/.build/debug}"
    local name
    for name in sallyport arm-simulator; do
        [ -x "$BINARIES/$name" ] ||
            fail "there is no $BINARIES/$name; build it first: make build, or name a folder by BIN="
    done
}

# start_azure FOLDER PAGE-SIZE: the simulator as setup.sh starts it, with the service principal, a second subscription
# and small pages. Sets SIMULATOR_PORT and IDENTITY_PORT.
start_azure() {
    openssl rand -hex 24 >"$1/client-secret"
    start_simulator "$1" 0 0 --subscription "$OTHER_SUBSCRIPTION" --page-size "$2" \
        --application "$CLIENT_ID,$CLIENT_OBJECT,$1/client-secret"
}

# install_client_policies FOLDER: the policies of Tests/Clients with the local set-up's ids.
install_client_policies() {
    cp -R "$CLIENTS_FOLDER/policies" "$1/policies"
    find "$1/policies" -name '*.yaml' -exec sed -i \
        -e "s/00000000-0000-0000-0000-000000000001/$SUBSCRIPTION/g" \
        -e "s/11111111-0000-0000-0000-000000000001/$SRE_GROUP/g" {} +
}

# configure_gateway FOLDER DEADLINE: sets GATEWAY_PORT and MANAGEMENT_PORT, writes and checks the configuration.
# DEADLINE is upstream.deadlineSeconds: a command that hangs must end while a test still waits.
configure_gateway() {
    local folder=$1
    GATEWAY_PORT=$(free_port)
    MANAGEMENT_PORT=$(free_port)
    write_configuration "$folder" "$GATEWAY_PORT" "$MANAGEMENT_PORT" "$SIMULATOR_PORT"
    sed -i "s/^upstream:\$/upstream:\\n  deadlineSeconds: $2/" "$folder/sallyport.yaml"
    printf 'shutdownSeconds: 10\n' >>"$folder/sallyport.yaml"
    "$BINARIES/sallyport" check --config "$folder/sallyport.yaml" >"$folder/check" 2>&1 ||
        { cat "$folder/check" >&2 && fail "the configuration has problems"; }
}
