#!/usr/bin/env bash
# The real az against the gateway and the local Azure. On demand, not in CI: azure-cli takes most of a gigabyte.
#
#   Tests/Clients/az.sh [--direct] [--keep] [--verbose]
#
# --direct   straight at the local Azure: shows that the scenarios themselves are right
# --verbose  what each command printed
# --keep     the folder with logs, record and configuration stays
#
# az is told nothing but the gateway's URL: it finds where to sign in by /metadata/endpoints. It is installed in the
# same cache folder as the SDKs (CLIENTS_VENV), unless AZ names one that is there. Needs a finished build, as run.sh
# does.
set -euo pipefail
. "$(dirname "$0")/stack.sh"

DIRECT=false
KEEP=''
VERBOSE=''
for option in "$@"; do
    case $option in
        --direct) DIRECT=true ;;
        --keep) KEEP=yes ;;
        --verbose) VERBOSE=yes ;;
        -h | --help)
            sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//p}' "$0"
            exit 0
            ;;
        *)
            echo "unknown option $option; see --help" >&2
            exit 64
            ;;
    esac
done

need_tools
find_binaries
if [ -z "${AZ:-}" ]; then
    virtual_environment az "$CLIENTS_FOLDER/requirements-az.txt"
    AZ=$ENVIRONMENT/bin/az
fi

FOLDER=$(mktemp -d -t sallyport-az.XXXXXX)
finish() {
    local status=$?
    trap - EXIT INT TERM
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
    GATEWAY="https://localhost:$SIMULATOR_PORT"
else
    configure_gateway "$FOLDER" 30
    start_gateway "$FOLDER" "$MANAGEMENT_PORT"
    GATEWAY="https://localhost:$GATEWAY_PORT"
fi

# az with a configuration folder of its own. Its look for a newer version, telemetry and the check of the authority with
# login.microsoftonline.com are switched off, so that nothing is asked but the gateway and the local issuer.
mkdir -p "$FOLDER/az"
NOW=$(date '+%Y-%m-%d %H:%M:%S.000000')
printf '{"versions": {"azure-cli": {"local": "0"}, "core": {"local": "0"}}, "update_time": "%s",
 "versionCheckTime": "%s"}' "$NOW" "$NOW" >"$FOLDER/az/versionCheck.json"
az() {
    env -i PATH="$PATH" HOME="$FOLDER" LANG=C.UTF-8 AZURE_CONFIG_DIR="$FOLDER/az" \
        REQUESTS_CA_BUNDLE="$FOLDER/authority.pem" AZURE_CORE_COLLECT_TELEMETRY=false AZURE_CORE_NO_COLOR=true \
        AZURE_CORE_INSTANCE_DISCOVERY=false PYTHONDONTWRITEBYTECODE=1 "$AZ" "$@"
}

PASSED=0
FAILED=0
verdict() { # verdict OK NAME TEXT
    if [ "$1" = yes ]; then
        PASSED=$((PASSED + 1))
        good "$2"
        [ -z "$VERBOSE" ] || note "${3//$'\n'/$'\n'  }"
    else
        FAILED=$((FAILED + 1))
        printf '%s✗ %s%s\n%s\n' "$RED" "$2" "$PLAIN" "$3"
    fi
}
# expect NAME PART ARGUMENTS…: az succeeds and prints PART (grep -E over one line).
expect() {
    local name=$1 part=$2 text ok=no
    shift 2
    if text=$(az "$@" 2>&1) && tr '\n' ' ' <<<"$text" | grep -qE -- "$part"; then ok=yes; fi
    verdict "$ok" "$name" "az $1 $2 ${3:-}… printed: $text"
}
# refuse NAME PART ARGUMENTS…: az fails and prints PART.
refuse() {
    local name=$1 part=$2 text status=0 ok=no
    shift 2
    text=$(az "$@" 2>&1) || status=$?
    if [ "$status" -ne 0 ] && tr '\n' ' ' <<<"$text" | grep -qE -- "$part"; then ok=yes; fi
    verdict "$ok" "$name" "az $1 $2 ${3:-}… ended with status $status and printed: $text"
}

GREET="$FOLDER/policies/scripts/greet.sh"
VM=(--resource-group rg-clients --vm-name web-az)
SS=(--resource-group rg-clients --vmss-name web-az --instance-id 0)
COMPUTE="$GATEWAY/subscriptions/$SUBSCRIPTION/resourceGroups/rg-clients/providers/Microsoft.Compute"

step "Signing in, with nothing but $GATEWAY"
expect "cloud register finds the endpoints" '' cloud register --name Sallyport --endpoint-resource-manager "$GATEWAY"
expect "cloud set" '' cloud set --name Sallyport
expect "cloud show has the local sign-in" "\"activeDirectory\": \"https://localhost:$SIMULATOR_PORT/?\"" cloud show
expect "login as a service principal" "$SUBSCRIPTION" login --service-principal --username "$CLIENT_ID" \
    --password "$(cat "$FOLDER/client-secret")" --tenant "$TENANT"
[ "$FAILED" -eq 0 ] || fail "not signed in; nothing else can be tried"
if [ "$DIRECT" = false ]; then
    text=$(az account list 2>&1) || true
    ok=yes
    grep -q "$OTHER_SUBSCRIPTION" <<<"$text" && ok=no
    verdict "$ok" "account list has no subscription that no rule names" "$text"
fi

step "The action"
expect "vm run-command invoke" 'Hello, World!' vm run-command invoke -g rg-clients -n web-az \
    --command-id RunShellScript --scripts "@$GREET" --parameters name=World
expect "vmss run-command invoke" 'Hello, World!' vmss run-command invoke -g rg-clients -n web-az --instance-id 0 \
    --command-id RunShellScript --scripts "@$GREET" --parameters name=World
expect "vm run-command invoke of a built-in command" 'inet ' vm run-command invoke -g rg-clients -n web-az \
    --command-id ifconfig

for family in vm vmss; do
    if [ "$family" = vm ]; then on=("${VM[@]}"); else on=("${SS[@]}"); fi
    step "Managed commands: $family"
    expect "$family run-command create, without a location" '"provisioningState": "Succeeded"' $family run-command \
        create "${on[@]}" --name hello --script "$(cat "$GREET")" --parameters name=World --timeout-in-seconds 60
    expect "$family run-command create, with a location" '"name": "other"' $family run-command \
        create "${on[@]}" --name other --location westus --script "$(cat "$GREET")" --parameters name=World \
        --timeout-in-seconds 60
    expect "$family run-command create, a third" '"name": "third"' $family run-command create "${on[@]}" --name third \
        --location westus --script "$(cat "$GREET")" --parameters name=World --timeout-in-seconds 60
    expect "$family run-command show --instance-view" '"executionState": "Succeeded".*Hello, World!' \
        $family run-command show "${on[@]}" --name hello --instance-view
    expect "$family run-command update" '"value": "Moon"' $family run-command update "${on[@]}" --name hello \
        --location westus --script "$(cat "$GREET")" --parameters name=Moon --timeout-in-seconds 60
    expect "$family run-command show after the update" 'Hello, Moon!' $family run-command show "${on[@]}" --name hello \
        --instance-view
    expect "$family run-command list, two pages" '"name": "hello".*"name": "other".*"name": "third"' \
        $family run-command list "${on[@]}"
    expect "$family run-command wait" '' $family run-command wait "${on[@]}" --name hello --created --timeout 20
    expect "$family run-command delete" '' $family run-command delete "${on[@]}" --name hello --yes
    refuse "$family run-command show after the delete" 'ResourceNotFound' $family run-command show "${on[@]}" \
        --name hello
    expect "$family run-command wait --deleted" '' $family run-command wait "${on[@]}" --name hello --deleted \
        --timeout 20
done

step "The catalogue"
expect "vm run-command list -l" '"id": "RunShellScript"' vm run-command list --location westus
expect "vm run-command list -l, a location with a space" '"id": "RunShellScript"' vm run-command list \
    --location "West US"
expect "vm run-command show -l" '"osType": "Linux"' vm run-command show --location westus --command-id RunShellScript

step "az rest"
printf '{"commandId": "RunShellScript", "script": %s, "parameters": [{"name": "name", "value": "Rest"}]}' \
    "$(json_lines <"$GREET")" >"$FOLDER/body.json"
expect "az rest, POST with a justification" '' rest --method post --body "@$FOLDER/body.json" \
    --url "$COMPUTE/virtualMachines/web-az/runCommand?api-version=2025-04-01" \
    --headers x-sallyport-justification=CHG-4711 Content-Type=application/json
expect "az rest, GET of a list" '"value":' rest --method get \
    --url "$COMPUTE/virtualMachines/web-az/runCommands?api-version=2024-11-01"

if [ "$DIRECT" = false ]; then
    step "Refused, and the user is told why"
    refuse "vm run-command invoke of a script that nobody approved" 'RequestDisallowedByPolicy.*[Ss]cript' \
        vm run-command invoke -g rg-clients -n web-az --command-id RunShellScript --scripts whoami
    refuse "vm run-command create of a script that nobody approved" 'RequestDisallowedByPolicy' vm run-command create \
        "${VM[@]}" --name bad --location westus --script whoami --timeout-in-seconds 60
    refuse "vm run-command invoke on a machine that no rule names" 'RequestDisallowedByPolicy' \
        vm run-command invoke -g rg-other -n db-1 --command-id RunShellScript --scripts "@$GREET" \
        --parameters name=World
    refuse "the same parameter twice" 'InvalidParameter' vm run-command invoke -g rg-clients -n web-az \
        --command-id RunShellScript --scripts "@$GREET" --parameters name=World name=Moon
    refuse "vm start, which is not this gateway's" 'OperationNotMediated' vm start -g rg-clients -n web-az
    refuse "--acquire-policy-token, which would send the script elsewhere" 'OperationNotMediated.*acquirePolicyToken' \
        vm run-command invoke -g rg-clients -n web-az --command-id RunShellScript --scripts "@$GREET" \
        --parameters name=World --acquire-policy-token
    refuse "vm run-command invoke on a machine that is not there" 'ResourceNotFound' vm run-command invoke \
        -g rg-clients -n missing-1 --command-id RunShellScript --scripts "@$GREET" --parameters name=World

    stop_all
    step "The record"
    if "$BINARIES/sallyport" audit verify --database "$FOLDER/audit.sqlite" >"$FOLDER/verified" 2>&1; then
        good "the record of all of it verifies"
    else
        cat "$FOLDER/verified" >&2
        FAILED=$((FAILED + 1))
    fi
fi

printf '\n%s passed, %s failed\n' "$PASSED" "$FAILED"
[ "$FAILED" -eq 0 ] && [ "$PASSED" -gt 0 ]
