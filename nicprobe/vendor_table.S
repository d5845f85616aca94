/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The packed table of vendor.h, as it stands in build/vendors.bin. */
	.section .rodata
	.hidden vendor_table, vendor_table_end
	.globl vendor_table, vendor_table_end
	.balign 8
vendor_table:
	.incbin VENDORS
vendor_table_end:
	.section .note.GNU-stack, "", @progbits
