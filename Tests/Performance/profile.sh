#!/usr/bin/env bash
# Makes docker/gateway.profdata anew: builds the gateway so that it counts what it does, puts it under the load of the
# harness that run.sh measures with, and merges the counts. Needs what run.sh needs, and a quarter of an hour.
#
# usage: profile.sh HARNESS-FOLDER
set -euo pipefail
harness=${1:?usage: profile.sh HARNESS-FOLDER}
here=$(cd "$(dirname "$0")" && pwd)
counts=$(mktemp -d -t sallyport-profile.XXXXXX)
trap 'rm -rf "$counts"' EXIT

SALLYPORT=$(PROFILE_TO=default_%p.profraw "$here/../../docker/build.sh" sallyport)
export SALLYPORT LLVM_PROFILE_FILE="$counts/%p.profraw"
# Commands, polls and refusals.
PEERS=nginx TESTS="post poll deny" CONNS="1 32" ROUNDS=1 SECONDS_EACH=10 bash "$here/run.sh" "$harness" run

# The one that belongs to this Swift.
tools=$(dirname "$(readlink -f "$(command -v swift)")")
"$tools/llvm-profdata" merge --sparse -o "$here/../../docker/gateway.profdata" "$counts"/*.profraw
ls -l "$here/../../docker/gateway.profdata"
