/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The registers behind memory encryption as a sentence. Pure. See encryption.h. */
#include "evidence/encryption.h"

#define SYSCFG_SME  (UINT64_C(1) << 23)
#define TME_ENABLED (UINT64_C(1) << 1)
#define TME_BYPASS  (UINT64_C(1) << 31) /* for whoever, like us, names no key */

#define GARBLES "one bad cell garbles 16 bytes, and bit positions say nothing"

const char *encryption_sentence(const struct memory_encryption *e)
{
	if (e->is_virtual)
		return NULL;
	if (e->has_tme && (e->tme_activate & (TME_ENABLED | TME_BYPASS)) == TME_ENABLED)
		return "Memory encryption (Intel TME) is on: " GARBLES;
	if (!e->has_sme)
		return NULL;
	/* Transparent SME is set up by the firmware's security processor; no register that we may read tells. */
	return (e->syscfg & SYSCFG_SME) != 0
		       ? "Memory encryption (AMD SME) is enabled for pages marked so, and ours are not; if setup has "
			 "transparent encryption (TSME) on, which cannot be seen from here, " GARBLES
		       : "Memory encryption (AMD SME) is not enabled; if setup has transparent encryption (TSME) on, "
			 "which cannot be seen from here, " GARBLES;
}
