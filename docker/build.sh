#!/usr/bin/env bash
# Builds an executable as the image has it, and prints its path at the end.
#
# usage: build.sh PRODUCT
# - The Swift runtime is inside: calls of it are cheaper than into a library.
# - What runs often, and where calls mostly lead, is known from gateway.profdata, a profile of the gateway under load
#   (Tests/Performance/profile.sh makes it anew). Functions that have changed since are built without it.
# - No register is kept for frame pointers; who unwinds a stack reads the tables for it.
# With PROFILE_TO=PATTERN it is one that counts what it does, and writes that to files of this name when it ends.
set -euo pipefail
product=${1:?usage: build.sh PRODUCT}
here=$(cd "$(dirname "$0")" && pwd)
profile=$here/gateway.profdata

flags=(-c release --static-swift-stdlib --omit-frame-pointers)
compiler_flags() { for flag in "$@"; do flags+=(-Xswiftc "$flag"); done; }
# Functions that are private to a file are known in a profile by the file's name alone, wherever it was built.
compiler_flags -Xllvm -static-func-full-module-prefix=false
if [ -n "${PROFILE_TO:-}" ]; then
    folder=instrumented
    compiler_flags -Xfrontend "-ir-profile-generate=$PROFILE_TO" -Xclang-linker -fprofile-generate
else
    # SwiftPM does not build anew what was built with other flags: each profile has its folder.
    folder=image-$(cksum <"$profile" | cut -d ' ' -f 1)
    compiler_flags -Xfrontend "-ir-profile-use=$profile"
fi
cd "$here/.."
flags+=(--scratch-path ".build/$folder")
swift build "${flags[@]}" --product "$product" >&2
echo "$(swift build "${flags[@]}" --show-bin-path)/$product"
