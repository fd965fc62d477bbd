#!/usr/bin/env bash
# Starts the gateway for a side-by-side measurement, in the foreground, as the harness's variables say:
# PERF_PORT PERF_UPSTREAM PERF_CERT PERF_KEY PERF_CA PERF_ALLOW PERF_DB. Called by run.sh, which sets the others.
set -euo pipefail
: "${PERF_PORT:?}" "${PERF_UPSTREAM:?}" "${PERF_CERT:?}" "${PERF_KEY:?}" "${PERF_CA:?}" "${PERF_ALLOW:?}" "${PERF_DB:?}"
: "${PERF_FOLDER:?}" "${SALLYPORT:?}" "${PERF_TENANT:?}" "${PERF_CALLER:?}"

folder="$PERF_FOLDER/at-$PERF_PORT"
mkdir -p "$folder/policies/rules"
printf 'name: measured\nrevision: "1"\n' >"$folder/policies/bundle.yaml"
{
    cat <<YAML
rules:
  - id: measured
    effect: allow
    principals: [app:$PERF_CALLER]
    operations: [run]
    targets: [{subscription: 00000000-0000-0000-0000-000000000001, resourceGroup: rg-prod, virtualMachine: web-01}]
    commands:
YAML
    grep -oE '"sha256": *"[0-9a-f]{64}"' "$PERF_ALLOW" | grep -oE '[0-9a-f]{64}' |
        sed 's/.*/      - {sha256: "&", commandId: RunShellScript, parameters: {arg1: {}, arg2: {}}}/'
} >"$folder/policies/rules/measured.yaml"
cat >"$folder/sallyport.yaml" <<YAML
listener:
  host: 127.0.0.1
  port: $PERF_PORT
  eventLoops: ${LOOPS:-1}
  publicURL: https://localhost:$PERF_PORT
  tls: {certificateChain: $PERF_CERT, privateKey: $PERF_KEY}
management: {host: 127.0.0.1, port: 0}
identity:
  tokenIssuers:
    - issuer: https://sts.windows.net/$PERF_TENANT/
      tenant: $PERF_TENANT
      audiences: ["https://management.azure.com"]
      jwks: $PERF_FOLDER/jwks.json
upstream:
  endpoint: $PERF_UPSTREAM
  trustRoots: $PERF_CA
  credential: {type: tokenFile, path: $PERF_FOLDER/token}
policy: {bundle: policies}
audit:
  database: $PERF_DB
  signingKey: $PERF_FOLDER/checkpoint.key
  fingerprintKey: $PERF_FOLDER/fingerprint.key
  scriptText: digest
  parameterValues: digest
logging: {level: error, format: json}
YAML
# As in the image. GATEWAY_TUNABLES measures other settings of the allocator.
image=$(cd "$(dirname "$0")/../../docker" && pwd)/Dockerfile
export GLIBC_TUNABLES=${GATEWAY_TUNABLES:-$(sed -n 's/^ENV GLIBC_TUNABLES=//p' "$image")}
[ -n "$GLIBC_TUNABLES" ] || { echo "$image sets no GLIBC_TUNABLES" >&2; exit 1; }
exec "$SALLYPORT" serve --config "$folder/sallyport.yaml"
