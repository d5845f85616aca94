/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The documents that are generated from the tables: checks and findings, as Markdown. Pure. */
#include "suite/catalogue.h"
#include "suite/options.h"

void catalogue_document(struct sink out)
{
	fmt(out,
		"# Checks\n\nGenerated from the code by `make docs`. In the order in which a run takes them.\n\n"
		"| id | what it does | it passes if | needs |\n|---|---|---|---|\n");
	for (size_t i = 0; i < catalogue_count; i++) {
		const struct check *c = catalogue[i];

		fmt(out, "| `%s` | %s%s | %s | %s%s%s%s |\n", c->id, c->title,
			c->on_request ? " (only when named)"
			: c->thorough ? " (in the quick profile only when named)"
				      : "",
			c->pass_if, c->need & NEED_NIC ? "a network card with a driver" : "",
			c->need & NEED_DISK ? "a disk" : "",
			c->need & NEED_RAM ? "free memory" : "", c->need == 0 ? "-" : "");
	}
	fmt(out,
		"\nWhat is not there makes a check SKIP with the reason, never FAIL. Names never change once released.\n");
}

void findings_document(struct sink out)
{
	fmt(out,
		"# Findings\n\nGenerated from the code by `make docs`. The closed list of what a run can find; the code is the\n"
		"`verdict` of a `diagnosis` in `results.jsonl`, and the `code` of the `finding` extension behind it.\n\n"
		"*How sure* is said of the part that is suspected. Sure: seen directly, and nothing else can do it. Likely: the\n"
		"fault is there, but a neighbour of the part may cause it. A hint: healthy machines show this, too; replace\n"
		"nothing for it.\n");
	for (unsigned code = 0; code < FINDING_COUNT; code++) {
		const struct finding_info *f = finding_info((enum finding_code)code);

		fmt(out,
			"\n## `%s` (%s)\n\n- **Seen:** %s\n- **Means:** %s\n- **How sure:** %s. %s\n- **Do next:** %s\n",
			f->code, verdict_name(f->verdict), f->seen, f->means,
			surety_name(f->surety), f->sure, f->next);
	}
}

void options_page(struct sink out)
{
	fmt(out,
		"# Options\n\nGenerated from the code by `make docs`. `key = value` lines with `#` comments in `kiriwake.cfg`; words\n"
		"`key=value` behind the program in GRUB's menu (commas instead of blanks inside a value: GRUB takes quotes\n"
		"away); SMBIOS OEM strings `kiriwake:key=value`. Later wins: `kiriwake.cfg` on the ESP, `kiriwake.cfg` on KIRIWAKELOG,\n"
		"SMBIOS, GRUB's line. A file may be ASCII, UTF-8 or UTF-16 with a byte order mark, up to 64 KiB of it. What is\n"
		"not understood is reported, makes the run WARN, and changes nothing else.\n\n");
	options_document(out);
}
