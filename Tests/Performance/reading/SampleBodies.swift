/// Bodies of about a kilobyte, as SDKs write them.
enum SampleBodies {
    /// The action with a script of its own.
    static let action = #"""
        {"commandId": "RunShellScript", "script": ["#!/usr/bin/env bash", "set -euo pipefail", \#
        "# Frees space on a full disk and says how much is left.", "root=\"${1:?usage: clean ROOT}\"", \#
        "find \"$root\" -xdev -type f -name '*.log.[0-9]*' -mtime +\"$days\" -print -delete", \#
        "journalctl --vacuum-time=\"${days}d\" --quiet || true", "apt-get clean -y >/dev/null 2>&1", "", \#
        "if systemctl is-active --quiet nginx; then", "\tsystemctl reload nginx", "fi", \#
        "used=$(df --output=pcent \"$root\" | tail -n 1 | tr -dc '0-9')", \#
        "printf '%s: %s %% used \u2013 %s\\n' \"$(hostname -f)\" \"$used\" \"$(date --iso-8601=seconds)\"", \#
        "[ \"$used\" -lt \"$limit\" ] || { echo \"still too full\" >&2; exit 3; }"], \#
        "parameters": [{"name": "days", "value": "14"}, {"name": "limit", "value": "85"}, \#
        {"name": "root", "value": "/var/log"}, {"name": "owner", "value": "platform-operations@example.com"}, \#
        {"name": "ticket", "value": "CHG-0048213"}]}
        """#

    /// An update of a managed command that names every field.
    static let update = #"""
        {"tags": {"team": "platform", "ticket": "CHG-0048213"}, "properties": {"source": {"script": \#
        "#!/usr/bin/env bash\nset -euo pipefail\nsystemctl restart \"$service\"\ncurl --fail --silent \#
        --max-time 10 \"http://127.0.0.1:$port/health\" | tee /var/log/restart.log", \#
        "scriptShell": "Default"}, "parameters": [{"name": "service", "value": "orders-api"}, \#
        {"name": "port", "value": "8080"}], "protectedParameters": [{"name": "token", \#
        "value": "sample-8d1f0c55b2f34f0e"}], "asyncExecution": false, "runAsUser": "svc-orders", \#
        "runAsPassword": "sample-Passw0rd!", "timeoutInSeconds": 600, \#
        "outputBlobUri": "https://runoutput.blob.core.windows.net/logs/out.txt?sv=2024-11-04&sig=c2FtcGxl", \#
        "errorBlobUri": "https://runoutput.blob.core.windows.net/logs/err.txt?sv=2024-11-04&sig=c2FtcGxl", \#
        "outputBlobManagedIdentity": {"clientId": "11111111-2222-3333-4444-555555555555"}, \#
        "errorBlobManagedIdentity": {"clientId": "11111111-2222-3333-4444-555555555555"}, \#
        "treatFailureAsDeploymentFailure": true}}
        """#
}
