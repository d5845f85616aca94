/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The rules of triage, and the page about them. Pure. See triage_rules.h. */
#include "suite/triage_rules.h"
#include "core/bytes.h"
#include "core/inventory.h"

#define NO_LINK    "without a link no frame passes"
#define STUCK      "a card that is stuck sends nothing"
#define DAMAGED    "damaged frames are dropped on the way in"
#define WRONG_VLAN "frames of the wrong VLAN reach nobody"
#define LOOPING    "a loop brings every frame back, over and over"
#define TWO_OWNERS "replies go to whichever owner was heard last"
#define SAYS_SO    "the drive itself says that it is failing"
#define REPEATED   "damaged transfers are sent again, which takes time"
#define BAD_MEMORY "a program in bad memory may stop anywhere"

const struct explanation explanations[] = {
	{FINDING_MEM_ADDRESS_ALIAS, FINDING_MEM_BIT_ERROR, ON_PART,
		"a word is overwritten through its other address"},
	{FINDING_MEM_UNCORRECTED_ERROR, FINDING_MEM_BIT_ERROR, ON_MACHINE,
		"the memory controller saw the same loss of data and names the module"},
	{FINDING_MEM_DIMM_MISSING, FINDING_MEM_SLOW_NODE, ON_MACHINE,
		"a missing module takes its channel's share of the speed with it"},
	{FINDING_MEM_BIT_ERROR, FINDING_RUN_INTERRUPTED, ON_MACHINE, BAD_MEMORY},
	{FINDING_MEM_ADDRESS_ALIAS, FINDING_RUN_INTERRUPTED, ON_MACHINE, BAD_MEMORY},
	{FINDING_MEM_UNCORRECTED_ERROR, FINDING_RUN_INTERRUPTED, ON_MACHINE,
		"an error that cannot be corrected stops the machine"},
	{FINDING_CPU_UNCORRECTED_ERROR, FINDING_RUN_INTERRUPTED, ON_MACHINE,
		"an error that cannot be corrected stops the machine"},

	{FINDING_NIC_NO_LINK, FINDING_NET_NO_DHCP, ON_CARD, NO_LINK},
	{FINDING_NIC_NO_LINK, FINDING_NET_GATEWAY_SILENT, ON_CARD, NO_LINK},
	{FINDING_NIC_NO_LINK, FINDING_NET_PACKET_LOSS, ON_CARD, NO_LINK},
	{FINDING_NIC_NO_LINK, FINDING_NET_SERVICE_UNREACHABLE, ON_CARD, NO_LINK},
	{FINDING_NIC_TX_HANG, FINDING_NET_NO_DHCP, ON_CARD, STUCK},
	{FINDING_NIC_TX_HANG, FINDING_NET_GATEWAY_SILENT, ON_CARD, STUCK},
	{FINDING_NIC_TX_HANG, FINDING_NET_PACKET_LOSS, ON_CARD, STUCK},
	{FINDING_NIC_TX_HANG, FINDING_NET_SERVICE_UNREACHABLE, ON_CARD, STUCK},
	{FINDING_NIC_LINK_FLAP, FINDING_NET_PACKET_LOSS, ON_CARD,
		"what is sent while the link is down is lost"},
	{FINDING_NIC_LOOPBACK_ERROR, FINDING_NET_PACKET_CORRUPT, ON_CARD,
		"the card changes frames without any network"},
	{FINDING_NIC_LOOPBACK_ERROR, FINDING_NET_PACKET_LOSS, ON_CARD,
		"the card loses frames without any network"},
	{FINDING_NIC_ERRORS, FINDING_NET_PACKET_LOSS, ON_CARD, DAMAGED},
	{FINDING_NET_DUPLEX_MISMATCH, FINDING_NIC_ERRORS, ON_CARD,
		"one end takes the other's frames for collisions"},
	{FINDING_NET_DUPLEX_MISMATCH, FINDING_NIC_SLOW_LINK, ON_CARD,
		"an end that is set by hand does not negotiate"},
	{FINDING_NET_DUPLEX_MISMATCH, FINDING_NET_PACKET_LOSS, ON_CARD,
		"frames collide under load"},

	{FINDING_NET_DUPLICATE_IP, FINDING_NET_GATEWAY_SILENT, ON_ADDRESS, TWO_OWNERS},
	{FINDING_NET_DUPLICATE_IP, FINDING_NET_PACKET_LOSS, ON_ADDRESS, TWO_OWNERS},
	{FINDING_NET_DUPLICATE_IP, FINDING_NET_SERVICE_UNREACHABLE, ON_ADDRESS, TWO_OWNERS},
	{FINDING_NET_VLAN_MISMATCH, FINDING_NET_NO_DHCP, ON_CARD, WRONG_VLAN},
	{FINDING_NET_VLAN_MISMATCH, FINDING_NET_GATEWAY_SILENT, ON_CARD, WRONG_VLAN},
	{FINDING_NET_LOOP, FINDING_NET_STORM, ON_CARD, LOOPING},
	{FINDING_NET_LOOP, FINDING_NET_DUPLICATE_MAC, ON_CARD, LOOPING},
	{FINDING_NET_LOOP, FINDING_NET_PACKET_LOSS, ON_CARD, LOOPING},
	{FINDING_NET_STORM, FINDING_NET_PACKET_LOSS, ON_CARD,
		"the storm leaves no room for other frames"},
	{FINDING_NET_GATEWAY_SILENT, FINDING_NET_PACKET_LOSS, ON_ADDRESS,
		"who does not answer ARP gets no packet"},
	{FINDING_NET_GATEWAY_SILENT, FINDING_NET_SERVICE_UNREACHABLE, ON_MACHINE,
		"services on other networks are reached through the gateway"},

	{FINDING_DISK_TIMEOUT, FINDING_DISK_READ_ERROR, ON_PART,
		"a drive that hangs fails the reads that wait for it"},
	{FINDING_DISK_TIMEOUT, FINDING_DISK_SLOW_REGION, ON_PART,
		"a drive that hangs is slow before it gives up"},
	{FINDING_DISK_READ_ERROR, FINDING_DISK_SLOW_REGION, ON_PART,
		"a drive tries failing sectors again and again"},
	{FINDING_DISK_READ_ERROR, FINDING_DISK_ERRORS_GREW, ON_PART,
		"the drive counts the reads that it fails"},
	{FINDING_DISK_SMART_FAILING, FINDING_DISK_READ_ERROR, ON_PART, SAYS_SO},
	{FINDING_DISK_SMART_FAILING, FINDING_DISK_READ_UNSTEADY, ON_PART, SAYS_SO},
	{FINDING_DISK_SMART_FAILING, FINDING_DISK_SLOW_REGION, ON_PART, SAYS_SO},
	{FINDING_DISK_SMART_FAILING, FINDING_DISK_ERRORS_GREW, ON_PART, SAYS_SO},
	{FINDING_DISK_SMART_FAILING, FINDING_DISK_SMART_WARNING, ON_PART, SAYS_SO},
	{FINDING_DISK_LINK_ERRORS, FINDING_DISK_SLOW_REGION, ON_PART, REPEATED},
	{FINDING_DISK_LINK_ERRORS, FINDING_DISK_TIMEOUT, ON_PART, REPEATED},
	{FINDING_DISK_ERRORS_GREW, FINDING_DISK_CHANGED, ON_PART,
		"what rose in this run is more than in the last"},
};
const size_t explanation_count = ARRAY_LEN(explanations);

const char *triage_doubts(enum finding_code code)
{
	return code == FINDING_MEM_SELFTEST_MISSED ? PART_ID_MEMORY : NULL;
}

/* ---- the page ---- */

static const char *const bonds[] = {
	[ON_PART] = "same part",
	[ON_CARD] = "same network card, or every card has such a cause",
	[ON_ADDRESS] = "same IP address",
	[ON_MACHINE] = "-",
};

static const char head[] =
	"# Triage\n\nGenerated from the code by `make docs`. The last step of a run: one line per suspect, what to act on first.\n\n"
	"| state | when |\n|---|---|\n"
	"| FAULTY | something was found on it that is FAIL, or that explains a FAIL elsewhere |\n"
	"| SUSPECT | something was found on it that is WARN |\n"
	"| UNTESTED | no check measured it; or one could not do its work, or ended badly and did not say on what; or all that was found on it is explained by another part's fault |\n"
	"| CLEARED | it was measured, nothing was found, and every check that looked at it could do its work |\n\n"
	"Silence never clears: CLEARED quotes what was done, and names the checks that were not.\n\n"
	"**Order.** FAULTY, SUSPECT, UNTESTED, CLEARED; what is explained by another part stands below it. Within a state hints come last,\n"
	"otherwise the table below decides: memory and CPUs first, because nothing such a machine computes can be trusted. Faults that\n"
	"the run planted itself come after all real ones. The order in which things were found never matters.\n\n"
	"## What a finding says about whom\n\n"
	"What each means, and what to do next: [FINDINGS.md](FINDINGS.md). The suspect is the part that the finding names; this one if it names none.\n\n"
	"| finding | verdict | suspect | how sure |\n|---|---|---|---|\n";

static const char codes_page[] =
	"\n## Failure codes\n\n"
	"Each FAULTY suspect has one, for a label, a telephone or an RMA form: `B8XG-FAVX`. It is on the screen, in `LATEST.TXT`, in `log.txt`\n"
	"and in `results.jsonl` (`failure_code`). It holds the finding, the kind of part, a hash of the part's serial number (or its number,\n"
	"where it has none) and a check character: one wrong character, or two that changed places, are always noticed. Letters may be small;\n"
	"I, L and O are taken for 1 and 0.\n\n"
	"    build/kiriwake code B8XG-FAVX             what it says\n"
	"    build/kiriwake code B8XG-FAVX S3Z9NB0K    and whether it can be about that serial number\n";

void triage_document(struct sink out)
{
	fmt(out, "%s", head);
	for (unsigned code = 0; code < FINDING_COUNT; code++) {
		const struct finding_info *f = finding_info((enum finding_code)code);

		fmt(out, "| `%s` | %s | %s | %s |\n", f->code, verdict_name(f->verdict),
			f->suspect != NULL ? f->suspect : "-", surety_name(f->surety));
	}
	fmt(out,
		"\n## What explains what\n\n"
		"The effect is no evidence against its own suspect: it is shown with the cause, and the cause takes over its verdict.\n\n"
		"| cause | effect | they share | because |\n|---|---|---|---|\n");
	for (size_t i = 0; i < explanation_count; i++)
		fmt(out, "| `%s` | `%s` | %s | %s |\n", finding_info(explanations[i].cause)->code,
			finding_info(explanations[i].effect)->code, bonds[explanations[i].bond],
			explanations[i].how);
	fmt(out,
		"\n`mem-selftest-missed` accuses no part: it says that the memory tests are worth nothing here, so memory stays UNTESTED.\n%s",
		codes_page);
}
