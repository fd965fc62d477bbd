#!/usr/bin/env bash
# The demo's set-up in the foreground at https://localhost:8443, with lines to paste. Ctrl-C ends it.
set -euo pipefail
. "$(dirname "$0")/setup.sh"
: "${BINARIES:?run this through make run}"

FOLDER="$REPOSITORY/.demo"
trap stop_all EXIT
trap 'exit 0' INT TERM

rm -rf "$FOLDER" && mkdir -m 0700 -p "$FOLDER"
make_certificates "$FOLDER"
install_policies "$FOLDER"
start_simulator "$FOLDER" 9443 9444
write_configuration "$FOLDER" 8443 9090 9443
start_gateway "$FOLDER" 9090

person_token "$FOLDER" "$OPERATOR" "Olivia Operator" "$SRE_GROUP" >"$FOLDER/token"
SCRIPT="$FOLDER/policies/scripts/disk-report.sh"
printf '{"commandId": "RunShellScript", "script": %s, "parameters": [{"name": "path", "value": "/var"}]}\n' \
    "$(json_lines <"$SCRIPT")" >"$FOLDER/allowed.json"
printf '{"commandId": "RunShellScript", "script": ["whoami"]}\n' >"$FOLDER/refused.json"

GROUP_URL="/subscriptions/$SUBSCRIPTION/resourceGroups/rg-web-prod/providers/Microsoft.Compute"
cat <<TEXT

${BOLD}Sallyport is at https://localhost:8443${PLAIN}, its health and metrics at http://127.0.0.1:9090, the local Azure at
https://localhost:9443. Everything of this run is in .demo; Ctrl-C ends it. In another shell, in this folder:

${BOLD}curl${PLAIN}
export TOKEN="\$(cat .demo/token)"
URL='https://localhost:8443$GROUP_URL/virtualMachines/web-01/runCommand?api-version=2025-04-01'
curl -i --cacert .demo/authority.pem -H "Authorization: Bearer \$TOKEN" -H 'Content-Type: application/json' -d @.demo/allowed.json "\$URL"
curl -i --cacert .demo/authority.pem -H "Authorization: Bearer \$TOKEN" -H 'Content-Type: application/json' -d @.demo/refused.json "\$URL"
curl -i --cacert .demo/authority.pem -H "Authorization: Bearer \$TOKEN" 'LOCATION FROM THE FIRST ANSWER'

${BOLD}az${PLAIN} (a real tenant's sign-in takes the place of TOKEN)
export REQUESTS_CA_BUNDLE="\$PWD/.demo/authority.pem"
az rest --method post --url "\$URL" --body @.demo/allowed.json --skip-authorization-header \\
  --headers "Authorization=Bearer \$TOKEN" Content-Type=application/json

${BOLD}Python SDK${PLAIN} (pip install azure-mgmt-compute)
export REQUESTS_CA_BUNDLE="\$PWD/.demo/authority.pem"
python3 - <<'PYTHON'
import json, os, time
from azure.core.credentials import AccessToken
from azure.mgmt.compute import ComputeManagementClient

class Token:
    def get_token(self, *scopes, **options):
        return AccessToken(os.environ["TOKEN"], int(time.time()) + 3600)

client = ComputeManagementClient(Token(), "$SUBSCRIPTION", base_url="https://localhost:8443", api_version="2025-04-01")
result = client.virtual_machines.begin_run_command("rg-web-prod", "web-01", json.load(open(".demo/allowed.json"))).result()
print(result.value[0].message)
PYTHON

${BOLD}The record${PLAIN}
$BINARIES/sallyport audit list --database .demo/audit.sqlite
$BINARIES/sallyport audit verify --database .demo/audit.sqlite

${BOLD}Another token${PLAIN} (they last an hour)
curl -s --cacert .demo/authority.pem https://localhost:9443/simulator/token -H 'Content-Type: application/json' \\
  -d '{"oid": "$OPERATOR", "scp": "user_impersonation", "groups": ["$SRE_GROUP"]}'

TEXT

# Ends when either process does, which nobody asked for, or by a signal.
wait -n "${STARTED[@]}" || true
tail -n 20 "$FOLDER/gateway.log" "$FOLDER/simulator.log" >&2
fail "one of the two processes ended"
