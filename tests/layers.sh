#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause-Patent
# The layering rule: who may include whom, and which symbols pure code may leave open.
#   efi | host -> suite -> memtest nicprobe diskbench evidence report -> core -> freestanding headers
# Usage: layers.sh PURE_ARCHIVE
set -u
bad=0

complain() {
	echo "layers: $*"
	bad=1
}

# includes ROOM PATTERN: every #include in ROOM must match the extended regular expression.
includes() {
	wrong=$(grep -nE '^[[:space:]]*#[[:space:]]*include' "$1"/*.[ch] 2>/dev/null | grep -vE "include ($2)")
	[ -z "$wrong" ] || complain "$1 may not include this:
$wrong"
}

free='<(stdarg|stdbool|stddef|stdint|string|stdalign|stdatomic|emmintrin|immintrin|cpuid)\.h>'
for room in memtest nicprobe diskbench evidence report; do
	[ -d $room ] && includes $room "$free|\"(core|$room)/"
done
includes core "$free|\"core/"
includes suite "$free|\"(core|memtest|nicprobe|diskbench|evidence|report|suite)/"
includes efi "$free|<efi[a-z]*\.h>|\"(core|memtest|nicprobe|diskbench|evidence|report|suite|efi)/"
wrong=$(grep -nE 'include "efi/|include <efi' host/*.[ch] 2>/dev/null) && complain "host meets efi: $wrong"

wrong=$(grep -nE '#[[:space:]]*if(def|ndef)?[[:space:]].*(__linux__|_WIN32|__APPLE__|EFI|KIRIWAKE_HOST)' \
	core/*.c memtest/*.c nicprobe/*.c diskbench/*.c evidence/*.c report/*.c suite/*.c 2>/dev/null) &&
	complain "platform #ifdef in pure code: $wrong"

whole=$(mktemp)
ld -r --whole-archive "$1" -o "$whole" || complain "cannot link $1"
open=$(nm -u "$whole" | awk '{print $2}' | grep -vxE 'memcpy|memmove|memset|memcmp|_GLOBAL_OFFSET_TABLE_')
rm -f "$whole"
[ -z "$open" ] || complain "pure code calls something that is not there without libc:
$open"

[ $bad = 0 ] && echo "layers: 1 passed, 0 failed"
exit $bad
