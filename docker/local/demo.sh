#!/usr/bin/env bash
# The main job by itself: an allowed command, a refused one, a changed command of a scale set, the record of all of it.
set -euo pipefail
. "$(dirname "$0")/setup.sh"
: "${BINARIES:?run this through make demo}"

FOLDER=$(mktemp -d -t sallyport-demo.XXXXXX)
finish() {
    local status=$?
    stop_all
    rm -rf "$FOLDER"
    exit "$status"
}
trap finish EXIT
trap 'exit 130' INT TERM

# request METHOD URL [BODY-FILE]: sets STATUS; headers and body land in files. The token is in $FOLDER/bearer, not among
# the arguments, where other users of the machine could read it.
request() {
    local body=()
    [ -n "${3:-}" ] && body=(-H 'Content-Type: application/json' --data-binary "@$3")
    STATUS=$(curl -sS --max-time 60 --cacert "$FOLDER/authority.pem" -X "$1" -H "@$FOLDER/bearer" "${body[@]}" \
        -D "$FOLDER/headers" -o "$FOLDER/body" -w '%{http_code}' "$2") || fail "$1 $2 was not answered"
}
sign_in() { printf 'Authorization: Bearer %s\n' "$1" >"$FOLDER/bearer"; }
header() { sed -nE "s/^$1:[[:space:]]*(.*)\$/\\1/Ip" "$FOLDER/headers" | tr -d '\r' | head -n 1; }
expect_status() {
    [[ " $1 " == *" $STATUS "* ]] || { cat "$FOLDER/body" >&2 && fail "$2: expected $1, got $STATUS"; }
}

# follow URL: polls until something else than 202 or a running operation comes; every link must be the gateway's own.
follow() {
    local url=$1 state polls=0 pause
    while [ "$polls" -lt 90 ]; do
        [[ "$url" == "$GATEWAY"/* ]] || fail "a link leads away from the gateway: $url"
        request GET "$url"
        polls=$((polls + 1))
        state=$(member status <"$FOLDER/body")
        if [ "$STATUS" != 202 ] && [ "$state" != InProgress ] && [ "$state" != Running ]; then
            POLLS=$polls
            return
        fi
        url=$(header location)
        url=${url:-$1}
        pause=$(header retry-after)
        sleep "${pause:-1}"
    done
    fail "the operation did not end"
}

step "A local Azure, and Sallyport in front of it"
make_certificates "$FOLDER"
install_policies "$FOLDER"
start_simulator "$FOLDER" 0 0
GATEWAY_PORT=$(free_port)
MANAGEMENT_PORT=$(free_port)
write_configuration "$FOLDER" "$GATEWAY_PORT" "$MANAGEMENT_PORT" "$SIMULATOR_PORT"
"$BINARIES/sallyport" check --config "$FOLDER/sallyport.yaml" >"$FOLDER/check" 2>&1 ||
    { cat "$FOLDER/check" >&2 && fail "the configuration has problems"; }
start_gateway "$FOLDER" "$MANAGEMENT_PORT"
GATEWAY="https://localhost:$GATEWAY_PORT"
good "Azure stand-in at https://localhost:$SIMULATOR_PORT, gateway ready at $GATEWAY"

GROUP_URL="/subscriptions/$SUBSCRIPTION/resourceGroups/rg-web-prod/providers/Microsoft.Compute"
OPERATOR_TOKEN=$(person_token "$FOLDER" "$OPERATOR" "Olivia Operator" "$SRE_GROUP")
sign_in "$OPERATOR_TOKEN"

step "1. An allowed command: Olivia of site reliability reads the disk usage of web-01"
SCRIPT="$FOLDER/policies/scripts/disk-report.sh"
[ -f "$SCRIPT" ] || fail "the shipped policies have no scripts/disk-report.sh"
cat >"$FOLDER/request.json" <<JSON
{"commandId": "RunShellScript", "script": $(json_lines <"$SCRIPT"), "parameters": [{"name": "path", "value": "/var"}]}
JSON
note "POST $GROUP_URL/virtualMachines/web-01/runCommand"
request POST "$GATEWAY$GROUP_URL/virtualMachines/web-01/runCommand?api-version=2025-04-01" "$FOLDER/request.json"
expect_status "200 202" "the allowed command"
good "answered $STATUS; record $(header x-sallyport-audit-index), request $(header x-ms-request-id)"
if [ "$STATUS" = 202 ]; then
    LINK=$(header location)
    [ -n "$LINK" ] || fail "the answer has no Location"
    note "GET $LINK"
    follow "$LINK"
    expect_status 200 "the result"
    good "ended after $POLLS polls"
fi
OUTPUT=$(member message <"$FOLDER/body")
[[ "$OUTPUT" == *'[stdout]'* ]] || fail "the result has no output: $(cat "$FOLDER/body")"
printf '%s\n' "$OUTPUT" | sed 's/^/    /'

step "2. A refused command: the same, with one line more"
cat >"$FOLDER/request.json" <<JSON
{"commandId": "RunShellScript", "script": $({ cat "$SCRIPT" && printf '\nrm -rf /var/log\n'; } | json_lines), "parameters": [{"name": "path", "value": "/var"}]}
JSON
request POST "$GATEWAY$GROUP_URL/virtualMachines/web-01/runCommand?api-version=2025-04-01" "$FOLDER/request.json"
expect_status 403 "the refused command"
[ "$(member code <"$FOLDER/body")" = RequestDisallowedByPolicy ] || fail "not refused by the policy: $(cat "$FOLDER/body")"
good "answered 403 RequestDisallowedByPolicy; record $(header x-sallyport-audit-index)"
grep -oE '"message"[[:space:]]*:[[:space:]]*"([^"\\]|\\.)*"' "$FOLDER/body" | sed -E 's/^"message"[^"]*"(.*)"$/    \1/'

step "3. A changed command of a scale set: an administrator made it, Olivia gives it another folder"
INSTANCE_URL="$GROUP_URL/virtualMachineScaleSets/web-scale/virtualMachines/0/runCommands/disk-report"
sign_in "$(person_token "$FOLDER" "$ADMINISTRATOR" "Ada Administrator")"
cat >"$FOLDER/request.json" <<JSON
{"location": "westus", "properties": {"source": {"script": $(json_string <"$SCRIPT")},
 "parameters": [{"name": "path", "value": "/var"}], "timeoutInSeconds": 60}}
JSON
request PUT "https://localhost:$SIMULATOR_PORT$INSTANCE_URL?api-version=2023-09-01" "$FOLDER/request.json"
expect_status "200 201" "the administrator's command, straight at Azure"
good "made, past the gateway: $STATUS"
for _ in $(seq 60); do
    request GET "https://localhost:$SIMULATOR_PORT$INSTANCE_URL?api-version=2023-09-01"
    [ "$(member provisioningState <"$FOLDER/body")" = Succeeded ] && break
    sleep 0.5
done

sign_in "$OPERATOR_TOKEN"
cat >"$FOLDER/request.json" <<JSON
{"properties": {"source": {"script": $(json_string <"$SCRIPT")},
 "parameters": [{"name": "path", "value": "/var/log"}], "timeoutInSeconds": 120}}
JSON
note "PATCH $INSTANCE_URL"
request PATCH "$GATEWAY$INSTANCE_URL?api-version=2023-09-01" "$FOLDER/request.json"
expect_status "200 202" "the change"
good "answered $STATUS; record $(header x-sallyport-audit-index)"
LINK=$(header azure-asyncoperation)
LINK=${LINK:-$(header location)}
if [ -n "$LINK" ]; then
    note "GET $LINK"
    follow "$LINK"
    expect_status 200 "the change's end"
    good "ended after $POLLS polls: $(member status <"$FOLDER/body")"
fi
for _ in $(seq 60); do
    request GET "$GATEWAY$INSTANCE_URL?api-version=2023-09-01&\$expand=instanceView"
    expect_status 200 "the changed command"
    STATE=$(member executionState <"$FOLDER/body")
    [ "$STATE" != Running ] && [ "$STATE" != Pending ] && [ -n "$STATE" ] && break
    sleep 0.5
done
[ "$STATE" = Succeeded ] || fail "the changed command ended as '$STATE'"
good "executionState $STATE"
member output <"$FOLDER/body" | sed 's/^/    /'
printf '\n'

step "4. The record"
"$BINARIES/sallyport" audit list --database "$FOLDER/audit.sqlite" || fail "the record cannot be listed"
"$BINARIES/sallyport" audit verify --database "$FOLDER/audit.sqlite" || fail "the record does not verify"
good "the record verifies"

stop_all
step "Done; nothing is left running."
