/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* DNS: write a query, read a response. Pure. See dns.h. */
#include "nicprobe/dns.h"

#define HEADER_BYTES   12
#define FLAGS_AT       2
#define FLAG_RESPONSE  0x8000u
#define FLAG_RECURSE   0x0100u
#define RCODE_MASK     0x000fu
#define TYPE_A         1
#define TYPE_NS        2
#define CLASS_IN       1
#define QUESTION_BYTES 4  /* behind the name: type and class */
#define RECORD_BYTES   10 /* behind the name: type, class, time to live, length */
#define LABEL_MAX      63
#define COMPRESSED     0xc0u

static bool is_label_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == '_';
}

/* "a.b" as lengths and labels. Returns the bytes written, 0: not a name. */
static size_t write_name(uint8_t *at, struct text name)
{
	size_t label = 0, len = 1;

	for (size_t i = 0; i < name.len; i++) {
		if (name.at[i] == '.') {
			if (len - label == 1)
				return 0;
			at[label] = (uint8_t)(len - label - 1);
			label = len++;
		} else if (is_label_char(name.at[i]) && len - label <= LABEL_MAX) {
			at[len++] = (uint8_t)name.at[i];
		} else {
			return 0;
		}
	}
	at[label] = (uint8_t)(len - label - 1);
	if (len - label > 1) /* no dot at the end: the root's empty label is still to come */
		at[len++] = 0;
	return len;
}

size_t dns_write(uint8_t pkt[DNS_QUERY_BYTES], uint16_t id, struct text name)
{
	size_t len;

	if (name.len > DNS_NAME_MAX)
		return 0;
	memset(pkt, 0, DNS_QUERY_BYTES);
	put_be16(pkt, id);
	put_be16(pkt + FLAGS_AT, FLAG_RECURSE);
	put_be16(pkt + 4, 1);
	len = write_name(pkt + HEADER_BYTES, name);
	if (len == 0)
		return 0;
	put_be16(pkt + HEADER_BYTES + len, name.len > 0 ? TYPE_A : TYPE_NS);
	put_be16(pkt + HEADER_BYTES + len + 2, CLASS_IN);
	return HEADER_BYTES + len + QUESTION_BYTES;
}

/* Moves *at behind a name: labels up to an empty one, or up to a pointer. */
static bool skip_name(struct span pkt, size_t *at)
{
	while (*at < pkt.len) {
		const uint8_t c = pkt.at[*at];

		if ((c & COMPRESSED) == COMPRESSED) {
			*at += 2;
			return *at <= pkt.len;
		}
		if (c > LABEL_MAX)
			return false;
		*at += 1 + (size_t)c;
		if (c == 0)
			return true;
	}
	return false;
}

/* The first A record among `count` from `at` on. */
static struct ip4 first_address(struct span pkt, size_t at, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		struct span head, data;

		if (!skip_name(pkt, &at) || !span_sub(pkt, at, RECORD_BYTES, &head) ||
			!span_sub(pkt, at + RECORD_BYTES, be16(head.at + 8), &data))
			break;
		if (be16(head.at) == TYPE_A && be16(head.at + 2) == CLASS_IN &&
			data.len == IP4_BYTES)
			return ip4_at(data.at);
		at += RECORD_BYTES + data.len;
	}
	return (struct ip4){0};
}

bool dns_read(struct span pkt, struct dns_answer *ret)
{
	size_t at = HEADER_BYTES;
	uint16_t flags;

	if (pkt.len < HEADER_BYTES)
		return false;
	flags = be16(pkt.at + FLAGS_AT);
	if (!(flags & FLAG_RESPONSE))
		return false;
	for (unsigned i = be16(pkt.at + 4); i > 0; i--) {
		if (!skip_name(pkt, &at) || pkt.len - at < QUESTION_BYTES)
			return false;
		at += QUESTION_BYTES;
	}
	*ret = (struct dns_answer){.id = be16(pkt.at),
		.rcode = flags & RCODE_MASK,
		.ip = first_address(pkt, at, be16(pkt.at + 6))};
	return true;
}

const char *dns_rcode_text(uint8_t rcode)
{
	static const char *const texts[] = {[DNS_NO_ERROR] = "no error",
		[DNS_FORMAT_ERROR] = "format error (FORMERR)",
		[DNS_SERVER_FAILURE] = "server failure (SERVFAIL)",
		[DNS_NO_SUCH_NAME] = "no such name (NXDOMAIN)"};

	return rcode < ARRAY_LEN(texts) ? texts[rcode] : "refused or another error";
}
