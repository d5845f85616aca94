/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What the vendors put into SMART attributes. Pure. See ata_attributes.h.
 *
 * Raw error rates (1, 7, 195 and their like) are never judged by their raw value: several vendors, Seagate first, keep the number
 * of operations in it, which is in the millions on a healthy drive. Their normalized value and threshold are.
 */
#include "diskbench/ata_attributes.h"
#include "core/text.h"

#define ATTRIBUTE_HOURS 9

#define HOURS_ABSURD (40u * 8766) /* 40 years: older than any drive with SMART */
#define TRANSFER_ABSURD \
	(1u << 20) /* damaged transfers: more than a link that works at all can have had */

/* ---- names ---- */

struct name {
	uint8_t id;
	const char *always, *solid_state; /* NULL: as always */
};

static const struct name names[] = {
	{1, "Raw_Read_Error_Rate", NULL},
	{2, "Throughput_Performance", NULL},
	{3, "Spin_Up_Time", NULL},
	{4, "Start_Stop_Count", NULL},
	{5, "Reallocated_Sector_Ct", NULL},
	{7, "Seek_Error_Rate", NULL},
	{8, "Seek_Time_Performance", NULL},
	{9, "Power_On_Hours", NULL},
	{10, "Spin_Retry_Count", NULL},
	{11, "Calibration_Retry_Count", NULL},
	{12, "Power_Cycle_Count", NULL},
	{169, "Unknown_Attribute", "Remaining_Lifetime_Perc"},
	{170, "Unknown_Attribute", "Available_Reservd_Space"},
	{171, "Unknown_Attribute", "Program_Fail_Count"},
	{172, "Unknown_Attribute", "Erase_Fail_Count"},
	{173, "Unknown_Attribute", "Wear_Leveling_Count"},
	{174, "Unknown_Attribute", "Unexpect_Power_Loss_Ct"},
	{175, "Program_Fail_Count_Chip", NULL},
	{176, "Erase_Fail_Count_Chip", NULL},
	{177, "Wear_Leveling_Count", NULL},
	{178, "Used_Rsvd_Blk_Cnt_Chip", NULL},
	{179, "Used_Rsvd_Blk_Cnt_Tot", NULL},
	{180, "Unused_Rsvd_Blk_Cnt_Tot", NULL},
	{181, "Program_Fail_Cnt_Total", NULL},
	{182, "Erase_Fail_Count_Total", NULL},
	{183, "Runtime_Bad_Block", NULL},
	{184, "End-to-End_Error", NULL},
	{187, "Reported_Uncorrect", NULL},
	{188, "Command_Timeout", NULL},
	{189, "High_Fly_Writes", NULL},
	{190, "Airflow_Temperature_Cel", NULL},
	{191, "G-Sense_Error_Rate", NULL},
	{192, "Power-Off_Retract_Count", NULL},
	{193, "Load_Cycle_Count", NULL},
	{194, "Temperature_Celsius", NULL},
	{195, "Hardware_ECC_Recovered", NULL},
	{196, "Reallocated_Event_Count", NULL},
	{197, "Current_Pending_Sector", NULL},
	{198, "Offline_Uncorrectable", NULL},
	{199, "UDMA_CRC_Error_Count", NULL},
	{200, "Multi_Zone_Error_Rate", NULL},
	{202, "Data_Address_Mark_Errs", "Percent_Lifetime_Remain"},
	{230, "Head_Amplitude", "Life_Curve_Status"},
	{231, "Temperature_Celsius", "SSD_Life_Left"},
	{232, "Available_Reservd_Space", NULL},
	{233, "Media_Wearout_Indicator", NULL},
	{240, "Head_Flying_Hours", NULL},
	{241, "Total_LBAs_Written", NULL},
	{242, "Total_LBAs_Read", NULL},
};

const char *ata_attribute_name(uint8_t id, bool solid_state)
{
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (names[i].id == id)
			return solid_state && names[i].solid_state != NULL ? names[i].solid_state
									   : names[i].always;
	}
	return "Unknown_Attribute";
}

/* ---- quirks ---- */

/* How a count is got out of a raw value. */
enum reading {
	READ_48,
	READ_32,      /* something else above */
	READ_24,      /* hours, with milliseconds above */
	READ_16,      /* two other counts above */
	READ_SECTORS, /* all of it if the drive has that many, else the low word */
	READ_MINUTES, /* for hours, as the rest */
	READ_HALF_MINUTES,
	READ_SECONDS,
	READ_NOTHING /* this model keeps something else there */
};

static const struct {
	uint64_t mask;
	unsigned per_unit;
} readings[] = {
	[READ_48] = {UINT64_MAX, 1},
	[READ_32] = {UINT32_MAX, 1},
	[READ_24] = {0xffffff, 1},
	[READ_16] = {UINT16_MAX, 1},
	[READ_SECTORS] = {UINT32_MAX, 1},
	[READ_MINUTES] = {UINT32_MAX, 60},
	[READ_HALF_MINUTES] = {UINT32_MAX, 120},
	[READ_SECONDS] = {UINT32_MAX, 3600},
	[READ_NOTHING] = {0, 1},
};

/* Models that differ from the table below. First that fits. */
static const struct {
	const char *models; /* a glob */
	uint8_t id;
	enum reading reading;
} quirks[] = {
	{"Maxtor *", 9, READ_MINUTES}, {"FUJITSU MHY2250BH*", 9, READ_MINUTES},
	{"FUJITSU MHG2*", 9, READ_SECONDS}, {"FUJITSU MHR2*", 9, READ_SECONDS},
	{"FUJITSU MHS2*", 9, READ_SECONDS}, {"SAMSUNG SP*", 9, READ_HALF_MINUTES},
	{"SAMSUNG SV*", 9, READ_HALF_MINUTES},
	{"MCCOE*", 5, READ_NOTHING}, /* Samsung's first SSDs: a pool of blocks, not a count */
};

/* ---- figures ---- */

static const struct {
	uint8_t id;
	enum reading reading;
	enum health_count figure;
	uint64_t absurd; /* from here on it is something else; 0: never */
} figures[] = {
	{5, READ_16, HEALTH_REALLOCATED, 0},
	{9, READ_24, HEALTH_HOURS, HOURS_ABSURD},
	{12, READ_32, HEALTH_POWER_CYCLES, 0},
	{187, READ_32, HEALTH_MEDIA, 0},
	{197, READ_SECTORS, HEALTH_PENDING, 0},
	{198, READ_SECTORS, HEALTH_OFFLINE, 0},
	{199, READ_48, HEALTH_LINK, TRANSFER_ABSURD},
	{174, READ_32, HEALTH_UNSAFE, 0},
};

static bool fits(const char *glob, const char *model)
{
	return text_glob(
		(struct text){glob, text_length(glob)}, (struct text){model, text_length(model)});
}

static enum reading reading_of(const struct ata_identity *id, uint8_t attribute, enum reading usual)
{
	for (size_t i = 0; i < ARRAY_LEN(quirks); i++) {
		if (quirks[i].id == attribute && fits(quirks[i].models, id->model))
			return quirks[i].reading;
	}
	return usual;
}

/* False: not to be had. */
static bool amount(const struct ata_identity *id, const struct ata_attribute *a, enum reading usual,
	uint64_t *ret)
{
	enum reading reading = reading_of(id, a->id, usual);

	if (reading == READ_NOTHING)
		return false;
	if (reading == READ_SECTORS && a->raw > id->blocks)
		reading = READ_16;
	*ret = (a->raw & readings[reading].mask) / readings[reading].per_unit;
	return true;
}

/* ---- wear and heat ---- */

/* Drives that count these down from 100 to 1, or 0, as endurance is used up; by others the ids are used otherwise. */
static const struct {
	const char *models; /* a glob */
	uint8_t id;
} wear[] = {
	{"INTEL SSD*", 233},
	{"SOLIDIGM SSD*", 233},
	{"*Micron*", 202},
	{"MTFD*", 202},
	{"Crucial*", 202},
	{"CT*SSD*", 202},
	{"SAMSUNG MZ*", 177},
	{"Samsung SSD*", 177},
	{"KINGSTON S*", 231},
	{"*", 169},
	{"*", 231},
};

bool ata_attribute_is_wear(const struct ata_identity *id, const struct ata_attribute *a)
{
	for (size_t i = 0; i < ARRAY_LEN(wear) && id->solid_state; i++) {
		if (wear[i].id == a->id && fits(wear[i].models, id->model))
			return true;
	}
	return false;
}

bool ata_attribute_temperature(const struct ata_attribute *a, int *ret_c)
{
	const uint16_t low = (uint16_t)a->raw;
	const int8_t degrees = (int8_t)low;

	if (a->id != 190 && a->id != 194)
		return false;
	/* Some keep tenths: 12.9 C to 120 C, which as degrees and something else above them would be odd. */
	if (a->raw == low && low > 128 && low <= 1200) {
		*ret_c = low / 10;
		return true;
	}
	if (degrees == 0)
		return false; /* no sensor, more often than freezing */
	*ret_c = degrees;
	return degrees > -60 && degrees < 127;
}

static void fold_wear(
	const struct ata_identity *id, const struct ata_attribute *a, struct health *h)
{
	if (h->has_used || !ata_attribute_is_wear(id, a) || a->value > 100)
		return;
	h->has_used = true;
	h->used_percent = a->value <= 1 ? 100 : 100u - a->value;
}

void ata_attributes_fold(
	const struct ata_identity *id, const struct ata_smart *smart, struct health *h)
{
	static const uint8_t heat[] = {194, 190};
	uint64_t value;

	for (size_t i = 0; i < ARRAY_LEN(figures); i++) {
		const struct ata_attribute *a = ata_smart_find(smart, figures[i].id);

		if (a != NULL && (a->id != 174 || id->solid_state) &&
			amount(id, a, figures[i].reading, &value) &&
			(figures[i].absurd == 0 || value < figures[i].absurd))
			health_take(h, figures[i].figure, SOURCE_ATTRIBUTE, value);
	}
	for (size_t i = 0; i < ARRAY_LEN(heat); i++) {
		const struct ata_attribute *a = ata_smart_find(smart, heat[i]);

		if (a != NULL && !h->has_temperature)
			h->has_temperature = ata_attribute_temperature(a, &h->temperature_c);
	}
	for (unsigned i = 0; i < smart->count; i++)
		fold_wear(id, &smart->attributes[i], h);
}
