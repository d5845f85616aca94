/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The ways to test a card in itself: its driver's diagnostic, its driver's loopback, and its registers without the driver.
 *
 * Hardware: a network card, by the firmware's driver or by PCI I/O.
 * Spec.  UEFI 2.10, 11.4 (driver diagnostics), 7.3 (exclusive open).
 * Trust. What a driver says of itself is the driver's word: nicprobe/loopback_check.c judges it.
 */
#include "core/fmt.h"
#include "efi/path.h"
#include "efi/snp.h"
#include "efi/status.h"

/* ---- its driver's diagnostic ---- */

#define TEXT_CHARS_MAX 150

/* What an answer means: by DEVICE_ERROR a driver says that the card failed, by the others that the test could not be run. With a
 * code that is none of these, the type of an error says that there was one. */
static const struct {
	EFI_STATUS status;
	enum nic_self_test_result result;
} self_test_results[] = {
	{EFI_SUCCESS, SELF_TEST_PASSED},
	{EFI_DEVICE_ERROR, SELF_TEST_FAILED},
	{EFI_UNSUPPORTED, SELF_TEST_NONE},
	{EFI_INVALID_PARAMETER, SELF_TEST_NONE},
	{EFI_NOT_STARTED, SELF_TEST_ERROR},
	{EFI_ACCESS_DENIED, SELF_TEST_ERROR},
	{EFI_OUT_OF_RESOURCES, SELF_TEST_ERROR},
};

static enum nic_self_test_result self_test_result(EFI_STATUS status, const EFI_GUID *error_type)
{
	for (size_t i = 0; i < ARRAY_LEN(self_test_results); i++) {
		if (self_test_results[i].status == status)
			return self_test_results[i].result;
	}
	return error_type != NULL ? SELF_TEST_FAILED : SELF_TEST_ERROR;
}

/* The newer protocol, which names languages by RFC 4646, or the older one, by ISO 639-2. They look the same. */
static struct driver_diagnostics *diagnostics_of(EFI_HANDLE pci, CHAR8 **ret_language)
{
	static CHAR8 en_us[] = "en-US", eng[] = "eng";
	struct driver_diagnostics *found;
	EFI_HANDLE driver = NULL;

	if (pci == NULL || !driver_bound(pci, &guid_pci_io, &driver))
		return NULL;
	*ret_language = en_us;
	found = protocol_on(driver, &guid_driver_diagnostics2);
	if (found == NULL) {
		*ret_language = eng;
		found = protocol_on(driver, &guid_driver_diagnostics);
	}
	return found;
}

static void snp_self_test(void *ctx, bool extended, struct nic_self_test *ret)
{
	struct snp_card *card = ctx;
	CHAR8 *language = NULL;
	struct driver_diagnostics *d = diagnostics_of(card->pci, &language);
	const EFI_HANDLE children[] = {card->handle, NULL};
	EFI_STATUS status = EFI_UNSUPPORTED;
	EFI_GUID *error_type = NULL;
	CHAR16 *text = NULL;
	UINTN size = 0;

	*ret = (struct nic_self_test){.result = SELF_TEST_NONE};
	for (size_t i = 0; d != NULL && i < ARRAY_LEN(children) &&
			   (status == EFI_UNSUPPORTED || status == EFI_INVALID_PARAMETER);
		i++) {
		error_type = NULL;
		text = NULL;
		size = 0;
		status = d->run(d, card->pci, children[i],
			extended ? DIAGNOSTIC_EXTENDED : DIAGNOSTIC_STANDARD, language, &error_type,
			&size, &text);
	}
	ret->result = self_test_result(status, error_type);
	if (EFI_ERROR(status))
		status_say(ret->text, sizeof(ret->text), "RunDiagnostics", status);
	if (text != NULL && size >= sizeof(CHAR16)) {
		size_t chars = size / sizeof(CHAR16);

		text_from_ucs2(ret->text, sizeof(ret->text), text,
			chars < TEXT_CHARS_MAX ? chars : TEXT_CHARS_MAX);
		fw.boot->FreePool(text);
	}
}

/* ---- its driver's loopback ---- */

static unsigned snp_loop_modes(void *ctx)
{
	struct snp_card *card = ctx;

	return card->is_open ? undi_modes(&card->undi) : 0;
}

/* Simple Network stops, and leaves UNDI started: from there UNDI is ours until leave(). */
static enum nic_result snp_loop_enter(void *ctx, unsigned mode)
{
	struct snp_card *card = ctx;
	const char *call;

	card->snp->Shutdown(card->snp);
	call = undi_enter(&card->undi, mode);
	return call == NULL ? NIC_OK : snp_fault(card, call, EFI_DEVICE_ERROR);
}

static bool snp_loop_send(void *ctx, const uint8_t *frame, size_t len)
{
	struct snp_card *card = ctx;
	uint8_t *slot = card->tx[card->loop_slot++ % SNP_TX_SLOTS];

	if (len > SNP_FRAME_BYTES)
		return false;
	memcpy(slot, frame, len);
	return undi_send(&card->undi, slot, len);
}

static bool snp_loop_receive(void *ctx, uint8_t *frame, size_t cap, size_t *ret_len)
{
	struct snp_card *card = ctx;

	return undi_receive(&card->undi, frame, cap, ret_len);
}

static void snp_loop_leave(void *ctx)
{
	struct snp_card *card = ctx;

	undi_leave(&card->undi);
	card->snp->Stop(card->snp);
	snp_give_back(card);
}

static const struct nic_loop snp_loop = {
	snp_loop_modes, snp_loop_enter, snp_loop_send, snp_loop_receive, snp_loop_leave};

/* ---- without its driver ---- */

static enum nic_result snp_take_chip(void *ctx, struct nic_chip *ret)
{
	struct snp_card *card = ctx;
	const char *call;
	EFI_STATUS status;

	if (!card->is_open)
		return snp_fault(card, "take_chip", EFI_NOT_READY);
	card->snp->Shutdown(card->snp);
	card->snp->Stop(card->snp);
	fw.boot->CloseProtocol(card->handle, &guid_simple_network, fw.image, NULL);
	card->is_open = false;
	card->door = (struct chip_door){.pci = card->pci, .clock = card->clock, .nic = card->nic};
	call = chip_take(&card->door, ret, &status);
	return call == NULL ? NIC_OK : snp_fault(card, call, status);
}

/* Whether the handle is this card's, as its driver made it anew. */
static bool is_reborn(const struct snp_card *card, EFI_HANDLE handle)
{
	const EFI_SIMPLE_NETWORK *snp = protocol_on(handle, &guid_simple_network);
	struct span path = path_of(handle);
	struct path_node last;

	return snp != NULL && snp->Mode != NULL && path_below(path, path_of(card->pci)) &&
	       path_last(path, &last) && last.type == MESSAGING_DEVICE_PATH &&
	       last.subtype == MSG_MAC_ADDR_DP &&
	       mac_same(mac_at(snp->Mode->CurrentAddress.Addr), card->nic->mac);
}

static bool find_reborn(struct snp_card *card)
{
	struct handles handles = handles_with(&guid_simple_network);

	card->handle = NULL;
	for (size_t i = 0; i < handles.count && card->handle == NULL; i++) {
		if (is_reborn(card, handles.at[i]))
			card->handle = handles.at[i];
	}
	handles_free(&handles);
	return card->handle != NULL;
}

/* Some drivers publish UNDI on a child, and Simple Network is made from that. */
static void connect_undi(const struct snp_card *card)
{
	struct handles handles = handles_with(&guid_undi);

	for (size_t i = 0; i < handles.count; i++) {
		if (path_below(path_of(handles.at[i]), path_of(card->pci)))
			fw.boot->ConnectController(handles.at[i], NULL, NULL, FALSE);
	}
	handles_free(&handles);
}

/* Step by step, so that the firmware's network stack does not speak from the card without need. */
static enum nic_result snp_give_back_chip(void *ctx)
{
	struct snp_card *card = ctx;

	chip_give_back(&card->door);
	if (find_reborn(card))
		return NIC_OK;
	connect_undi(card);
	if (find_reborn(card))
		return NIC_OK;
	fw.boot->ConnectController(card->pci, NULL, NULL, TRUE);
	return find_reborn(card) ? NIC_OK
				 : snp_fault(card, "ConnectController (card)", EFI_NOT_FOUND);
}

void snp_offer_loops(struct snp_card *card)
{
	struct nic *nic = card->nic;
	CHAR8 *language;

	if (diagnostics_of(card->pci, &language) != NULL)
		nic->self_test = snp_self_test;
	if (undi_find(&card->undi, card->handle))
		nic->loop = &snp_loop;
	if (card->pci != NULL && chip_driver_of(nic->vendor_id, nic->device_id) != NULL) {
		nic->take_chip = snp_take_chip;
		nic->give_back_chip = snp_give_back_chip;
	}
}
