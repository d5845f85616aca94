#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause-Patent
# Runs unit test programs, one on each CPU; sums up what they counted. A program that dies counts as one failure.
# Usage: run-unit.sh BINARY...
set -u
passed=0
failed=0

printf '%s\n' "$@" | xargs -P "$(nproc)" -I{} sh -c '"$1" >"$1.out" 2>&1; echo $? >"$1.status"' sh {}

for test in "$@"; do
    status=$(cat "$test.status")
    cat "$test.out"
    counts=$(sed -n 's/.*: \([0-9][0-9]*\) passed, \([0-9][0-9]*\) failed$/\1 \2/p' "$test.out" | tail -n 1)
    if [ -z "$counts" ]; then
        counts="0 0"
    fi
    if [ $status != 0 ] && [ "${counts#* }" = 0 ] || [ "$counts" = "0 0" ]; then
        echo "$test: ended with status $status"
        counts="${counts% *} 1"
    fi
    passed=$((passed + ${counts% *}))
    failed=$((failed + ${counts#* }))
done
echo "unit: $passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" != 0 ]
