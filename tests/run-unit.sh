#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause-Patent
# Runs unit test programs; sums up what they counted. A program that dies counts as one failure.
# Usage: run-unit.sh BINARY...
set -u
passed=0
failed=0
output=$(mktemp)
trap 'rm -f "$output"' EXIT

for test in "$@"; do
    "$test" >"$output" 2>&1
    status=$?
    cat "$output"
    counts=$(sed -n 's/.*: \([0-9][0-9]*\) passed, \([0-9][0-9]*\) failed$/\1 \2/p' "$output" | tail -n 1)
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
