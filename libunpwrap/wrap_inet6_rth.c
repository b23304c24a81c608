/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

#include <netinet/in.h>

#include <string.h>

/*
 * The IPv6 routing header of type 0 (RFC 3542, section 7).  glibc and the BSDs
 * have the functions that these wrap, but musl does not.  The format is so
 * short that it is written here once for all.  RFC 5095 forbids nodes to obey
 * it.
 */
#define TYPE0		0
#define SEGMENTS_MAX	127	/* the length, in units of 8 bytes, is a byte */

struct routing_header {
	uint8_t	 next;
	uint8_t	 length;	/* units of 8 bytes behind the first 8 */
	uint8_t	 type;
	uint8_t	 segments_left;
	uint32_t reserved;
	struct in6_addr addresses[];
};

static int
segments_of(const struct routing_header *header)
{
	if (header->type != TYPE0 || header->length % 2 != 0)
		return -1;
	return header->length / 2;
}

socklen_t
Inet6_rth_space(int type, int segments)
{
	if (type != TYPE0 || segments < 0 || segments > SEGMENTS_MAX)
		err_quit("inet6_rth_space error: type %d, %d segments", type,
		    segments);
	return (socklen_t)(sizeof(struct routing_header) +
	    (size_t)segments * sizeof(struct in6_addr));
}
EXPORT(Inet6_rth_space);

void *
Inet6_rth_init(void *buf, socklen_t len, int type, int segments)
{
	struct routing_header *header = buf;
	socklen_t space = Inet6_rth_space(type, segments);

	if (len < space)
		err_quit("inet6_rth_init error: %u bytes for %d segments",
		    (unsigned)len, segments);
	memset(header, 0, space);
	header->length = (uint8_t)(segments * 2);
	return header;
}
EXPORT(Inet6_rth_init);

void
Inet6_rth_add(void *buf, const struct in6_addr *addr)
{
	struct routing_header *header = buf;

	if (header->segments_left >= segments_of(header))
		err_quit("inet6_rth_add error: no room");
	header->addresses[header->segments_left++] = *addr;
}
EXPORT(Inet6_rth_add);

void
Inet6_rth_reverse(const void *in, void *out)
{
	const struct routing_header *from = in;
	struct routing_header *to = out;
	int segments = segments_of(from);
	struct in6_addr swap;

	if (segments == -1)
		err_quit("inet6_rth_reverse error: not a header of type 0");
	memmove(to, from, (size_t)(from->length + 1) * 8);
	to->segments_left = (uint8_t)segments;
	for (int i = 0; i < segments / 2; i++) {
		swap = to->addresses[i];
		to->addresses[i] = to->addresses[segments - 1 - i];
		to->addresses[segments - 1 - i] = swap;
	}
}
EXPORT(Inet6_rth_reverse);

int
Inet6_rth_segments(const void *buf)
{
	int segments = segments_of(buf);

	if (segments == -1)
		err_quit("inet6_rth_segments error: not a header of type 0");
	return segments;
}
EXPORT(Inet6_rth_segments);

struct in6_addr *
Inet6_rth_getaddr(const void *buf, int index)
{
	int segments = segments_of(buf);

	if (index < 0 || index >= segments)
		err_quit("inet6_rth_getaddr error: no address %d", index);
	return &((struct routing_header *)(uintptr_t)buf)->addresses[index];
}
EXPORT(Inet6_rth_getaddr);
