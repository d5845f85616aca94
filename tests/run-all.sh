#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause-Patent
# Every part of the tests, whatever the part before said. Each prints "N passed, M failed" (or pytest's words for
# it); a part that prints no counts is one test. The last line is the sum. Run by `make test`.
set -u
: "${MAKE:=make}"
: "${PYTHON:=/usr/bin/python3}"
jobs=$(nproc)
passed=0
failed=0
summary=
output=$(mktemp)
status_file=$(mktemp)
trap 'rm -f "$output" "$status_file"' EXIT

# count WORD: the number before WORD in the last line that counts something.
count() {
    grep -E '[0-9]+ (passed|failed)' "$output" | tail -n 1 | sed -n "s/^\(.*[^0-9]\)\{0,1\}\([0-9][0-9]*\) $1.*/\2/p"
}

# part NAME COMMAND...
part() {
    name=$1
    shift
    echo "==== $name ===="
    begun=$(date +%s)
    {
        "$@" 2>&1
        echo $? >"$status_file"
    } | tee "$output"
    status=$(cat "$status_file")
    good=$(count passed)
    bad=$(count failed)
    if [ -z "$good$bad" ]; then
        good=$((status == 0))
        bad=$((status != 0))
    elif [ "$status" != 0 ] && [ "${bad:-0}" = 0 ]; then
        bad=1
    fi
    passed=$((passed + ${good:-0}))
    failed=$((failed + ${bad:-0}))
    summary="$summary$(printf '%-14s %6d passed %4d failed %5d s' "$name" "${good:-0}" "${bad:-0}" $(($(date +%s) - begun)))
"
}

# The generated documents say what the code says.
documents() {
    wrong=0
    for pair in checks:CHECKS findings:FINDINGS triage:TRIAGE options:OPTIONS coverage:FAULT-COVERAGE; do
        build/kiriwake docs "${pair%:*}" | diff -u "docs/${pair#*:}.md" - || wrong=$((wrong + 1))
    done
    [ $wrong = 0 ] || echo "run 'make docs' and commit the result"
    echo "documents: $((5 - wrong)) passed, $wrong failed"
    return $wrong
}

formatted() {
    find . -path ./build -prune -o -name '*.[ch]' -print | sort | xargs -P "$jobs" -n 32 clang-format --dry-run -Werror
}

# Program and media built once more, elsewhere and a little later, come out the same.
reproducible() {
    wrong=0
    "$MAKE" -s -j"$jobs" B=build/again image || return 1
    for medium in kiriwake.img kiriwake.iso; do
        cmp "build/$medium" "build/again/$medium" || wrong=$((wrong + 1))
    done
    echo "reproducible: $((2 - wrong)) passed, $wrong failed"
    return $wrong
}

part layers "$MAKE" -s layers
part unit "$MAKE" -s -j"$jobs" unit
part formats "$PYTHON" -m pytest -q -p no:cacheprovider tests/test_check_jsonl.py tests/test_check_pages.py tests/test_commands.py
part documents documents
part clang "$MAKE" -s -j"$jobs" clang
part format formatted
part fuzz "$MAKE" -s -j"$jobs" fuzz FUZZ_SECONDS=5
part reproducible reproducible
part qemu sh tests/run-qemu.sh

echo
printf '%s\n' "$summary"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
