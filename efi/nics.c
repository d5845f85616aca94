/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Network cards: one entry for each, however many handles the firmware has for it, and for those it cannot drive.
 *
 * Hardware: PCI network controllers and whatever else publishes Simple Network (USB adapters).
 * Trust. One interface may sit on three handles: the one whose path ends at the MAC address is the card. Children of
 *        it are never opened exclusively, and cards with a Wi-Fi connection are left alone; see docs/QUIRKS.md.
 */
#include "core/fmt.h"
#include "core/text.h"
#include "efi/connect.h"
#include "efi/parts.h"
#include "efi/path.h"
#include "efi/pci.h"
#include "efi/registers.h"
#include "efi/snp.h"

#define NICS_MAX         16
#define IF_TYPE_ETHERNET 1u
#define KIND_ETHERNET    0x0200u
#define NAME_CHARS_MAX   64

static struct {
	struct nic *nics;                 /* NICS_MAX */
	struct snp_card *cards;           /* NICS_MAX */
	struct chip_door doors[NICS_MAX]; /* of cards without a driver */
	uint8_t configs[NICS_MAX][PCI_CONFIG_BYTES];
	size_t count, card_count;
	unsigned left_out;
} all;

/* ---- waking the drivers ---- */

static bool has_below(struct span prefix, EFI_GUID *protocol)
{
	struct handles handles = handles_with(protocol);
	bool found = false;

	for (size_t i = 0; i < handles.count && !found; i++)
		found = path_below(path_of(handles.at[i]), prefix);
	handles_free(&handles);
	return found;
}

/* Some drivers publish UNDI on a child, and Simple Network is made from that: one step further. */
static void connect_undi(struct machine *machine, const struct pci_device *d, const char *what)
{
	struct handles handles = handles_with(&guid_undi);

	for (size_t i = 0; i < handles.count; i++) {
		if (path_below(path_of(handles.at[i]), d->path))
			connect_handle(machine, handles.at[i], CONNECT_ONE, what);
	}
	handles_free(&handles);
}

/* Step by step, so that the firmware's network stack is not started on the card without need. */
static void connect_card(struct machine *machine, const struct pci_device *d)
{
	char name[40], what[PORT_TEXT];

	pci_name(d, name, sizeof(name));
	fmt_to(what, sizeof(what), "%s %s", name, d->location);
	if (!has_below(d->path, &guid_simple_network))
		connect_handle(machine, d->handle, CONNECT_ONE, what);
	if (!has_below(d->path, &guid_simple_network))
		connect_undi(machine, d, what);
	if (!has_below(d->path, &guid_simple_network))
		connect_handle(machine, d->handle, CONNECT_ALL, what);
}

/* ---- what the driver calls itself, and its version as it orders versions: UEFI 2.10, 11.1 ---- */

/* The first of the languages a driver lists, "en-US;fr" or the older "engfra". */
static void first_language(CHAR8 *dst, size_t cap, const CHAR8 *list, size_t fixed)
{
	size_t len = 0;

	while (list != NULL && list[len] != 0 && list[len] != ';' && len + 1 < cap && len < fixed) {
		dst[len] = list[len];
		len++;
	}
	dst[len] = 0;
}

static void name_driver(EFI_HANDLE agent, char *dst, size_t cap)
{
	EFI_COMPONENT_NAME2_PROTOCOL *two = protocol_on(agent, &guid_component_name2);
	EFI_COMPONENT_NAME_PROTOCOL *one = protocol_on(agent, &guid_component_name);
	EFI_DRIVER_BINDING_PROTOCOL *binding = protocol_on(agent, &guid_driver_binding);
	CHAR16 *name = NULL;
	CHAR8 language[16];

	if (two != NULL) {
		first_language(language, sizeof(language), two->SupportedLanguages, SIZE_MAX);
		if (EFI_ERROR(two->GetDriverName(two, language, &name)))
			name = NULL;
	} else if (one != NULL) {
		first_language(language, sizeof(language), one->SupportedLanguages, 3);
		if (EFI_ERROR(one->GetDriverName(one, language, &name)))
			name = NULL;
	}
	if (name != NULL)
		text_from_ucs2(dst, cap, name, NAME_CHARS_MAX);
	if (binding != NULL)
		fmt_add(dst, cap, "%sversion 0x%x", dst[0] != '\0' ? ", " : "",
			(unsigned)binding->Version);
}

/* ---- listing ---- */

static struct nic *new_nic(const struct pci_device *pci)
{
	struct nic *nic = &all.nics[all.count];
	EFI_HANDLE driver = NULL;

	if (all.count == NICS_MAX) {
		all.left_out++;
		return NULL;
	}
	*nic = (struct nic){.max_frame_bytes = 0};
	fmt_to(nic->id, sizeof(nic->id), "nic%u", (unsigned)all.count);
	if (pci != NULL) {
		pci_name(pci, nic->name, sizeof(nic->name));
		text_copy(nic->location, sizeof(nic->location), pci->location);
		nic->vendor_id = pci->vendor;
		nic->device_id = pci->device;
		nic->pci_config = registers_config(pci->handle, all.configs[all.count]);
		if (driver_bound(pci->handle, &guid_pci_io, &driver))
			name_driver(driver, nic->driver, sizeof(nic->driver));
	} else {
		text_copy(nic->name, sizeof(nic->name), "network adapter");
		text_copy(nic->location, sizeof(nic->location), "not on PCI");
	}
	all.count++;
	return nic;
}

static bool ends_at_mac(struct span path)
{
	struct path_node last;

	return path_last(path, &last) && last.type == MESSAGING_DEVICE_PATH &&
	       last.subtype == MSG_MAC_ADDR_DP;
}

/* Why a Simple Network interface is not for us, or NULL. */
static const char *unfit(EFI_HANDLE handle, const EFI_SIMPLE_NETWORK *snp)
{
	if (snp->Mode == NULL || snp->Mode->HwAddressSize != MAC_BYTES ||
		snp->Mode->IfType != IF_TYPE_ETHERNET)
		return "not Ethernet";
	if (protocol_on(handle, &guid_wifi2) != NULL)
		return "Wi-Fi: its association would be lost";
	return NULL;
}

static bool is_listed(const EFI_SIMPLE_NETWORK *snp)
{
	for (size_t i = 0; i < all.card_count; i++) {
		if (all.cards[i].snp == snp)
			return true;
	}
	return false;
}

static void add_card(struct machine *machine, EFI_HANDLE handle, EFI_SIMPLE_NETWORK *snp,
	const struct pci_device *pci)
{
	const char *why = unfit(handle, snp);
	struct snp_card *card;
	struct nic *nic;

	if (why != NULL) {
		machine_note(machine, "A network interface at %s is not used: %s",
			pci ? pci->location : "no PCI address", why);
		return;
	}
	nic = new_nic(pci);
	if (nic == NULL)
		return;
	card = &all.cards[all.card_count++]; /* zeroed, and too large to assign */
	card->handle = handle;
	card->pci = pci != NULL ? pci->handle : NULL;
	card->snp = snp;
	card->nic = nic;
	card->clock = &machine->clock;
	snp_build(card);
	if (pci == NULL)
		path_describe(path_of(handle), nic->location, sizeof(nic->location));
}

/* The cards on one controller, or with NULL those on none. In the first round only handles whose path ends at the
 * MAC address; in the second, interfaces that have no such handle. */
static size_t add_cards_on(struct machine *machine, const struct handles *handles,
	const struct pci_device *pci, bool second_round)
{
	size_t had = all.card_count;

	for (size_t i = 0; i < handles->count; i++) {
		struct span path = path_of(handles->at[i]);
		EFI_SIMPLE_NETWORK *snp = protocol_on(handles->at[i], &guid_simple_network);

		if (snp != NULL && pci_above(path) == pci && ends_at_mac(path) != second_round &&
			!is_listed(snp))
			add_card(machine, handles->at[i], snp, pci);
	}
	return all.card_count - had;
}

static void add_bare(struct machine *machine, const struct pci_device *pci)
{
	struct chip_door *door = &all.doors[all.count % NICS_MAX];
	struct nic *nic = new_nic(pci);

	if (nic == NULL || chip_driver_of(nic->vendor_id, nic->device_id) == NULL)
		return;
	*door = (struct chip_door){.pci = pci->handle, .clock = &machine->clock, .nic = nic};
	chip_offer(door);
}

static void list_cards(struct machine *machine)
{
	struct handles handles = handles_with(&guid_simple_network);

	for (size_t i = 0; i <= pci_device_count; i++) {
		const struct pci_device *pci = i < pci_device_count ? &pci_devices[i] : NULL;
		size_t found = add_cards_on(machine, &handles, pci, false);

		found += add_cards_on(machine, &handles, pci, true);
		if (found == 0 && pci != NULL && pci->kind == KIND_ETHERNET &&
			!has_below(pci->path, &guid_simple_network))
			add_bare(machine, pci);
	}
	handles_free(&handles);
}

void nics_build(struct machine *machine)
{
	all.nics = firmware_pages(NICS_MAX * sizeof(struct nic));
	all.cards = firmware_pages(NICS_MAX * sizeof(struct snp_card));
	if (all.nics == NULL || all.cards == NULL) {
		machine_note(
			machine, "No network card is tested: the firmware has no memory for it");
		return;
	}
	for (size_t i = 0; i < pci_device_count; i++) {
		if (pci_class(&pci_devices[i]) == PCI_CLASS_NETWORK)
			connect_card(machine, &pci_devices[i]);
	}
	list_cards(machine);
	if (all.left_out > 0)
		machine_note(machine, "%u network cards beyond the first %u were left out",
			all.left_out, NICS_MAX);
	machine->nics = all.nics;
	machine->nic_count = all.count;
}
