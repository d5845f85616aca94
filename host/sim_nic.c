/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* A scripted network on simulated time: cards, cables and what is wrong with them. Hardware: none. See sim_nic.h. */
#include "host/sim_nic.h"
#include "core/fmt.h"
#include "host/sim_peer.h"
#include "nicprobe/eth.h"

#define NS_PER_S       1000000000u
#define WIRE_NS        20000u
#define FLAP_FROM_NS   (5ull * NS_PER_S)
#define FLAP_TO_NS     (6ull * NS_PER_S)
#define STORM_LAG_NS   10000000u /* what is older than this when we get to it never happened */
#define SLOW_RX_NS     2000000u
#define BUSY_RX_NS     1000000u
#define BUSY_RX_ONE_IN 32
#define MISSED_RX      3000
#define FRAME_MIN      60

static uint64_t now_ns(const struct sim_net *net)
{
	return net->clock->now_ns(net->clock->ctx);
}

bool sim_net_init(struct sim_net *net, const struct clock_port *clock)
{
	memset(net, 0, sizeof(*net));
	net->clock = clock;
	net->start_ns = clock->now_ns(clock->ctx);
	return true;
}

/* ---- the wire ---- */

static bool has_link(const struct sim_nic *nic, uint64_t t_ns)
{
	uint64_t age_ns = t_ns - nic->net->start_ns;

	return !nic->faults[SIM_NO_LINK] &&
	       !(nic->faults[SIM_FLAP] && age_ns >= FLAP_FROM_NS && age_ns < FLAP_TO_NS);
}

unsigned sim_net_lan(const struct sim_net *net, unsigned nic)
{
	return net->apart ? nic : 0;
}

static void enqueue(struct sim_net *net, unsigned nic, struct span frame, uint64_t due_ns)
{
	for (size_t i = 0; i < SIM_QUEUE_MAX; i++) {
		struct sim_frame *f = &net->queue[i];

		if (f->len != 0)
			continue;
		f->due_ns = due_ns;
		f->nic = nic;
		f->len = frame.len;
		memcpy(f->bytes, frame.at, frame.len);
		return;
	}
}

void sim_net_deliver(
	struct sim_net *net, unsigned lan, unsigned sender, struct span frame, uint64_t delay_ns)
{
	uint64_t t_ns = now_ns(net);
	struct mac dst = mac_at(frame.at);

	for (unsigned i = 0; i < net->nic_count; i++) {
		const struct sim_nic *nic = &net->nics[i];

		if (i != sender && nic->opened && sim_net_lan(net, i) == lan &&
			has_link(nic, t_ns) && frame.len <= SIM_FRAME_BYTES &&
			(mac_is_group(dst) || mac_same(dst, nic->mac)))
			enqueue(net, i, frame, t_ns + delay_ns);
	}
}

/* A card that has no time for the wire while its driver asks again and again, as in an emulator. */
static bool passes_by(struct sim_nic *nic, uint64_t t_ns)
{
	return nic->faults[SIM_BUSY_RX] && t_ns - nic->asked_ns < BUSY_RX_NS &&
	       nic->passed++ % BUSY_RX_ONE_IN != 0;
}

static void storm(struct sim_net *net, uint64_t t_ns)
{
	static const uint8_t frame[FRAME_MIN] = {
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02, 0, 0, 0, 0, 0x66, 0x08, 0};

	if (net->storm_gap_ns == 0)
		return;
	if (net->storm_next_ns + STORM_LAG_NS < t_ns)
		net->storm_next_ns = t_ns - STORM_LAG_NS;
	for (; net->storm_next_ns <= t_ns; net->storm_next_ns += net->storm_gap_ns) {
		for (unsigned i = 0; i < net->nic_count * net->storm_lot; i++) {
			const unsigned nic = i % net->nic_count;

			if (!passes_by(&net->nics[nic], t_ns))
				sim_net_deliver(net, nic, SIM_NO_CARD,
					(struct span){frame, sizeof(frame)}, 0);
		}
	}
}

static bool speaks(const struct sim_net *net, const struct sim_peer *peer, uint64_t t_ns)
{
	return t_ns - net->start_ns >= peer->after_ns;
}

/* ---- the card's port ---- */

static enum nic_result card_fault(struct sim_nic *nic, const char *error)
{
	text_copy(nic->error, PORT_ERROR, error);
	return NIC_FAULT;
}

static enum nic_result card_open(void *ctx)
{
	struct sim_nic *nic = ctx;

	if (nic->faults[SIM_OPEN_FAIL])
		return card_fault(nic, "Sim.Open: Device Error");
	nic->opened = true;
	return NIC_OK;
}

static void card_close(void *ctx)
{
	struct sim_nic *nic = ctx;

	nic->opened = false;
}

static enum nic_link card_link(void *ctx)
{
	struct sim_nic *nic = ctx;

	if (nic->faults[SIM_LINK_UNKNOWN])
		return NIC_LINK_UNKNOWN;
	return has_link(nic, now_ns(nic->net)) && !nic->faults[SIM_LINK_LIES] ? NIC_LINK_UP
									      : NIC_LINK_DOWN;
}

/* From card to card, with what is wrong on the way. */
static void to_cards(struct sim_nic *nic, struct span frame)
{
	struct sim_net *net = nic->net;
	const unsigned lan = sim_net_lan(net, nic->index);
	const unsigned sender = net->reflect ? SIM_NO_CARD : nic->index;
	uint8_t bytes[SIM_FRAME_BYTES];

	if (nic->faults[SIM_UNHEARD] || frame.len > sizeof(bytes) ||
		rng_below(&net->rng, 100) < net->card_loss_percent)
		return;
	memcpy(bytes, frame.at, frame.len);
	if (net->card_corrupt_at != 0 && net->card_corrupt_at < frame.len &&
		!mac_is_group(mac_at(frame.at)))
		bytes[net->card_corrupt_at] ^= 4;
	for (unsigned i = 0; i < 1u + net->card_double; i++)
		sim_net_deliver(net, lan, sender, (struct span){bytes, frame.len}, WIRE_NS);
}

static enum nic_result card_send(void *ctx, const uint8_t *bytes, size_t len)
{
	struct sim_nic *nic = ctx;
	struct sim_net *net = nic->net;
	unsigned lan = sim_net_lan(net, nic->index);
	struct span frame = {bytes, len};
	uint64_t t_ns = now_ns(net);

	if (nic->faults[SIM_TX_FAIL])
		return card_fault(nic, "Sim.Send: Not Ready");
	if (net->watch != NULL)
		net->watch(net->watch_ctx, nic->index, frame);
	if (nic->faults[SIM_TX_HANG])
		return NIC_TX_HANG;
	if (!has_link(nic, t_ns))
		return NIC_OK;
	to_cards(nic, frame);
	for (size_t i = 0; i < net->peer_count; i++) {
		if (net->peers[i].lan == lan && speaks(net, &net->peers[i], t_ns))
			sim_peer_hear(net, &net->peers[i], frame);
	}
	return NIC_OK;
}

static struct sim_frame *first_due(struct sim_net *net, unsigned nic, uint64_t t_ns)
{
	struct sim_frame *first = NULL;

	for (size_t i = 0; i < SIM_QUEUE_MAX; i++) {
		struct sim_frame *f = &net->queue[i];

		if (f->len != 0 && f->nic == nic && f->due_ns <= t_ns &&
			(first == NULL || f->due_ns < first->due_ns))
			first = f;
	}
	return first;
}

static enum nic_result card_receive(void *ctx, uint8_t *frame, size_t cap, size_t *ret_len)
{
	struct sim_nic *nic = ctx;
	struct sim_net *net = nic->net;
	uint64_t t_ns = now_ns(net);
	struct sim_frame *first;

	for (size_t i = 0; i < net->peer_count; i++) {
		if (speaks(net, &net->peers[i], t_ns))
			sim_peer_tick(net, &net->peers[i], t_ns);
	}
	storm(net, t_ns);
	nic->asked_ns = t_ns;
	first = first_due(net, nic->index, now_ns(net)); /* putting the storm there took its time */
	if (first == NULL || first->len > cap)
		return NIC_EMPTY;
	memcpy(frame, first->bytes, first->len);
	*ret_len = first->len;
	first->len = 0;
	if (nic->faults[SIM_SLOW_RX])
		net->clock->sleep_ns(net->clock->ctx, SLOW_RX_NS);
	return NIC_OK;
}

static bool card_wire(void *ctx, struct nic_wire *ret)
{
	struct sim_nic *nic = ctx;

	*ret = (struct nic_wire){.link = has_link(nic, now_ns(nic->net)),
		.speed_mbps = nic->faults[SIM_SLOW_LINK] ? 100 : 1000,
		.max_speed_mbps = 1000,
		.duplex = nic->faults[SIM_HALF_DUPLEX] ? DUPLEX_HALF : DUPLEX_FULL,
		.counted = true};
	if (nic->readings++ == 0)
		ret->counts[NIC_CRC] = 77; /* from before the run */
	else if (nic->faults[SIM_CRC_ERRORS])
		ret->counts[NIC_CRC] = 3;
	ret->counts[NIC_MISSED] = nic->faults[SIM_MISSED_RX] ? MISSED_RX : 1;
	return true;
}

/* Whether its registers can be read. */
static bool is_wired(const struct sim_nic *nic)
{
	return nic->faults[SIM_WIRED] || nic->faults[SIM_SLOW_LINK] ||
	       nic->faults[SIM_HALF_DUPLEX] || nic->faults[SIM_CRC_ERRORS] ||
	       nic->faults[SIM_MISSED_RX];
}

size_t sim_net_nics(struct sim_net *net, struct nic *ret, size_t cap)
{
	size_t count = net->nic_count < cap ? net->nic_count : cap;

	for (unsigned i = 0; i < count; i++) {
		struct sim_nic *nic = &net->nics[i];

		nic->net = net;
		nic->index = i;
		nic->mac = (struct mac){{0x52, 0x54, 0x00, 0x12, 0x34, (uint8_t)(0x56 + i)}};
		nic->error = ret[i].error;
		ret[i] = (struct nic){.name = "Simulated card",
			.driver = "sim_nic",
			.has_driver = !nic->faults[SIM_NO_DRIVER],
			.mac = nic->mac,
			.permanent = nic->mac,
			.max_frame_bytes = ETH_FRAME_MAX,
			.ctx = nic,
			.open = card_open,
			.close = card_close,
			.link = card_link,
			.send = card_send,
			.receive = card_receive,
			.wire = is_wired(nic) ? card_wire : NULL};
		if (!ret[i].has_driver)
			ret[i].driver[0] = '\0';
		fmt_to(ret[i].id, sizeof(ret[i].id), "nic%u", i);
		fmt_to(ret[i].location, sizeof(ret[i].location), "PCI 0000:00:%02x.0", i + 2);
	}
	return count;
}

/* ---- conditions ---- */

static bool set_nics(struct sim_net *net, uint64_t value)
{
	if (value < 1 || value > SIM_NICS_MAX)
		return false;
	net->nic_count = (unsigned)value;
	return true;
}

static bool set_loss(struct sim_net *net, uint64_t value)
{
	if (value > 100)
		return false;
	net->loss_percent = (unsigned)value;
	return true;
}

static bool set_card_loss(struct sim_net *net, uint64_t value)
{
	net->card_loss_percent = (unsigned)value;
	return value >= 1 && value <= 100;
}

static bool set_card_corrupt(struct sim_net *net, uint64_t value)
{
	net->card_corrupt_at = (size_t)value;
	return value >= 2 * MAC_BYTES && value < SIM_FRAME_BYTES;
}

static bool set_card_double(struct sim_net *net, uint64_t value)
{
	net->card_double = value == 0;
	return value == 0;
}

static bool set_storm(struct sim_net *net, uint64_t value)
{
	if (value < 1 || value > 100000)
		return false;
	net->storm_gap_ns = NS_PER_S / value;
	net->storm_lot = 1;
	return true;
}

static bool set_burst(struct sim_net *net, uint64_t value)
{
	if (value < 1 || value > SIM_QUEUE_MAX)
		return false;
	net->storm_gap_ns = NS_PER_S;
	net->storm_lot = (unsigned)value;
	return true;
}

static bool set_apart(struct sim_net *net, uint64_t value)
{
	net->apart = value == 0;
	return value == 0;
}

static bool set_corrupt(struct sim_net *net, uint64_t value)
{
	net->corrupt = value == 0;
	return value == 0;
}

static bool set_reflect(struct sim_net *net, uint64_t value)
{
	net->reflect = value == 0;
	return value == 0;
}

static const struct {
	const char *name;
	bool (*set)(struct sim_net *net, uint64_t value); /* 0 where none is given */
} conditions[] = {{"nics", set_nics}, {"loss", set_loss}, {"storm", set_storm},
	{"burst", set_burst}, {"apart", set_apart}, {"corrupt", set_corrupt},
	{"reflect", set_reflect}, {"cardloss", set_card_loss}, {"cardcorrupt", set_card_corrupt},
	{"carddouble", set_card_double}};

static const char *const faults[] = {
	[SIM_NO_LINK] = "nolink",
	[SIM_LINK_UNKNOWN] = "linkunknown",
	[SIM_LINK_LIES] = "linklies",
	[SIM_FLAP] = "flap",
	[SIM_NO_DRIVER] = "nodriver",
	[SIM_OPEN_FAIL] = "openfail",
	[SIM_TX_HANG] = "txhang",
	[SIM_TX_FAIL] = "txfail",
	[SIM_UNHEARD] = "unheard",
	[SIM_WIRED] = "wired",
	[SIM_SLOW_LINK] = "slow",
	[SIM_HALF_DUPLEX] = "halfduplex",
	[SIM_CRC_ERRORS] = "crcerrors",
	[SIM_MISSED_RX] = "missedrx",
	[SIM_SLOW_RX] = "slowrx",
	[SIM_BUSY_RX] = "busyrx",
};

static bool add_condition(struct sim_net *net, struct text name, struct text value)
{
	uint64_t number = 0;

	if (text_is(name, "mib"))
		return sim_mib_add(&net->mib, value);
	if (text_is(name, "delay"))
		return text_duration(value, &net->delay_ns);
	if (value.len > 0 && !text_number(value, &number))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(conditions); i++) {
		if (text_is(name, conditions[i].name))
			return conditions[i].set(net, number);
	}
	for (size_t i = 0; i < ARRAY_LEN(faults); i++) {
		if (text_is(name, faults[i]) && number < SIM_NICS_MAX) {
			net->nics[number].faults[i] = true;
			return true;
		}
	}
	return false;
}

bool sim_net_add(struct sim_net *net, const char *spec)
{
	struct text whole = text_trim((struct text){spec, text_length(spec)});
	size_t at = 0, skip;

	while (at < whole.len && whole.at[at] != '=')
		at++;
	skip = at < whole.len ? at + 1 : at;
	if (net->peer_count < SIM_PEERS_MAX && sim_peer_read(whole, &net->peers[net->peer_count]))
		net->peer_count++;
	else if (!add_condition(net, (struct text){whole.at, at},
			 (struct text){whole.at + skip, whole.len - skip}))
		return false;
	if (net->nic_count == 0)
		net->nic_count = 1;
	return true;
}
