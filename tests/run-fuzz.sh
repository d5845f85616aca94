#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause-Patent
# Runs every fuzzer for some seconds, one on each CPU, fuzz_NAME from its seeds in tests/fuzz/corpus/NAME. What it finds new
# stays in build/. Usage: run-fuzz.sh SECONDS BINARY...
set -u
seconds=$1
shift
passed=0
failed=0

# shellcheck disable=SC2016  # the inner shell's variables
printf '%s\n' "$@" | xargs -P "$(nproc)" -I{} sh -c '
    name=$(basename "$1")
    finds=build/fuzz/finds/$name
    mkdir -p "$finds/corpus"
    seeds=tests/fuzz/corpus/${name#fuzz_}
    [ -d "$seeds" ] || seeds=
    "$1" -max_total_time="$2" -timeout=10 -rss_limit_mb=2048 -max_len=4096 -verbosity=0 \
        -artifact_prefix="$finds/" "$finds/corpus" $seeds >"$finds/log" 2>&1
    echo $? >"$finds/status"
' sh {} "$seconds"

for fuzzer in "$@"; do
    name=$(basename "$fuzzer")
    finds=build/fuzz/finds/$name
    if [ "$(cat "$finds/status")" = 0 ]; then
        passed=$((passed + 1))
        echo "$name: nothing found in $seconds s"
    else
        failed=$((failed + 1))
        echo "$name: FOUND SOMETHING, input in $finds/"
        tail -n 40 "$finds/log"
    fi
done
echo "fuzz: $passed passed, $failed failed"
[ "$failed" = 0 ]
