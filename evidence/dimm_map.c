/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Ranges of addresses and the DIMMs they lie on. Pure. See dimm_map.h. */
#include "evidence/dimm_map.h"
#include "core/fmt.h"
#include "core/text.h"
#include "evidence/claims.h"
#include "evidence/smbios.h"

#define TYPE_ARRAY_MAPPED  19
#define TYPE_DEVICE_MAPPED 20
#define BELOW_4G           (UINT64_C(1) << 32)
#define TOLERANCE          8 /* sums may be off by this part */

struct module {
	uint16_t handle, array;
	uint64_t bytes; /* 0: unknown */
	char channel;   /* the letter or digit behind "channel" in its slot's name; 0: none */
};

/* What the map is drawn from. Module n is the part "dimm<n>". */
struct source {
	struct span table;
	const struct ram_map *ram;
	unsigned count;
	struct module modules[DIMMS_MAX];
	struct dimm_set all;
};

struct pieces {
	size_t count;
	struct claim at[DIMM_RANGES_MAX];
};

/* ---- the modules ---- */

static char lower(char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

/* 'a' of "CHANNEL A DIMM 0", "ChannelA-DIMM0", "BANK 0 channel-a". */
static char channel_of(const char *name)
{
	static const char word[] = "channel";
	size_t matched = 0;

	for (; *name != '\0' && word[matched] != '\0'; name++)
		matched = lower(*name) == word[matched] ? matched + 1 : lower(*name) == word[0];
	if (word[matched] != '\0')
		return '\0';
	while (*name == ' ' || *name == '-' || *name == '_')
		name++;
	return lower(*name);
}

static void read_modules(struct source *s)
{
	struct smbios_dimm dimm;
	size_t cursor = 0;

	while (s->count < DIMMS_MAX && smbios_next_module(s->table, &cursor, &dimm)) {
		struct module *m = &s->modules[s->count];

		*m = (struct module){
			dimm.handle, dimm.array, dimm.size_bytes, channel_of(dimm.locator)};
		if (m->channel == '\0')
			m->channel = channel_of(dimm.bank);
		s->all = dimm_set_join(s->all, dimm_set_of(s->count));
		s->count++;
	}
}

/* The one module of a device (type 20), or all of an array (type 19). */
static struct dimm_set owners(const struct source *s, uint8_t type, uint16_t handle)
{
	struct dimm_set set = {0};

	for (unsigned i = 0; i < s->count; i++) {
		const struct module *m = &s->modules[i];

		if (handle == (type == TYPE_DEVICE_MAPPED ? m->handle : m->array))
			set = dimm_set_join(set, dimm_set_of(i));
	}
	return set;
}

/* ---- what may be believed: each returns NULL, or why not ---- */

/* Memory that a piece stands for: without the hole below 4 GiB, if that is cut out. */
static uint64_t piece_bytes(const struct claim *piece, uint64_t hole_low)
{
	const uint64_t low = piece->low > hole_low ? piece->low : hole_low;
	const uint64_t high = piece->high < BELOW_4G ? piece->high : BELOW_4G;

	return piece->high - piece->low - (low < high ? high - low : 0);
}

/* Where the last RAM below 4 GiB ends; 4 GiB where that is not known. */
static uint64_t hole_begin(const struct ram_map *ram)
{
	uint64_t low = BELOW_4G;

	for (size_t i = 0; i < ram->range_count && ram->ranges[i].low < BELOW_4G; i++)
		low = ram->ranges[i].high;
	return low < BELOW_4G ? low : BELOW_4G;
}

static uint64_t set_bytes(const struct source *s, struct dimm_set set)
{
	uint64_t bytes = 0;

	for (unsigned m = 0; m < s->count; m++)
		bytes += dimm_set_has(set, m) ? s->modules[m].bytes : 0;
	return bytes;
}

static bool at_most(uint64_t bytes, uint64_t limit)
{
	return bytes <= limit + limit / TOLERANCE;
}

/* Whether modules can be what the pieces say: each has addresses for all its memory, and no set of modules has more
 * than it can hold. How they divide a piece among them is left open: interleaved modules may differ in size. */
static bool sizes_fit(const struct source *s, const struct pieces *pieces, uint64_t hole_low)
{
	for (unsigned m = 0; m < s->count; m++) {
		uint64_t bytes = 0;
		bool named = false;

		for (size_t i = 0; i < pieces->count; i++) {
			if (dimm_set_has(pieces->at[i].who, m)) {
				named = true;
				bytes += piece_bytes(&pieces->at[i], hole_low);
			}
		}
		if (named && (s->modules[m].bytes == 0 || !at_most(s->modules[m].bytes, bytes)))
			return false;
	}
	for (size_t i = 0; i < pieces->count; i++) {
		const struct dimm_set set = pieces->at[i].who;
		uint64_t bytes = 0;

		for (size_t j = 0; j < pieces->count; j++) {
			const struct claim *p = &pieces->at[j];

			if (dimm_set_same(dimm_set_join(p->who, set), set))
				bytes += piece_bytes(p, hole_low);
		}
		if (!at_most(bytes, set_bytes(s, set)))
			return false;
	}
	return true;
}

/* Modules of one size on different channels of one array, said to lie one behind the other: memory controllers have
 * interleaved such modules since there are two channels, and firmware that never learned of it still says this. */
static bool lies_about_channels(const struct source *s, const struct pieces *pieces)
{
	struct dimm_set alone = {0};

	for (size_t i = 0; i < pieces->count; i++) {
		if (dimm_set_count(pieces->at[i].who) == 1)
			alone = dimm_set_join(alone, pieces->at[i].who);
	}
	for (unsigned i = 0; i < s->count; i++) {
		for (unsigned j = 0; j < i && dimm_set_has(alone, i); j++) {
			const struct module *a = &s->modules[i], *b = &s->modules[j];

			if (dimm_set_has(alone, j) && a->array == b->array &&
				a->bytes == b->bytes && a->channel != '\0' && b->channel != '\0' &&
				a->channel != b->channel)
				return true;
		}
	}
	return false;
}

static struct dimm_set named_in(const struct pieces *pieces)
{
	struct dimm_set set = {0};

	for (size_t i = 0; i < pieces->count; i++)
		set = dimm_set_join(set, pieces->at[i].who);
	return set;
}

/* Whether the modules in the set can hold all the RAM there is. */
static bool holds_all_ram(const struct source *s, struct dimm_set set)
{
	return s->ram->mapped_bytes > 0 && s->ram->mapped_bytes <= set_bytes(s, set);
}

/* Reads the mappings of one type into pieces. `ret_interleaved`: modules that share their ranges with others. */
static const char *read_pieces(
	const struct source *s, uint8_t type, struct pieces *ret, struct dimm_set *ret_interleaved)
{
	struct claim claims[CLAIMS_MAX];
	struct smbios_structure structure;
	struct smbios_mapping mapping;
	size_t cursor = 0, count = 0;

	*ret_interleaved = (struct dimm_set){0};
	while (smbios_next_of(s->table, type, &cursor, &structure)) {
		struct dimm_set who;

		smbios_read_mapping(&structure, &mapping);
		if (mapping.low == mapping.high)
			continue;
		who = owners(s, type, mapping.owner);
		if (dimm_set_count(who) == 0)
			return "names an empty slot";
		if (count == CLAIMS_MAX)
			return "is too long";
		if (mapping.interleaved != 0)
			*ret_interleaved = dimm_set_join(*ret_interleaved, who);
		claims[count++] = (struct claim){mapping.low, mapping.high, who};
	}
	if (count == 0)
		return "is missing";
	if (!claims_flatten(claims, count, ret->at, DIMM_RANGES_MAX, &ret->count))
		return "is too long";
	if (ret->at[ret->count - 1].high < ram_map_top(s->ram))
		return "ends below the top of memory";
	return NULL;
}

static const char *read_devices(const struct source *s, struct pieces *ret)
{
	struct dimm_set interleaved;
	const char *why = read_pieces(s, TYPE_DEVICE_MAPPED, ret, &interleaved);

	if (why != NULL)
		return why;
	for (size_t i = 0; i < ret->count; i++) {
		if (dimm_set_count(ret->at[i].who) == 1 &&
			dimm_set_has(interleaved, dimm_set_first(ret->at[i].who)))
			return "names one module of an interleaved set";
	}
	if (!sizes_fit(s, ret, BELOW_4G) && !sizes_fit(s, ret, hole_begin(s->ram)))
		return "does not add up to the modules' sizes";
	if (lies_about_channels(s, ret))
		return "knows nothing of channels";
	if (!dimm_set_same(named_in(ret), s->all) && !holds_all_ram(s, named_in(ret)))
		return "leaves modules out";
	return NULL;
}

static const char *read_arrays(const struct source *s, struct pieces *ret)
{
	struct dimm_set interleaved;
	const char *why = read_pieces(s, TYPE_ARRAY_MAPPED, ret, &interleaved);

	if (why != NULL)
		return why;
	if (!sizes_fit(s, ret, BELOW_4G) && !sizes_fit(s, ret, hole_begin(s->ram)))
		return "does not add up to the modules' sizes";
	if (!dimm_set_same(named_in(ret), s->all))
		return "leaves modules out";
	return NULL;
}

/* ---- the map ---- */

static void keep(const struct pieces *pieces, struct topology *t)
{
	for (size_t i = 0; i < pieces->count; i++)
		t->dimm_ranges[i] = (struct dimm_range){
			pieces->at[i].low, pieces->at[i].high, pieces->at[i].who};
	t->dimm_range_count = pieces->count;
}

static void keep_all(const struct source *s, struct topology *t)
{
	t->dimm_ranges[0] = (struct dimm_range){0, ADDRESSES_TOP, s->all};
	t->dimm_range_count = s->count > 0;
}

/* Whether all modules hang on one array: then a map of arrays says nothing about modules. */
static bool one_array(const struct source *s)
{
	for (unsigned i = 1; i < s->count; i++) {
		if (s->modules[i].array != s->modules[0].array)
			return false;
	}
	return true;
}

static void draw(const struct source *s, struct pieces *pieces, struct topology *t)
{
	const char *devices = read_devices(s, pieces), *arrays;

	if (devices == NULL) {
		keep(pieces, t);
		t->dimms_unmapped = s->all;
		for (size_t i = 0; i < ARRAY_LEN(s->all.bits); i++)
			t->dimms_unmapped.bits[i] &= ~named_in(pieces).bits[i];
		text_copy(t->dimm_why, sizeof(t->dimm_why), "SMBIOS type 20");
		return;
	}
	arrays = one_array(s) ? "knows one array" : read_arrays(s, pieces);
	if (arrays == NULL)
		keep(pieces, t);
	else
		keep_all(s, t);
	fmt_to(t->dimm_why, sizeof(t->dimm_why), "SMBIOS type 20 %s%s%s", devices,
		arrays == NULL ? "; by type 19" : ", type 19 ", arrays == NULL ? "" : arrays);
}

void dimm_map_read(struct span table, const struct ram_map *ram, struct topology *t)
{
	struct source s = {.table = table, .ram = ram};
	struct pieces pieces;

	t->dimm_range_count = 0;
	t->dimms_unmapped = (struct dimm_set){0};
	read_modules(&s);
	if (s.count > 1) {
		draw(&s, &pieces, t);
		return;
	}
	keep_all(&s, t);
	text_copy(t->dimm_why, sizeof(t->dimm_why),
		s.count == 1 ? "it is the only one" : "SMBIOS lists no memory modules");
}
