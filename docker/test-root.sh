#!/usr/bin/env bash
# Runs a command in a root file system of make-root.sh as the container would: read-only, as the image's user, with
# nothing but the folders that are handed in. Stands in for an engine where none runs. Needs root or user namespaces.
#
# usage: test-root.sh ROOT [--bind SOURCE TARGET] [--bind-read-only SOURCE TARGET] … -- COMMAND [ARGUMENT…]
# Targets are folders that the root already has, such as /etc/sallyport and /var/lib/sallyport. Network as outside.
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

mount --make-rprivate /
mount --bind "$root" "$root"
while [ "${1:-}" != -- ]; do
    case "${1:-}" in
    --bind) mount --bind "$2" "$root$3" ;;
    --bind-read-only)
        mount --bind "$2" "$root$3"
        mount -o remount,bind,ro "$root$3"
        ;;
    *) echo "unknown argument '${1:-}'" >&2 && exit 64 ;;
    esac
    shift 3
done
shift
mount -t tmpfs -o mode=1777,size=16m tmpfs "$root/tmp"
mount -o remount,bind,ro "$root"
unset TEST_ROOT_INSIDE
# In a user namespace of its own only one user is mapped, so the image's cannot be taken on.
if [ "$(tr -s ' ' </proc/self/uid_map | sed 's/^ //' | cut -d' ' -f3)" = 1 ]; then exec chroot "$root" "$@"; fi
exec chroot --userspec="$user:$user" --groups="" "$root" "$@"
