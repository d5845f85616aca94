#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause-Patent
# Builds the media: OUT_DIR/kiriwake.img for sticks and OUT_DIR/kiriwake.iso for virtual CDs (and sticks too).
# Both carry the same two FAT volumes: the log volume first, so that every desktop system shows it, then the ESP.
# The same inputs give the same bytes: all times come from SOURCE_DATE_EPOCH, all identifiers are fixed.
# Needs no root and mounts nothing. Usage: mkimage.sh EFI_FILE OUT_DIR
set -eu

efi=$1
out=$2
here=$(dirname "$0")
root=$(dirname "$here")

: "${SOURCE_DATE_EPOCH:=1704067200}"
export SOURCE_DATE_EPOCH TZ=UTC LC_ALL=C MTOOLS_SKIP_CHECK=1

# FAT32 needs 65525 clusters or more, or somebody takes it for FAT16: 80 MiB in clusters of 1 KiB.
log_mib=80
esp_mib=16
disk_guid=6b697269-7761-4b65-8000-000000000001
log_guid=6b697269-7761-4b65-8000-000000000002
esp_guid=6b697269-7761-4b65-8000-000000000003
basic_data=ebd0a0a2-b9e5-4433-87c0-68b6b72699c7
log_serial=4b574c47
esp_serial=4b574553

# What a menu, a search and a chain of loaders need, and nothing that draws pictures.
grub_modules="boot chain configfile echo efi_gop efi_uga efifwsetup fat font halt help iso9660 ls minicmd normal
    part_gpt part_msdos reboot regexp search search_fs_file search_label serial sleep terminal test true"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$out" "$work/log" "$work/esp/EFI/BOOT" "$work/esp/EFI/kiriwake/licenses"

# crlf FILE: as Windows editors want it.
crlf() {
    sed 's/$/\r/' "$1"
}

# ---- GRUB ----
# GRUB 2.06 takes a quarter of all memory, up to 1600 MiB, for its heap and keeps it while the program runs: memory
# that could not be tested. 16 MiB are plenty for a menu, so its limit (in pages, an operand in grub_efi_mm_init) is
# lowered in a copy. Later versions grow their heap as they need it and do not have the limit.
grub_modules_dir=/usr/lib/grub/x86_64-efi
mkdir "$work/grub"
ln -s $grub_modules_dir/*.mod $grub_modules_dir/*.lst "$work/grub/"
cp $grub_modules_dir/kernel.img "$work/grub/kernel.img"
heap_limit=$(grep -obUaP '\xb8\x00\x40\x06\x00\x48\xc1\xeb\x02' "$work/grub/kernel.img" | cut -d: -f1)
case $heap_limit in
*[!0-9]* | '') echo "mkimage: this GRUB's heap limit was not found: GRUB may keep memory from being tested" >&2 ;;
*) printf '\000\020\000\000' | dd of="$work/grub/kernel.img" bs=1 seek=$((heap_limit + 1)) conv=notrunc status=none ;;
esac
# What is embedded is read before there is a parser that knows comments.
grep -v '^#' "$here/grub-early.cfg" >"$work/grub-early.cfg"
# shellcheck disable=SC2086  # a list of words is meant
grub-mkimage -O x86_64-efi -d "$work/grub" -c "$work/grub-early.cfg" -p /EFI/kiriwake \
    -o "$work/esp/EFI/BOOT/BOOTX64.EFI" $grub_modules

# ---- contents ----
grub_version=$(dpkg-query -W -f '${Version}' grub-efi-amd64-bin)
cp "$efi" "$work/esp/EFI/kiriwake/kiriwake.efi"
cp "$here/grub.cfg" "$work/esp/EFI/kiriwake/grub.cfg"
sed "s|@GRUB_VERSION@|$grub_version|" "$here/LICENSES.TXT" >"$work/licenses.txt"
crlf "$work/licenses.txt" >"$work/esp/EFI/kiriwake/licenses/README.TXT"
crlf "$root/LICENSE" >"$work/esp/EFI/kiriwake/licenses/KIRIWAKE.TXT"
crlf /usr/share/doc/gnu-efi/copyright >"$work/esp/EFI/kiriwake/licenses/GNU-EFI.TXT"
crlf /usr/share/common-licenses/GPL-3 >"$work/esp/EFI/kiriwake/licenses/GPL-3.TXT"

printf 'kiriwake log volume\r\n' >"$work/log/kiriwake.id"
crlf "$here/kiriwake.cfg" >"$work/log/kiriwake.cfg"
crlf "$here/README.TXT" >"$work/log/README.TXT"
find "$work/log" "$work/esp" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +

# ---- the two FAT volumes ----
# Files go in one by one and sorted: the order of a directory would depend on the build machine's file system.
# volume FILE MIB FAT_BITS SECTORS_PER_CLUSTER SERIAL LABEL HIDDEN_SECTORS DIRECTORY
volume() {
    truncate -s "$2M" "$1"
    mkfs.fat --invariant -F "$3" -s "$4" -i "$5" -n "$6" -h "$7" "$1" >/dev/null
    (cd "$8" && find . -mindepth 1 -type d | sort | sed 's|^\.|::|') | xargs -r mmd -i "$1"
    (cd "$8" && find . -type f | sort) | while read -r file; do
        mcopy -m -i "$1" "$8/$file" "::$file"
    done
}
log_start=2048
esp_start=$((log_start + log_mib * 2048))
volume "$work/log.fat" $log_mib 32 2 $log_serial KIRIWAKELOG $log_start "$work/log"
volume "$work/esp.fat" $esp_mib 16 4 $esp_serial KIRIWAKE $esp_start "$work/esp"

# ---- the stick: GPT, 1 MiB, log volume, ESP, 1 MiB for the backup table ----
truncate -s "$((log_mib + esp_mib + 2))M" "$work/stick"
sgdisk --disk-guid=$disk_guid \
    --new=1:$log_start:$((esp_start - 1)) --typecode=1:$basic_data --change-name=1:KIRIWAKELOG --partition-guid=1:$log_guid \
    --new=2:$esp_start:+${esp_mib}M --typecode=2:ef00 --change-name=2:KIRIWAKE --partition-guid=2:$esp_guid \
    "$work/stick" >/dev/null
dd if="$work/log.fat" of="$work/stick" bs=1M seek=1 conv=sparse,notrunc status=none
dd if="$work/esp.fat" of="$work/stick" bs=1M seek=$((1 + log_mib)) conv=sparse,notrunc status=none

# ---- the CD: the same volumes behind an ISO 9660 tree with the ESP's files, which is what GRUB sees on a CD ----
xorriso -as mkisofs -quiet -o "$work/cd" -V KIRIWAKE -J -r \
    --gpt_disk_guid $disk_guid --set_all_file_dates "=$SOURCE_DATE_EPOCH" --modification-date="$(date -u -d "@$SOURCE_DATE_EPOCH" +%Y%m%d%H%M%S00)" \
    -append_partition 1 $basic_data "$work/log.fat" -append_partition 2 0xef "$work/esp.fat" -appended_part_as_gpt \
    -e --interval:appended_partition_2:all:: -no-emul-boot \
    "$work/esp" 2>"$work/xorriso.log" || {
    cat "$work/xorriso.log" >&2
    exit 1
}

cp --sparse=always "$work/stick" "$out/kiriwake.img"
cp --sparse=always "$work/cd" "$out/kiriwake.iso"
