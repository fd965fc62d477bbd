#!/bin/bash
# The last lines of a log under /var/log. Reads only.
#   log    the log, relative to /var/log, e.g. nginx/error.log (required)
#   lines  how many: 20 (the default), 100 or 500
set -u
PATH=/usr/sbin:/usr/bin:/sbin:/bin
LC_ALL=C
export PATH LC_ALL

if [ -z "${log:-}" ]; then log=${1:-}; lines=${2:-}; fi
lines=${lines:-20}

# The policy lets no such name through; a script that runs as root looks again all the same.
case $log in
    "" | /* | *..*) echo "log must be a name below /var/log" >&2; exit 64 ;;
esac
file=$(readlink -e -- "/var/log/$log") || { echo "there is no log $log" >&2; exit 66; }
case $file in
    /var/log/*) ;;
    *) echo "$log leads out of /var/log" >&2; exit 64 ;;
esac
tail -n "$lines" -- "$file"
