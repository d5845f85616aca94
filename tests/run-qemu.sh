#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause-Patent
# The QEMU cases: all, or those that -k or another word of pytest's picks. More at a time than there are CPUs, for a guest that
# waits for the network waits by the clock. What fails is played once more when all others are over, one by one, and counts as
# failed if it fails again: the machine below may be shared, and a case whose host stood still says nothing about the program.
# Where many fail there is no such doubt. Usage: run-qemu.sh [WORD...]
set -u
: "${PYTHON:=/usr/bin/python3}"
second_tries_max=6
output=$(mktemp)
status_file=$(mktemp)
trap 'rm -f "$output" "$status_file"' EXIT

# play WORD...: sets status, passed and failed.
play() {
    {
        "$PYTHON" -m pytest -q "$@" qemu-tests
        echo $? >"$status_file"
    } | tee "$output"
    status=$(cat "$status_file")
    passed=$(count passed)
    failed=$(count failed)
}

# count WORD: the number before WORD in pytest's last line.
count() {
    number=$(tail -n 1 "$output" | sed -n "s/^\(.*[^0-9]\)\{0,1\}\([0-9][0-9]*\) $1.*/\2/p")
    echo "${number:-0}"
}

play -n "$(($(nproc) * 3 / 2))" "$@"
if [ "$status" = 1 ] && [ "$failed" -gt 0 ] && [ "$failed" -le $second_tries_max ]; then
    echo "==== qemu: what failed, once more, alone ===="
    passed_at_once=$passed
    play -n 0 --last-failed --last-failed-no-failures none "$@"
    passed=$((passed_at_once + passed))
fi
[ "$status" = 0 ] || [ "$failed" != 0 ] || failed=1
echo "qemu: $passed passed, $failed failed"
exit "$status"
