#!/usr/bin/env bash
# Azure's Python SDK, its newest release and one of 2023, sync and async, against the gateway and the local Azure.
#
#   Tests/Clients/run.sh [--direct] [--only REGEX] [--client NAME]... [--verbose] [--keep]
#
# --direct   straight at the local Azure: shows that the scenarios themselves are right
# --only     scenarios whose name this matches
# --client   39, 39-aio, 30, 30-aio or http; default: all
# --verbose  every exchange of every scenario
# --keep     the folder with logs, record and configuration stays
#
# Needs a finished build (.build/debug, or the folder BIN names). The SDKs go into virtual environments in a cache
# folder (CLIENTS_VENV, by default ~/.cache/sallyport-clients), which is all that stays. Exit 0 if every scenario
# passed, 75 if no Python package index can be reached, else 1.
set -euo pipefail
. "$(dirname "$0")/stack.sh"

DIRECT=false
KEEP=''
OPTIONS=()
while [ $# -gt 0 ]; do
    case $1 in
        --direct) DIRECT=true ;;
        --keep) KEEP=yes ;;
        --verbose) OPTIONS+=(--verbose) ;;
        --only | --client)
            [ $# -ge 2 ] || { echo "$1 needs a value" >&2 && exit 64; }
            OPTIONS+=("$1" "$2")
            shift
            ;;
        -h | --help)
            sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//p}' "$0"
            exit 0
            ;;
        *)
            echo "unknown option $1; see --help" >&2
            exit 64
            ;;
    esac
    shift
done

need_tools
find_binaries
virtual_environment newest "$CLIENTS_FOLDER/requirements-newest.txt"
NEWEST=$ENVIRONMENT/bin/python
virtual_environment 30 "$CLIENTS_FOLDER/requirements-30.txt"
OLDER=$ENVIRONMENT/bin/python

FOLDER=$(mktemp -d -t sallyport-clients.XXXXXX)
REPORT=''
finish() {
    local status=$?
    trap - EXIT INT TERM
    if [ -n "$REPORT" ]; then
        kill -TERM "$REPORT" 2>/dev/null || true
        wait "$REPORT" 2>/dev/null || true
    fi
    stop_all
    if [ -n "$KEEP" ]; then note "kept: $FOLDER"; else rm -rf "$FOLDER"; fi
    exit "$status"
}
trap finish EXIT
trap 'exit 130' INT TERM

make_certificates "$FOLDER"
install_client_policies "$FOLDER"
start_azure "$FOLDER" 2
if [ "$DIRECT" = true ]; then
    GATEWAY_PORT=$SIMULATOR_PORT
else
    configure_gateway "$FOLDER" 5
    start_gateway "$FOLDER" "$MANAGEMENT_PORT"
fi

cat >"$FOLDER/place.json" <<JSON
{"folder": "$FOLDER", "gateway": "https://localhost:$GATEWAY_PORT", "simulator": "https://localhost:$SIMULATOR_PORT",
 "authority": "$FOLDER/authority.pem", "tenant": "$TENANT", "subscription": "$SUBSCRIPTION",
 "other_subscription": "$OTHER_SUBSCRIPTION", "operators": "$SRE_GROUP", "client_id": "$CLIENT_ID",
 "client_secret": "$(cat "$FOLDER/client-secret")", "policies": "$FOLDER/policies", "is_direct": $DIRECT}
JSON

# again TURN: the gateway ends, gently or not, and starts again with the same files. It was started last.
again() {
    local index=$((${#STARTED[@]} - 1)) signal=TERM
    [ "$1" = kill ] && signal=KILL
    kill "-$signal" "${STARTED[index]}"
    wait "${STARTED[index]}" 2>/dev/null || true
    unset "STARTED[index]"
    start_gateway "$FOLDER" "$MANAGEMENT_PORT"
}

mkfifo "$FOLDER/asked" "$FOLDER/answered"
# Nothing of the caller's environment steers the SDKs or Python; proxies and AZURE_ variables would.
(cd "$CLIENTS_FOLDER" && exec env -i PATH="$PATH" HOME="$FOLDER" LANG=C.UTF-8 NO_COLOR="${NO_COLOR:-}" \
    PYTHONDONTWRITEBYTECODE=1 "$NEWEST" -m scenarios.report --place "$FOLDER/place.json" --newest "$NEWEST" \
    --older "$OLDER" --asked "$FOLDER/asked" --answered "$FOLDER/answered" "${OPTIONS[@]}") &
REPORT=$!
# Open for both ways, so that neither end waits for the other to open it.
exec 3<>"$FOLDER/asked" 4<>"$FOLDER/answered"
while kill -0 "$REPORT" 2>/dev/null; do
    if IFS= read -r -t 0.5 -u 3 turn; then
        again "$turn"
        echo done >&4
    fi
done
status=0
wait "$REPORT" || status=1
REPORT=''

if [ "$DIRECT" = false ]; then
    stop_all
    if "$BINARIES/sallyport" audit verify --database "$FOLDER/audit.sqlite" >"$FOLDER/verified" 2>&1; then
        good "the record of all of it verifies: $("$BINARIES/sallyport" audit list --format json \
            --database "$FOLDER/audit.sqlite" 2>/dev/null | wc -l) rows"
    else
        cat "$FOLDER/verified" >&2
        printf '%s✗ the record does not verify%s\n' "$RED" "$PLAIN" >&2
        status=1
    fi
    if grep -alE 'PlantedSecret-4711|UGxhbnRlZFNlY3JldC00NzEx' "$FOLDER"/audit.sqlite* "$FOLDER/gateway.log" >&2; then
        printf '%s✗ a secret that passed is in these files of the gateway%s\n' "$RED" "$PLAIN" >&2
        status=1
    fi
    if grep -aE 'Fatal error|Crash' "$FOLDER/gateway.log" >&2; then status=1; fi
fi
exit "$status"
