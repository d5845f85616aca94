/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Raw frames through Simple Network. See snp.h. */
#include "efi/snp.h"
#include "core/fmt.h"
#include "efi/registers.h"
#include "efi/status.h"
#include "nicprobe/wire.h"

#define MS         UINT64_C(1000000)
#define FRAME_MIN  60u
#define FRAME_MAX  1514u
#define TX_WAIT_NS (3000 * MS)
#define TX_POLLS_MIN \
	2000u /* a machine that stood still meanwhile (an emulator, SMM) proves no hang */
#define TX_POLL_US   50u
#define LINK_WAIT_NS (2000 * MS) /* auto-negotiation takes up to about this long */
#define LINK_POLL_NS (100 * MS)
#define LINK_TRIES   2 /* each Initialize may make the card negotiate anew */
#define RX_DROPS_MAX 16

#define RX_UNICAST    EFI_SIMPLE_NETWORK_RECEIVE_UNICAST
#define RX_BROADCAST  EFI_SIMPLE_NETWORK_RECEIVE_BROADCAST
#define RX_MULTICAST  EFI_SIMPLE_NETWORK_RECEIVE_MULTICAST
#define RX_PROMISC    EFI_SIMPLE_NETWORK_RECEIVE_PROMISCUOUS
#define RX_PROMISC_MC EFI_SIMPLE_NETWORK_RECEIVE_PROMISCUOUS_MULTICAST

enum nic_result snp_fault(struct snp_card *card, const char *call, EFI_STATUS status)
{
	status_say(card->nic->error, sizeof(card->nic->error), call, status);
	return NIC_FAULT;
}

static uint64_t now_ns(const struct snp_card *card)
{
	return card->clock->now_ns(card->clock->ctx);
}

/* ---- link ---- */

/* Asks the driver to look, and what it saw. Both outputs NULL would be an error: ask for the interrupts. */
static enum nic_link media(struct snp_card *card)
{
	const EFI_SIMPLE_NETWORK_MODE *mode = card->snp->Mode;
	struct adapter_information *adapter;
	EFI_STATUS *state = NULL;
	UINTN size = 0;
	UINT32 interrupts = 0;
	enum nic_link link = NIC_LINK_UNKNOWN;

	if (mode->MediaPresentSupported) {
		card->snp->GetStatus(card->snp, &interrupts, NULL);
		return mode->MediaPresent ? NIC_LINK_UP : NIC_LINK_DOWN;
	}
	adapter = protocol_on(card->handle, &guid_adapter_information);
	if (adapter == NULL ||
		EFI_ERROR(adapter->get(adapter, &guid_media_state, (VOID **)&state, &size)) ||
		state == NULL)
		return link;
	if (size >= sizeof(*state) && *state == EFI_SUCCESS)
		link = NIC_LINK_UP;
	else if (size >= sizeof(*state) && *state == EFI_NO_MEDIA)
		link = NIC_LINK_DOWN;
	fw.boot->FreePool(state);
	return link;
}

static enum nic_link snp_link(void *ctx)
{
	struct snp_card *card = ctx;
	enum nic_link link = media(card);

	if (card->heard && link != NIC_LINK_UP)
		link = NIC_LINK_UP; /* a frame came in: that is proof, whatever the driver says */
	card->heard = false;
	return link;
}

/* ---- open and close ---- */

/* The widest reception the driver takes; bits outside its mask make some refuse the call. The first set is all of
 * the mask but MULTICAST, which would need a list. */
static void set_filters(struct snp_card *card)
{
	static const UINT32 wanted[] = {~(UINT32)RX_MULTICAST,
		RX_UNICAST | RX_BROADCAST | RX_PROMISC, RX_UNICAST | RX_BROADCAST | RX_PROMISC_MC,
		RX_UNICAST | RX_BROADCAST};
	UINT32 mask = card->snp->Mode->ReceiveFilterMask;

	for (size_t i = 0; i < ARRAY_LEN(wanted); i++) {
		if (!EFI_ERROR(card->snp->ReceiveFilters(
			    card->snp, wanted[i] & mask, 0, FALSE, 0, NULL)))
			return;
	}
}

static EFI_STATUS initialize(struct snp_card *card, const char **ret_call)
{
	EFI_SIMPLE_NETWORK *snp = card->snp;
	EFI_STATUS status = EFI_SUCCESS;

	if (snp->Mode->State == EfiSimpleNetworkStopped) {
		*ret_call = "SimpleNetwork.Start";
		status = snp->Start(snp);
	}
	if (!EFI_ERROR(status) && snp->Mode->State != EfiSimpleNetworkInitialized) {
		*ret_call = "SimpleNetwork.Initialize";
		status = snp->Initialize(snp, 0, 0);
	}
	if (!EFI_ERROR(status))
		set_filters(card);
	return status;
}

/* Waits for a link that is coming up; once more after a new Initialize, where some drivers only look then. */
static void await_link(struct snp_card *card)
{
	const char *call;

	for (unsigned i = 0; i < LINK_TRIES; i++) {
		uint64_t start = now_ns(card);

		while (media(card) == NIC_LINK_DOWN && now_ns(card) - start < LINK_WAIT_NS)
			card->clock->sleep_ns(card->clock->ctx, LINK_POLL_NS);
		if (media(card) != NIC_LINK_DOWN || i + 1 == LINK_TRIES)
			return;
		card->snp->Shutdown(card->snp);
		if (EFI_ERROR(initialize(card, &call)))
			return;
	}
}

void snp_give_back(struct snp_card *card)
{
	fw.boot->CloseProtocol(card->handle, &guid_simple_network, fw.image, NULL);
	if (card->was_used)
		fw.boot->ConnectController(card->handle, NULL, NULL, TRUE);
	card->is_open = false;
}

static enum nic_result snp_open(void *ctx)
{
	struct snp_card *card = ctx;
	VOID *interface = NULL;
	const char *call = "SimpleNetwork";
	EFI_STATUS status;

	if (card->is_open)
		return NIC_OK;
	card->was_used = driver_bound(card->handle, &guid_simple_network, NULL);
	status = fw.boot->OpenProtocol(card->handle, &guid_simple_network, &interface, fw.image,
		NULL, EFI_OPEN_PROTOCOL_EXCLUSIVE);
	if (EFI_ERROR(status) || interface == NULL)
		return snp_fault(card, "OpenProtocol (SimpleNetwork, exclusive)", status);
	card->snp = interface;
	card->is_open = true;
	card->in_flight = 0;
	card->heard = false;
	status = card->snp->Mode != NULL ? initialize(card, &call) : EFI_DEVICE_ERROR;
	if (EFI_ERROR(status)) {
		snp_give_back(card);
		return snp_fault(card, call, status);
	}
	await_link(card);
	return NIC_OK;
}

static void snp_close(void *ctx)
{
	struct snp_card *card = ctx;

	if (!card->is_open)
		return;
	card->snp->Shutdown(card->snp);
	card->snp->Stop(card->snp);
	snp_give_back(card);
}

/* ---- frames ---- */

/* Takes back what the driver has sent. Buffers come in any order, and from some drivers as addresses that are
 * not ours: then any one slot is free again. */
static void recycle(struct snp_card *card)
{
	for (unsigned i = 0; i < SNP_TX_SLOTS && card->in_flight != 0; i++) {
		UINT32 interrupts = 0;
		VOID *done = NULL;
		unsigned slot;

		if (EFI_ERROR(card->snp->GetStatus(card->snp, &interrupts, &done)) || done == NULL)
			return;
		for (slot = 0; slot < SNP_TX_SLOTS && done != card->tx[slot]; slot++)
			continue;
		if (slot < SNP_TX_SLOTS && (card->in_flight & 1u << slot) != 0)
			card->in_flight &= (uint8_t) ~(1u << slot);
		else
			card->in_flight &= (uint8_t)(card->in_flight - 1u);
	}
}

/* Recycles until the slots in `slots` are back or the time is over. */
static bool await_slots(struct snp_card *card, uint8_t slots, uint64_t start)
{
	for (unsigned polls = 0;; polls++) {
		recycle(card);
		if ((card->in_flight & slots) == 0)
			return true;
		if (now_ns(card) - start > TX_WAIT_NS && polls >= TX_POLLS_MIN)
			return false;
		fw.boot->Stall(TX_POLL_US);
	}
}

static bool is_busy(EFI_STATUS status)
{
	return status == EFI_NOT_READY || status == EFI_OUT_OF_RESOURCES ||
	       status == EFI_UNSUPPORTED;
}

static enum nic_result snp_send(void *ctx, const uint8_t *frame, size_t len)
{
	struct snp_card *card = ctx;
	uint64_t start = now_ns(card);
	size_t bytes = len < FRAME_MIN ? FRAME_MIN : len;
	unsigned slot = 0;
	EFI_STATUS status;

	if (len > SNP_FRAME_BYTES)
		return snp_fault(card, "SimpleNetwork.Transmit", EFI_BAD_BUFFER_SIZE);
	if (card->in_flight == UINT8_MAX && !await_slots(card, UINT8_MAX, start))
		return NIC_TX_HANG;
	while ((card->in_flight & 1u << slot) != 0)
		slot++;
	memset(card->tx[slot], 0, FRAME_MIN);
	memcpy(card->tx[slot], frame, len);
	status = card->snp->Transmit(card->snp, 0, bytes, card->tx[slot], NULL, NULL, NULL);
	while (is_busy(status) && now_ns(card) - start < TX_WAIT_NS) {
		recycle(card);
		fw.boot->Stall(TX_POLL_US);
		status = card->snp->Transmit(card->snp, 0, bytes, card->tx[slot], NULL, NULL, NULL);
	}
	if (EFI_ERROR(status))
		return snp_fault(card, "SimpleNetwork.Transmit", status);
	card->in_flight |= (uint8_t)(1u << slot);
	if (await_slots(card, (uint8_t)(1u << slot), now_ns(card)))
		return NIC_OK;
	fmt_to(card->nic->error, sizeof(card->nic->error),
		"SimpleNetwork.Transmit: accepted, not completed within %u ms",
		(unsigned)(TX_WAIT_NS / MS));
	return NIC_TX_HANG;
}

static enum nic_result snp_receive(void *ctx, uint8_t *frame, size_t cap, size_t *ret_len)
{
	struct snp_card *card = ctx;

	for (unsigned i = 0; i < RX_DROPS_MAX; i++) {
		UINTN len = sizeof(card->rx);
		EFI_STATUS status = card->snp->Receive(
			card->snp, NULL, &len, card->rx, NULL, NULL, NULL);

		if (status == EFI_NOT_READY)
			return NIC_EMPTY;
		if (EFI_ERROR(status) && status != EFI_BUFFER_TOO_SMALL)
			return snp_fault(card, "SimpleNetwork.Receive", status);
		card->heard = true;
		if (EFI_ERROR(status) || len > cap)
			continue; /* longer than any frame we ask for: not ours */
		memcpy(frame, card->rx, len);
		*ret_len = len;
		return NIC_OK;
	}
	return NIC_EMPTY;
}

static bool snp_wire(void *ctx, struct nic_wire *ret)
{
	const struct snp_card *card = ctx;

	return registers_wire(card->pci, ret);
}

/* ---- building ---- */

void snp_build(struct snp_card *card)
{
	static const struct mac none;
	const EFI_SIMPLE_NETWORK_MODE *mode = card->snp->Mode;
	struct nic *nic = card->nic;
	size_t frame = (size_t)mode->MediaHeaderSize + mode->MaxPacketSize;

	nic->mac = mac_at(mode->CurrentAddress.Addr);
	nic->permanent = mac_at(mode->PermanentAddress.Addr);
	if (mac_same(nic->permanent, none))
		nic->permanent = nic->mac; /* U-Boot leaves it empty */
	nic->max_frame_bytes = frame >= FRAME_MIN && frame < FRAME_MAX ? frame : FRAME_MAX;
	nic->has_driver = true;
	nic->ctx = card;
	nic->open = snp_open;
	nic->close = snp_close;
	nic->link = snp_link;
	nic->send = snp_send;
	nic->receive = snp_receive;
	if (card->pci != NULL && wire_known(nic->vendor_id, nic->device_id))
		nic->wire = snp_wire;
	snp_offer_loops(card);
}
