/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Latencies on record. Pure. See latency.h. */
#include "diskbench/latency.h"
#include "core/fmt.h"
#include "diskbench/checks.h"

#define SECOND_NS UINT64_C(1000000000)
#define NAME      64

/* fio's own list, from the median up. */
static const struct {
	const char *name;
	uint32_t per_100k;
} percentiles[] = {
	{"50.000000", 50000},
	{"90.000000", 90000},
	{"95.000000", 95000},
	{"99.000000", 99000},
	{"99.500000", 99500},
	{"99.900000", 99900},
	{"99.950000", 99950},
	{"99.990000", 99990},
};

static void tell(const struct disk_job *job, const char *name, const char *of, uint64_t value,
	unsigned decimals, const char *unit)
{
	char full[NAME];

	fmt_to(full, sizeof(full), "%s.%s", name, of);
	record_measure(job->run->rec, job->disk->id, full, value, decimals, unit);
}

static void tell_percentiles(
	const struct disk_job *job, const char *name, const struct histogram *latency)
{
	char of[NAME];

	for (size_t i = 0; i < ARRAY_LEN(percentiles); i++) {
		fmt_to(of, sizeof(of), "clat_ns.percentile.%s", percentiles[i].name);
		tell(job, name, of, histogram_percentile(latency, percentiles[i].per_100k), 0,
			"ns");
	}
}

static void tell_classes(
	const struct disk_job *job, const char *name, const struct histogram *latency)
{
	struct point *curve = job->run->disk->curve;
	char full[NAME];

	fmt_to(full, sizeof(full), "%s.clat_ns", name);
	record_series(job->run->rec, job->disk->id, full, "ns", "1", 0, curve,
		histogram_classes(latency, curve));
}

void latency_tell(const struct disk_job *job, const char *name, const struct histogram *latency,
	uint64_t read_bytes, uint64_t each_ns)
{
	if (latency->count == 0 || each_ns == 0)
		return;
	tell(job, name, "clat_ns.N", latency->count, 0, "1");
	tell(job, name, "clat_ns.min", latency->min, 0, "ns");
	tell(job, name, "clat_ns.max", latency->max, 0, "ns");
	tell(job, name, "clat_ns.mean", histogram_mean(latency), 0, "ns");
	tell(job, name, "clat_ns.stddev", histogram_stddev(latency), 0, "ns");
	tell_percentiles(job, name, latency);
	tell(job, name, "iops", 1000 * SECOND_NS / each_ns, 3, "1/s");
	tell(job, name, "bw_bytes", read_bytes * SECOND_NS / each_ns, 0, "B/s");
	tell_classes(job, name, latency);
}
