#!/usr/bin/env bash
# Puts the root file system of the image together: the binary, the libraries it needs, and nothing that it does not.
#
# usage: make-root.sh BINARY FOLDER
# Run on the Debian that the binary was built on; owners are set only by root.
set -euo pipefail
binary=${1:?usage: make-root.sh BINARY FOLDER}
root=${2:?usage: make-root.sh BINARY FOLDER}
user=65532

[ -x "$binary" ] || { echo "$binary is no executable" >&2 && exit 1; }
if [ -e "$root" ] && [ -n "$(ls -A "$root")" ]; then echo "$root is not empty" >&2 && exit 1; fi
umask 022
mkdir -p "$root"/{usr/bin,usr/lib,usr/lib64,etc/ssl/certs,etc/sallyport/tls,etc/sallyport/policies,usr/share,var/lib/sallyport/keys,dev,proc,sys,tmp}

# As on Debian, so that usr/ can also be laid over a Debian image.
ln -s usr/lib "$root/lib"
ln -s usr/lib64 "$root/lib64"

install -m 0755 "$binary" "$root/usr/bin/$(basename "$binary")"

# The whole closure, each library under the path where the loader found it; ldd lists what libraries need, too.
libraries=$(ldd "$binary") || { echo "ldd cannot read $binary" >&2 && exit 1; }
if grep -q 'not found' <<<"$libraries"; then echo "$libraries" >&2 && exit 1; fi
sed -nE 's/.*=> (\/[^ ]+) \(.*/\1/p; s/^[[:space:]]*(\/[^ ]+) \(.*/\1/p' <<<"$libraries" | sort -u | while IFS= read -r library; do
    mkdir -p "$root$(dirname "$library")"
    cp -L "$library" "$root$library"
done

# Names are looked up in files, then DNS; both are part of the C library since glibc 2.34.
printf 'passwd: files\ngroup: files\nhosts: files dns\n' >"$root/etc/nsswitch.conf"
printf 'root:x:0:0:root:/:/sbin/nologin\nsallyport:x:%s:%s:Sallyport:/var/lib/sallyport:/sbin/nologin\n' "$user" "$user" \
    >"$root/etc/passwd"
printf 'root:x:0:\nsallyport:x:%s:\n' "$user" >"$root/etc/group"
# An engine lays its own over it.
printf '127.0.0.1 localhost\n::1 localhost\n' >"$root/etc/hosts"
cp -L /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
# Rules may name time zones.
if [ -d /usr/share/zoneinfo ]; then
    cp -RL /usr/share/zoneinfo "$root/usr/share/zoneinfo"
    rm -rf "$root/usr/share/zoneinfo/right" "$root/usr/share/zoneinfo/posix"
fi

chmod 1777 "$root/tmp"
chmod 0700 "$root/var/lib/sallyport" "$root/var/lib/sallyport/keys"
if [ "$(id -u)" -eq 0 ]; then
    chown -R 0:0 "$root"
    chown -R "$user:$user" "$root/var/lib/sallyport"
fi
echo "$root: $(du -sh "$root" | cut -f1), $(find "$root" -name '*.so*' | wc -l) libraries"
