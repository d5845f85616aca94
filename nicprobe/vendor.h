/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Who made the device with a MAC address: the IEEE's blocks of addresses and their holders.
 *
 * Pure. The table is packed at build time by pack_vendors.py from Debian's ieee-data and linked in; little endian:
 *   "MACV", then four 32-bit numbers: blocks with prefixes of 24, 28 and 36 bits, and bytes of names;
 *   the blocks, each kind in ascending order: the prefix in 3, 4 or 5 bytes, most significant first and padded with
 *   zero bits, then the offset of the name in 3 bytes; then the names, each ended by a NUL.
 * Spec.  IEEE 802-2014, 8.2: MA-L, MA-M and MA-S blocks; the bit that says "locally administered".
 * Trust. A table that is not whole knows nobody.
 */
#ifndef KIRIWAKE_NICPROBE_VENDOR_H
#define KIRIWAKE_NICPROBE_VENDOR_H

#include "core/address.h"

#define VENDOR_TEXT 72

extern const uint8_t vendor_table[] __attribute__((visibility("hidden")));
extern const uint8_t vendor_table_end[] __attribute__((visibility("hidden")));

/* The holder of the longest block that `mac` lies in, for people, into ret[VENDOR_TEXT]: "TP-LINK TECHNOLOGIES CO.,LTD.".
 * A locally administered address is looked up with that bit cleared, since access points derive theirs that way, and
 * the text says so. Empty when nothing is known. Returns ret. */
const char *vendor_in(struct span table, struct mac mac, char ret[VENDOR_TEXT]);

/* The same in the table that was linked in. */
const char *vendor_of(struct mac mac, char ret[VENDOR_TEXT]);

/* The address with its vendor, where there is one: "f4:f2:6d:11:22:33 (TP-LINK TECHNOLOGIES CO.,LTD.)". */
#define VENDOR_MAC_TEXT (MAC_TEXT + VENDOR_TEXT + 3)
const char *vendor_mac_text(char ret[VENDOR_MAC_TEXT], struct mac mac);

#endif
