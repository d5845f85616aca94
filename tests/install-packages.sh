#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause-Patent
# Installs the Debian packages that building and testing need, if any is missing. Needs root or sudo only then.
set -eu

packages="gcc make binutils gnu-efi clang clang-format libclang-rt-14-dev
	grub-efi-amd64-bin grub-common mtools dosfstools gdisk xorriso
	qemu-system-x86 qemu-utils ovmf ipxe-qemu u-boot-qemu iproute2 dnsmasq-base
	ieee-data python3 python3-pytest python3-pytest-xdist python3-jsonschema"

missing=
for p in $packages; do
	dpkg-query -W -f '${Status}' "$p" 2>/dev/null | grep -q 'ok installed' || missing="$missing $p"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ]; then
	as_root=
elif command -v sudo >/dev/null 2>&1; then
	as_root=sudo
else
	echo "These Debian packages are missing and neither root nor sudo is at hand:$missing" >&2
	echo "Install them as root:  apt-get install$missing" >&2
	exit 1
fi

echo "installing:$missing"
$as_root apt-get update -qq
# shellcheck disable=SC2086  # a list of words is meant
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
