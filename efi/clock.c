/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Time: the time stamp counter, calibrated against the firmware's Stall(); wall time from the RTC.
 *
 * Hardware: TSC, and whatever timer the firmware stalls with.
 * Spec.  UEFI 2.10, 7.5 (Stall) and 8.3 (GetTime); Intel SDM volume 3, 18.17 (invariant TSC).
 * Trust. Stall may be wrong and the RTC empty: calibrations must agree, and a date must be one.
 */
#include "core/fmt.h"
#include "efi/firmware.h"
#include "efi/parts.h"
#include <cpuid.h>

#define CALIBRATIONS_MAX 40
#define AGREEING         3   /* the least of them, */
#define AGREE            200 /* within 0.5 % */
#define DISAGREE         20  /* by more than 5 % */
#define CALIBRATION_US   5000u
#define TICKS_PER_MS_MIN 100000u   /* 100 MHz: slower is no PC */
#define TICKS_PER_MS_MAX 10000000u /* 10 GHz */
#define TICKS_PER_MS_ANY 1000000u  /* taken when the calibration is nonsense */
#define STALL_MAX_US     10000u

/* Nanoseconds per tick as a 64.64 fixed point number. */
static struct {
	uint64_t whole;
	uint64_t fraction;
} tick;

static uint64_t read_tsc(void)
{
	uint32_t low, high;

	__asm__ volatile("lfence; rdtsc" : "=a"(low), "=d"(high) : : "memory");
	return (uint64_t)high << 32 | low;
}

uint64_t clock_own_ns(void)
{
	uint64_t ticks = read_tsc();

	return ticks * tick.whole + (uint64_t)(((unsigned __int128)ticks * tick.fraction) >> 64);
}

static uint64_t now_ns(void *ctx)
{
	(void)ctx;
	return clock_own_ns();
}

static void sleep_ns(void *ctx, uint64_t ns)
{
	uint64_t start = now_ns(ctx);

	for (uint64_t done = 0; done < ns; done = now_ns(ctx) - start) {
		uint64_t us = (ns - done) / 1000 + 1;

		fw.boot->Stall(us < STALL_MAX_US ? us : STALL_MAX_US);
	}
}

/* Long division: the 64 binary places of value / divisor behind the point, value < divisor < 2^63. */
static uint64_t binary_places(uint64_t value, uint64_t divisor)
{
	uint64_t places = 0;

	for (unsigned i = 0; i < 64; i++) {
		value <<= 1;
		places <<= 1;
		if (value >= divisor) {
			value -= divisor;
			places |= 1;
		}
	}
	return places;
}

static void set_rate(uint64_t ticks, uint64_t ns)
{
	tick.whole = ns / ticks;
	tick.fraction = binary_places(ns % ticks, ticks);
}

static uint64_t calibrate_once(void)
{
	uint64_t start = read_tsc();

	fw.boot->Stall(CALIBRATION_US);
	return read_tsc() - start;
}

static void sort(uint64_t *values, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		for (size_t j = i; j > 0 && values[j - 1] > values[j]; j--) {
			uint64_t swap = values[j];

			values[j] = values[j - 1];
			values[j - 1] = swap;
		}
	}
}

/* What takes the CPU away while the firmware stalls, be it management firmware or a busy host, makes a calibration too
 * long, never too short: the least is right as soon as the next ones agree with it. Ascending. */
static void take_least(uint64_t ret_ticks[AGREEING])
{
	uint64_t ticks[CALIBRATIONS_MAX];
	size_t count = 0;

	do {
		ticks[count++] = calibrate_once();
		sort(ticks, count);
	} while (count < AGREEING ||
		 (count < CALIBRATIONS_MAX && ticks[AGREEING - 1] - ticks[0] > ticks[0] / AGREE));
	memcpy(ret_ticks, ticks, AGREEING * sizeof(*ticks));
}

static void calibrate(struct machine *machine)
{
	uint64_t ticks[AGREEING], per_ms;

	take_least(ticks);
	per_ms = ticks[0] / (CALIBRATION_US / 1000);
	if (per_ms < TICKS_PER_MS_MIN || per_ms > TICKS_PER_MS_MAX) {
		machine_note(machine,
			"The clock cannot be trusted: %lu TSC ticks in a Stall of %u ms; 1 GHz assumed",
			ticks[0], CALIBRATION_US / 1000);
		set_rate(TICKS_PER_MS_ANY, 1000000);
		return;
	}
	if (ticks[AGREEING - 1] - ticks[0] > ticks[0] / DISAGREE)
		machine_note(machine,
			"Clock calibrations disagree (%lu to %lu kHz): times may be off", per_ms,
			ticks[AGREEING - 1] / (CALIBRATION_US / 1000));
	set_rate(ticks[0], CALIBRATION_US * UINT64_C(1000));
}

static bool tsc_is_invariant(void)
{
	unsigned a, b, c, d;

	return __get_cpuid(0x80000007, &a, &b, &c, &d) && (d & 1u << 8) != 0;
}

/* Days from 1970-01-01 to a date of the Gregorian calendar; the year starts in March, so that leap days end it. */
static int64_t days_since_1970(unsigned year, unsigned month, unsigned day)
{
	unsigned y = month <= 2 ? year - 1 : year;
	unsigned day_of_year = (153 * (month <= 2 ? month + 9 : month - 3) + 2) / 5 + day - 1;

	return (int64_t)y * 365 + y / 4 - y / 100 + y / 400 + day_of_year - 719468;
}

static bool time_is_sane(const EFI_TIME *t)
{
	return t->Year >= 1998 && t->Year <= 2100 && t->Month >= 1 && t->Month <= 12 &&
	       t->Day >= 1 && t->Day <= 31 && t->Hour <= 23 && t->Minute <= 59 && t->Second <= 59;
}

static bool wall_s(void *ctx, int64_t *ret)
{
	EFI_TIME t = {0};
	int64_t s;

	(void)ctx;
	if (EFI_ERROR(fw.runtime->GetTime(&t, NULL)) || !time_is_sane(&t))
		return false;
	s = days_since_1970(t.Year, t.Month, t.Day) * 86400 + t.Hour * 3600 + t.Minute * 60 +
	    t.Second;
	if (t.TimeZone != EFI_UNSPECIFIED_TIMEZONE && t.TimeZone >= -1440 && t.TimeZone <= 1440)
		s += t.TimeZone * 60;
	*ret = s;
	return true;
}

void clock_build(struct machine *machine)
{
	calibrate(machine);
	if (!tsc_is_invariant())
		machine_note(machine, "The CPU does not promise a constant TSC rate (CPUID "
				      "80000007h): times may drift");
	machine->clock = (struct clock_port){
		.now_ns = now_ns, .sleep_ns = sleep_ns, .wall_s = wall_s};
}
