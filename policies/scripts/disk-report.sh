#!/bin/bash
# Space, inodes and the largest folders of one place. Reads only.
#   path   where to look (required)
#   level  info (the default) or debug, which adds the mounts
set -u
PATH=/usr/sbin:/usr/bin:/sbin:/bin
LC_ALL=C
export PATH LC_ALL

# A managed command hands its parameters over as variables, an action as arguments too, in their order.
if [ -z "${path:-}" ]; then path=${1:-}; level=${2:-}; fi
level=${level:-info}

# The policy lets no other place through; a script that runs as root looks again all the same.
case $path in
    *..*) echo "path may not lead upwards" >&2; exit 64 ;;
    /var | /srv | /opt | /var/* | /srv/* | /opt/*) ;;
    *) echo "path must be /var, /srv, /opt or below" >&2; exit 64 ;;
esac
if [ ! -d "$path" ]; then echo "there is no folder $path" >&2; exit 66; fi

echo "== space"
df -h -- "$path"
echo "== inodes"
df -i -- "$path"
echo "== largest folders"
du -x -k --max-depth=1 -- "$path" 2>/dev/null | sort -rn | head -n 10
if [ "$level" = debug ]; then
    echo "== mounts"
    cut -d ' ' -f 1-4 /proc/mounts | head -n 40
fi
exit 0
