#!/bin/bash
# Asks the machine's own web server for /healthz and prints the first line of its answer.
#   port   where it listens; 80 by default
#   token  sent as a bearer token, if given (a protected parameter: never shown)
set -u
PATH=/usr/sbin:/usr/bin:/sbin:/bin
LC_ALL=C
export PATH LC_ALL

port=${port:-${1:-80}}
token=${token:-}

exec 3<>"/dev/tcp/127.0.0.1/$port" || { echo "nothing listens on port $port" >&2; exit 69; }
{
    printf 'GET /healthz HTTP/1.0\r\nHost: localhost\r\n'
    if [ -n "$token" ]; then printf 'Authorization: Bearer %s\r\n' "$token"; fi
    printf '\r\n'
} >&3
IFS= read -r -t 5 status <&3 || { echo "no answer on port $port" >&2; exit 69; }
status=${status%$'\r'}
echo "$status"
case $status in
    HTTP/1.?\ 2??*) exit 0 ;;
    *) exit 1 ;;
esac
