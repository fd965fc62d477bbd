#!/usr/bin/env bash
# Measures the gateway as the image has it beside its peers: run.sh HARNESS-FOLDER [verify|run]; the harness's options are
# its own environment variables (PEERS, TESTS, CONNS, ROUNDS, …). SALLYPORT=FILE measures another build. Needs openssl.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
harness=${1:?usage: run.sh HARNESS-FOLDER [verify|run]}
SALLYPORT=${SALLYPORT:-$("$here/../../docker/build.sh" sallyport)}
export SALLYPORT
[ -x "$SALLYPORT" ] || { echo "$SALLYPORT is no executable" >&2; exit 1; }

export PERF_FOLDER=${PERF_FOLDER:-$(mktemp -d -t sallyport-perf.XXXXXX)}
export PERF_TENANT=11111111-1111-1111-1111-111111111111 PERF_CALLER=22222222-2222-2222-2222-222222222222
base64url() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }

# A key set and a caller's token that lasts a day, signed with its key.
openssl genrsa -out "$PERF_FOLDER/issuer.key" 2048 2>/dev/null
modulus=$(openssl rsa -in "$PERF_FOLDER/issuer.key" -noout -modulus | cut -d= -f2 | sed 's/../\\x&/g')
printf '{"keys":[{"kty":"RSA","use":"sig","kid":"measured","n":"%s","e":"AQAB"}]}' "$(printf '%b' "$modulus" | base64url)" \
    >"$PERF_FOLDER/jwks.json"
now=$(date +%s)
head=$(printf '{"typ":"JWT","alg":"RS256","kid":"measured"}' | base64url)
claims=$(printf '{"aud":"https://management.azure.com","iss":"https://sts.windows.net/%s/","iat":%d,"nbf":%d,"exp":%d,"appid":"%s","idtyp":"app","oid":"%s","sub":"%s","tid":"%s","uti":"measured","ver":"1.0"}' \
    "$PERF_TENANT" "$now" "$now" "$((now + 86400))" "$PERF_CALLER" "$PERF_CALLER" "$PERF_CALLER" "$PERF_TENANT" | base64url)
signature=$(printf '%s.%s' "$head" "$claims" | openssl dgst -sha256 -sign "$PERF_FOLDER/issuer.key" -binary | base64url)
(umask 077 && printf '%s.%s.%s' "$head" "$claims" "$signature" >"$PERF_FOLDER/token")

export GATEWAY_HEADERS="authorization: Bearer $(cat "$PERF_FOLDER/token")"
export GATEWAY_DB=${GATEWAY_DB:-$PERF_FOLDER/audit.sqlite}
export GATEWAY_CMD="bash $here/gateway.sh"
exec "$harness/compare.sh" ${2:+$([ "$2" = run ] || echo "$2")}
