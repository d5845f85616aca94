/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What the common figures mean. Pure. See health.h. */
#include "diskbench/health.h"

static const struct health_info table[HEALTH_COUNTS] = {
	[HEALTH_MEDIA] = {"media_errors", "uncorrectable errors", FAIL, WARN, WARN,
		"Data on the medium could not be read back."},
	[HEALTH_PENDING] = {"pending", "pending sectors", FAIL, WARN, WARN,
		"These sectors could not be read; whatever was in them is lost unless a later read succeeds."},
	[HEALTH_OFFLINE] = {"offline_uncorrectable",
		"sectors that the drive's own scan could not read", FAIL, WARN, WARN,
		"The drive found them unreadable by itself."},
	[HEALTH_REALLOCATED] = {"reallocated", "reallocated sectors", WARN, WARN, WARN,
		"Sectors went bad and were replaced by spare ones; a few are no proof of failure, a rising number is."},
	[HEALTH_LINK] = {"link_errors", "damaged transfers on the cable", WARN, WARN, WARN,
		"The way between drive and controller damages data: cable, backplane or connector, rarely the drive."},
	[HEALTH_LOGGED] = {"logged_errors", "commands that ended in an error", PASS, PASS, PASS,
		""},
	[HEALTH_UNSAFE] = {"unsafe_shutdowns", "losses of power without notice", WARN, PASS, PASS,
		"The drive lost its power while it was being tested: power supply, backplane or connector."},
	[HEALTH_POWER_CYCLES] = {"power_cycles", "power cycles", WARN, PASS, PASS,
		"The drive started anew while it was being tested: power supply, backplane or connector, or its firmware crashed."},
	[HEALTH_HOURS] = {"power_on_hours", "power-on hours", PASS, PASS, PASS, ""},
};

const struct health_info *health_info(enum health_count which)
{
	return &table[which];
}

const char *health_source_key(enum health_source source)
{
	static const char *const keys[HEALTH_SOURCES] = {
		[SOURCE_NONE] = "",
		[SOURCE_STATISTICS] = "statistics",
		[SOURCE_ATTRIBUTE] = "attributes",
		[SOURCE_PHY] = "phy",
		[SOURCE_LOG] = "log",
		[SOURCE_NVME] = "nvme",
		[SOURCE_SCSI] = "scsi",
	};

	return keys[source];
}

void health_take(
	struct health *h, enum health_count which, enum health_source source, uint64_t value)
{
	if (h->counts[which].source == SOURCE_NONE)
		h->counts[which] = (struct health_figure){source, value};
}

bool health_grew(const struct health *before, const struct health *now, enum health_count which)
{
	const struct health_figure *a = &before->counts[which], *b = &now->counts[which];

	return a->source != SOURCE_NONE && a->source == b->source && b->value > a->value;
}
