#!/usr/bin/env bash
# A local Azure and a gateway in front of it: certificates, configuration, policies, both processes.
#
# demo.sh and run.sh source this. Called by itself, `setup.sh FOLDER`, it only fills the folder, for compose.yaml.
# Needs bash, curl, openssl and the tools that every Debian has.

LOCAL_FOLDER="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
REPOSITORY="$(cd "$LOCAL_FOLDER/../.." && pwd)"

# The people and places of this set-up. The shipped policies speak of example ids; `install_policies` puts these in.
TENANT=11111111-1111-1111-1111-111111111111
SUBSCRIPTION=5a1170e4-0000-4000-8000-000000000001
SRE_GROUP=5a1170e4-0000-4000-8000-0000000000a1
OPERATOR=5a1170e4-0000-4000-8000-0000000000b1
ADMINISTRATOR=5a1170e4-0000-4000-8000-0000000000c1
IDENTITY_SECRET=local-identity-header

# --- talking -----------------------------------------------------------------------------------------------------------

if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
    BOLD=$'\e[1m' DIM=$'\e[2m' GREEN=$'\e[32m' RED=$'\e[31m' PLAIN=$'\e[0m'
else
    BOLD='' DIM='' GREEN='' RED='' PLAIN=''
fi
step() { printf '\n%s%s%s\n' "$BOLD" "$*" "$PLAIN"; }
note() { printf '%s%s%s\n' "$DIM" "$*" "$PLAIN"; }
good() { printf '%s✓%s %s\n' "$GREEN" "$PLAIN" "$*"; }
fail() {
    printf '%s✗ %s%s\n' "$RED" "$*" "$PLAIN" >&2
    exit 1
}

# --- files -------------------------------------------------------------------------------------------------------------

# One authority and one certificate for localhost, in FOLDER; both live for 30 days.
make_certificates() {
    local folder=$1
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj "/CN=Sallyport local authority" \
        -keyout "$folder/authority.key" -out "$folder/authority.pem" 2>/dev/null || fail "openssl made no authority"
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=localhost" \
        -keyout "$folder/localhost.key" -out "$folder/localhost.csr" 2>/dev/null || fail "openssl made no key"
    printf '%s\n' 'subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1' 'extendedKeyUsage=serverAuth' \
        'basicConstraints=critical,CA:FALSE' >"$folder/localhost.extensions"
    openssl x509 -req -in "$folder/localhost.csr" -CA "$folder/authority.pem" -CAkey "$folder/authority.key" \
        -CAcreateserial -days 30 -extfile "$folder/localhost.extensions" -out "$folder/localhost.pem" 2>/dev/null ||
        fail "openssl signed no certificate"
    cat "$folder/authority.pem" >>"$folder/localhost.pem"
    # Signs nothing else, so that trusting it trusts only this one certificate.
    rm -f "$folder/authority.key" "$folder/localhost.csr" "$folder/localhost.extensions" "$folder/authority.srl"
}

# The shipped policies as they are, but for the ids.
install_policies() {
    cp -R "$REPOSITORY/policies" "$1/policies"
    find "$1/policies" -name '*.yaml' -exec sed -i \
        -e "s/00000000-0000-0000-0000-000000000001/$SUBSCRIPTION/g" \
        -e "s/11111111-0000-0000-0000-000000000001/$SRE_GROUP/g" {} +
}

# write_configuration FOLDER GATEWAY-PORT MANAGEMENT-PORT SIMULATOR-PORT
write_configuration() {
    cat >"$1/sallyport.yaml" <<YAML
listener:
  host: 127.0.0.1
  port: $2
  publicURL: https://localhost:$2
  tls: {certificateChain: localhost.pem, privateKey: localhost.key}
management: {host: 127.0.0.1, port: $3}
identity:
  tokenIssuers:
    - issuer: https://sts.windows.net/$TENANT/
      tenant: $TENANT
      audiences:
        - https://management.azure.com
        - https://management.azure.com/
        - https://management.core.windows.net
        - https://management.core.windows.net/
      jwks: https://localhost:$4/$TENANT/discovery/v2.0/keys
      trustRoots: authority.pem
  metadata: {loginEndpoint: "https://localhost:$4/", audiences: ["https://management.azure.com/"]}
upstream:
  endpoint: https://localhost:$4
  trustRoots: authority.pem
  credential: {type: managedIdentity, resource: "https://management.azure.com/"}
policy: {bundle: policies}
audit: {database: audit.sqlite, signingKey: checkpoint.key, fingerprintKey: fingerprint.key}
logging: {level: info, format: json}
YAML
}

# A JSON string of standard input without its last line ends.
json_string() {
    local text
    text=$(cat)
    text=${text//\\/\\\\}
    text=${text//\"/\\\"}
    text=${text//$'\t'/\\t}
    printf '"%s"' "${text//$'\n'/\\n}"
}

# A JSON list of the lines of standard input.
json_lines() {
    local text line separator=''
    text=$(cat)
    printf '['
    while IFS= read -r line; do
        printf '%s%s' "$separator" "$(printf '%s' "$line" | json_string)"
        separator=', '
    done <<<"$text"
    printf ']'
}

# member NAME <JSON: the first string of that name, its escapes undone.
member() {
    local text
    text=$(tr -d '\n' | grep -oE "\"$1\"[[:space:]]*:[[:space:]]*\"([^\"\\\\]|\\\\.)*\"" | head -n 1 |
        sed -E 's/^"[^"]*"[[:space:]]*:[[:space:]]*"//; s/"$//; s/\\\//\//g; s/\\"/"/g') || true
    printf '%b' "$text"
}

# --- processes ---------------------------------------------------------------------------------------------------------

# A port of 127.0.0.1 on which nothing listens.
free_port() {
    local port
    for _ in $(seq 50); do
        port=$((20000 + RANDOM % 12000))
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { printf '%s' "$port" && return; }
    done
    fail "no free port"
}

STARTED=()
# Ends both processes, the gateway first so that it can finish its record.
stop_all() {
    local index process
    for ((index = ${#STARTED[@]} - 1; index >= 0; index--)); do
        process=${STARTED[index]}
        kill -TERM "$process" 2>/dev/null || continue
        for _ in $(seq 100); do
            kill -0 "$process" 2>/dev/null || break
            sleep 0.1
        done
        kill -KILL "$process" 2>/dev/null || true
        wait "$process" 2>/dev/null || true
    done
    STARTED=()
}

# Becomes the command, in the background, so that $! is the command's own process. Nothing of the caller's environment
# changes what is shown, its SALLYPORT_ and AZURE_ variables least of all.
become() { exec env -i PATH="$PATH" HOME="$HOME" LD_LIBRARY_PATH="${LD_LIBRARY_PATH:-}" "$@"; }

# start_simulator FOLDER PORT IDENTITY-PORT [OPTION]...: sets SIMULATOR_PORT and IDENTITY_PORT; 0 takes free ones.
start_simulator() {
    local folder=$1 port=$2 identity=$3
    shift 3
    mkdir -p "$folder/scratch"
    become "$BINARIES/arm-simulator" --host 127.0.0.1 --port "$port" --identity-port "$identity" "$@" \
        --certificate "$folder/localhost.pem" --key "$folder/localhost.key" --tenant "$TENANT" \
        --subscription "$SUBSCRIPTION" --identity-header "$IDENTITY_SECRET" --scratch "$folder/scratch" \
        --startup-file "$folder/simulator.ready" >"$folder/simulator.log" 2>&1 &
    local process=$!
    STARTED+=("$process")
    for _ in $(seq 300); do
        if [ -s "$folder/simulator.ready" ]; then
            SIMULATOR_PORT=$(sed -nE 's/.*https=([0-9]+).*/\1/p' "$folder/simulator.ready")
            IDENTITY_PORT=$(sed -nE 's/.*identity=([0-9]+).*/\1/p' "$folder/simulator.ready")
            return
        fi
        kill -0 "$process" 2>/dev/null || break
        sleep 0.1
    done
    tail -n 20 "$folder/simulator.log" >&2
    fail "the simulator did not start"
}

# start_gateway FOLDER MANAGEMENT-PORT: returns when it is ready.
start_gateway() {
    local folder=$1
    become IDENTITY_ENDPOINT="http://127.0.0.1:$IDENTITY_PORT/msi/token" IDENTITY_HEADER="$IDENTITY_SECRET" \
        "$BINARIES/sallyport" serve --config "$folder/sallyport.yaml" >"$folder/gateway.log" 2>&1 &
    local process=$!
    STARTED+=("$process")
    for _ in $(seq 300); do
        curl -fsS --max-time 2 "http://127.0.0.1:$2/readyz" >/dev/null 2>&1 && return
        kill -0 "$process" 2>/dev/null || break
        sleep 0.1
    done
    tail -n 20 "$folder/gateway.log" >&2
    fail "the gateway did not get ready"
}

# person_token FOLDER OBJECT-ID NAME [GROUP]: a token as a person who signed in gets it, minted by the simulator.
person_token() {
    local groups='' token
    [ -n "${4:-}" ] && groups="\"$4\""
    token=$(curl -fsS --max-time 10 --cacert "$1/authority.pem" -H 'Content-Type: application/json' \
        -d "{\"oid\": \"$2\", \"name\": \"$3\", \"scp\": \"user_impersonation\", \"groups\": [$groups]}" \
        "https://localhost:$SIMULATOR_PORT/simulator/token" | member access_token)
    [ -n "$token" ] || fail "the simulator minted no token"
    printf '%s' "$token"
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
    set -euo pipefail
    folder=${1:?usage: setup.sh FOLDER}
    mkdir -p "$folder" && rm -rf "$folder/policies"
    make_certificates "$folder"
    install_policies "$folder"
    write_configuration "$folder" 8443 9090 9443
    # The container's user is not the one who runs this; the key opens nothing but this set-up.
    chmod 0644 "$folder"/*.key "$folder"/*.pem
    echo "$folder is ready"
fi
