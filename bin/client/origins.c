/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "endpoint.h"
#include "origins.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MAX	128	/* of one */

/* Returns 0, or -1. */
static int
address_parse(const char *text, struct sockaddr_storage *addr, socklen_t *len,
    char why[WHY_MAX])
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
	    .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE };
	struct endpoint endpoint;
	struct addrinfo *ai;
	char port[8];

	if (endpoint_parse(text, 0, &endpoint, why) == -1)
		return -1;
	if (endpoint.host[0] == '\0')
		return refuse(why, "the address is missing");
	snprintf(port, sizeof(port), "%d", endpoint.port);
	if (getaddrinfo(endpoint.host, port, &hints, &ai) != 0)
		return refuse(why, "\"%.60s\" is not an address",
		    endpoint.host);
	memset(addr, 0, sizeof(*addr));
	memcpy(addr, ai->ai_addr, ai->ai_addrlen);
	*len = ai->ai_addrlen;
	freeaddrinfo(ai);
	return 0;
}

static int
add(struct origins *s, const struct sockaddr_storage *addr, socklen_t len,
    char why[WHY_MAX])
{
	if (s->n == ORIGINS_MAX)
		return refuse(why, "more than %d addresses", ORIGINS_MAX);
	if (s->n > 0 && addr->ss_family != s->each[0].ss_family)
		return refuse(why, "IPv4 and IPv6 do not go together");
	s->each[s->n++] = *addr;
	s->len = len;
	return 0;
}

/* The last 32 bits of an address. */
static unsigned char *
tail_of(struct sockaddr_storage *addr)
{
	if (addr->ss_family == AF_INET)
		return (unsigned char *)&((struct sockaddr_in *)addr)->sin_addr;
	return ((struct sockaddr_in6 *)addr)->sin6_addr.s6_addr + 12;
}

static uint32_t
get_tail(struct sockaddr_storage *addr)
{
	uint32_t tail;

	memcpy(&tail, tail_of(addr), sizeof(tail));
	return ntohl(tail);
}

static void
set_tail(struct sockaddr_storage *addr, uint32_t tail)
{
	tail = htonl(tail);
	memcpy(tail_of(addr), &tail, sizeof(tail));
}

/* Do they differ in nothing but that? */
static int
is_range(struct sockaddr_storage first, const struct sockaddr_storage *last)
{
	struct sockaddr_storage end = *last;

	set_tail(&first, 0);
	set_tail(&end, 0);
	return memcmp(&first, &end, sizeof(end)) == 0;
}

static int
range_parse(const char *from, const char *to, struct origins *s,
    char why[WHY_MAX])
{
	struct sockaddr_storage first, last;
	uint32_t tail, end;
	socklen_t len;

	if (address_parse(from, &first, &len, why) == -1 ||
	    address_parse(to, &last, &len, why) == -1)
		return -1;
	tail = get_tail(&first);
	end = get_tail(&last);
	if (!is_range(first, &last) || tail > end)
		return refuse(why, "\"%.40s-%.40s\" is not a range", from, to);
	if (end - tail >= ORIGINS_MAX)
		return refuse(why, "more than %d addresses", ORIGINS_MAX);
	for (uint32_t i = 0; i <= end - tail; i++) {
		set_tail(&first, tail + i);
		if (add(s, &first, len, why) == -1)
			return -1;
	}
	return 0;
}

/* ADDRESS[:PORT] or FIRST-LAST */
static int
item_parse(char *text, struct origins *s, char why[WHY_MAX])
{
	char *dash = strpbrk(text, "-%");	/* a zone may have a dash */
	struct sockaddr_storage addr;
	socklen_t len;

	if (dash != NULL && *dash == '-') {
		*dash = '\0';
		return range_parse(text, dash + 1, s, why);
	}
	if (address_parse(text, &addr, &len, why) == -1)
		return -1;
	return add(s, &addr, len, why);
}

static int
parse_all(const char *text, struct origins *s, char why[WHY_MAX])
{
	char item[TEXT_MAX];
	size_t n;

	for (;; text += n + 1) {
		n = strcspn(text, ",");
		if (n >= sizeof(item))
			return refuse(why, "too long");
		memcpy(item, text, n);
		item[n] = '\0';
		if (item_parse(item, s, why) == -1)
			return -1;
		if (text[n] == '\0')
			return 0;
	}
}

int
origins_parse(const char *text, struct origins *s, char why[WHY_MAX])
{
	struct sockaddr_storage *exact;

	origins_free(s);
	s->each = calloc(ORIGINS_MAX, sizeof(*s->each));
	if (s->each == NULL)
		return refuse(why, "out of memory");
	if (parse_all(text, s, why) == -1) {
		origins_free(s);
		return -1;
	}
	exact = realloc(s->each, s->n * sizeof(*s->each));
	if (exact != NULL)
		s->each = exact;
	return 0;
}

void
origins_free(struct origins *s)
{
	free(s->each);
	memset(s, 0, sizeof(*s));
}
