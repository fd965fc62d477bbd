#!/usr/bin/env bash
# Runs a command in a root file system of make-root.sh as the container would: read-only, as the image's user without
# any capability, with nothing but the folders that are handed in. Stands in for an engine where none runs. Needs root
# or user namespaces; in a user namespace the image's user is who called this.
#
# usage: test-root.sh ROOT [--bind SOURCE TARGET] [--bind-read-only SOURCE TARGET] … -- COMMAND [ARGUMENT…]
# Targets are folders that the root already has, such as /etc/sallyport and /var/lib/sallyport. Network as outside.
# Becomes the command: its process id is this script's.
set -euo pipefail
user=65532
root=$(cd "${1:?usage: test-root.sh ROOT [--bind SOURCE TARGET] … -- COMMAND}" && pwd)
shift

if [ "${TEST_ROOT_INSIDE:-}" != yes ]; then
    export TEST_ROOT_INSIDE=yes
    namespaces=(--mount)
    [ "$(id -u)" -eq 0 ] || namespaces+=(--user --map-root-user)
    exec unshare "${namespaces[@]}" -- bash "${BASH_SOURCE[0]}" "$root" "$@"
fi
unset TEST_ROOT_INSIDE

# Flags that a mount has must be named again; in a user namespace they cannot be taken off.
make_read_only() {
    local flags
    flags=$(findmnt -n -o VFS-OPTIONS --mountpoint "$1" | tail -n 1 | tr , '\n' |
        grep -xE 'nosuid|nodev|noexec|noatime|nodiratime|relatime' | paste -s -d , -) || true
    mount -o "remount,bind,ro${flags:+,$flags}" "$1"
}

mount --make-rprivate /
mount --bind "$root" "$root"
while [ "${1:-}" != -- ]; do
    case "${1:-}" in
    --bind) mount --bind "$2" "$root$3" ;;
    --bind-read-only)
        mount --bind "$2" "$root$3"
        make_read_only "$root$3"
        ;;
    *) echo "unknown argument '${1:-}'" >&2 && exit 64 ;;
    esac
    shift 3
done
shift
# As every engine does; Swift's programs read their arguments there.
mount --rbind /proc "$root/proc"
mount -t tmpfs -o mode=1777,size=16m,nosuid,nodev,noexec tmpfs "$root/tmp"
make_read_only "$root"
cd /

# Only one user is mapped in the namespace that was made above, and it may not become another; a second one inside
# gives it the image's number.
if [ "$(tr -s ' ' </proc/self/uid_map | sed 's/^ //' | cut -d' ' -f3)" = 1 ]; then
    exec setpriv --no-new-privs \
        unshare --user --map-user="$user" --map-group="$user" --root="$root" --wd=/var/lib/sallyport -- "$@"
fi
# The three capabilities are what chroot needs; they go with the change of the user.
exec setpriv --no-new-privs --bounding-set=-all,+sys_chroot,+setuid,+setgid \
    chroot --userspec="$user:$user" --groups="" "$root" "$@"
