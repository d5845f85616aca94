/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* How long a packet may be that must not be fragmented. Pure over struct nic. See ping.h.
 *
 * Spec. RFC 1191; RFC 2923 section 2.1 for what happens where routers keep silent.
 */
#include "nicprobe/address.h"
#include "nicprobe/ping.h"

#define TRIES   3
#define WAIT_NS (300ull * NS_PER_MS)

/* Whether an echo with `bytes` of data comes back. */
static bool passes(struct run *run, struct echo_series *e, size_t bytes)
{
	const uint64_t wait_ns = WAIT_NS + 2000 * e->rtt_max_us;

	e->only_bytes = bytes;
	e->received = 0;
	for (unsigned n = 0; n < TRIES && e->received == 0 && address_usable(run->net); n++) {
		ping_send(run, e);
		if (!net_wait_for(run, run_now_ns(run) + wait_ns, ping_any_answered, e))
			return false;
	}
	return e->received > 0;
}

void ping_find_hole(struct run *run, struct echo_series *e)
{
	struct echo_series counted = *e;
	size_t low = echo_data_bytes(e, 0), high = echo_data_bytes(e, ECHO_LARGEST);
	bool hole;

	e->id++; /* what comes back late is not of the search */
	e->sent = 0;
	e->times = NULL;
	e->curve = NULL;
	memset(e->slots, 0, sizeof(e->slots));
	hole = !passes(run, e, high) && passes(run, e, low);
	while (hole && high - low > 1) {
		const size_t middle = low + (high - low) / 2;

		if (passes(run, e, middle))
			low = middle;
		else
			high = middle;
	}
	counted.has_hole = hole && !run->stopped && address_usable(run->net);
	counted.passed_bytes = low;
	counted.told = e->told;
	counted.told_by = e->told_by;
	counted.told_mtu = e->told_mtu;
	*e = counted;
}
