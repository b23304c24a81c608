/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "sources.h"
#include "splitmix.h"
#include "stats.h"

#include <sys/mman.h>

#include <netinet/in.h>

#include <string.h>

#define SLOTS		65536	/* a power of two */
#define PROBES		64	/* slots where a source may be */
#define IPV4		(UINT64_C(0xffff) << 32)	/* the IPv6 network of
							   nobody */

struct sources {
	unsigned	 parts;
	counter		 keys[SLOTS];	/* 0: free */
	atomic_int	 counts[];	/* of each slot those of all parts: a
					   source is on one page or two */
};

struct sources *
sources_new(unsigned parts)
{
	struct sources *s = mmap(NULL, sizeof(*s) +
	    SLOTS * parts * sizeof(s->counts[0]), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (s == MAP_FAILED)
		return NULL;
	s->parts = parts;
	return s;
}

/* Never 0.  Where counters have 32 bits, two networks may be taken for one. */
static uint64_t
key_of(uint64_t network)
{
	counted key = (counted)network;

	if (sizeof(key) < sizeof(network))
		key ^= (counted)(network >> 32);
	return key != 0 ? key : 1;
}

uint64_t
sources_key(const struct sockaddr *addr)
{
	const struct sockaddr_in6 *sin6 = (const struct sockaddr_in6 *)addr;
	const struct sockaddr_in *sin = (const struct sockaddr_in *)addr;
	uint32_t four, network[2];

	if (addr->sa_family == AF_INET)
		return key_of(IPV4 | ntohl(sin->sin_addr.s_addr));
	if (addr->sa_family != AF_INET6)
		return 0;
	if (IN6_IS_ADDR_V4MAPPED(&sin6->sin6_addr)) {
		memcpy(&four, &sin6->sin6_addr.s6_addr[12], sizeof(four));
		return key_of(IPV4 | ntohl(four));
	}
	memcpy(network, &sin6->sin6_addr, sizeof(network));
	/* Of ::1 and its like it is 0. */
	return key_of((uint64_t)ntohl(network[0]) << 32 | ntohl(network[1]));
}

static size_t
place(const struct sources *s, unsigned part, size_t slot)
{
	return slot * s->parts + part;
}

static int64_t
total(const struct sources *s, size_t slot)
{
	int64_t sum = 0;

	for (unsigned part = 0; part < s->parts; part++)
		sum += atomic_load(&s->counts[place(s, part, slot)]);
	return sum;
}

static size_t
nth_slot(uint64_t key, size_t n)
{
	uint64_t state = key;

	return (size_t)(splitmix(&state) + n) % SLOTS;
}

/* Returns the slot of the source, or SLOTS. */
static size_t
find(const struct sources *s, uint64_t key)
{
	for (size_t n = 0; n < PROBES; n++) {
		size_t slot = nth_slot(key, n);
		uint64_t is = atomic_load(&s->keys[slot]);

		if (is == key)
			return slot;
		if (is == 0)
			break;
	}
	return SLOTS;
}

/* The slot of a source with no connections left may be taken over: slots become
 * free in no other way.  If two processes claim a slot, the second finds that
 * it is not the first. */
static size_t
claim(struct sources *s, uint64_t key)
{
	for (size_t n = 0; n < PROBES; n++) {
		size_t slot = nth_slot(key, n);
		counted is = atomic_load(&s->keys[slot]);

		if ((is == 0 || total(s, slot) == 0) &&
		    atomic_compare_exchange_strong(&s->keys[slot], &is,
		    (counted)key))
			return slot;
		if (is == key)
			return slot;
	}
	return SLOTS;
}

static void
add(struct sources *s, unsigned part, size_t slot, int n)
{
	atomic_fetch_add(&s->counts[place(s, part, slot)], n);
}

/* One that goes from a worker to another meanwhile may be seen twice: two looks
 * must agree. */
static int
is_more(const struct sources *s, size_t slot, int64_t max)
{
	int64_t before, now = total(s, slot);

	do {
		if (now <= max)
			return 0;
		before = now;
		now = total(s, slot);
	} while (now != before);
	return 1;
}

/* The connection is counted before the check, so that two workers checking at
 * the same time see each other's.  By then the slot may have become another's.
 * If that happens between our look at its key and our leaving, a count stays
 * with the wrong source until this worker ends.  It takes a source that comes
 * just as another's last connection ends, and puts no limit off by more than
 * one. */
int
sources_enter(struct sources *s, unsigned part, uint64_t key, uint64_t max)
{
	size_t slot;

	for (;;) {
		slot = find(s, key);
		if (slot == SLOTS)
			slot = claim(s, key);
		if (slot == SLOTS)
			return 1;
		add(s, part, slot, 1);
		if (atomic_load(&s->keys[slot]) == key)
			break;
		add(s, part, slot, -1);
	}
	if (!is_more(s, slot, (int64_t)max))
		return 1;
	add(s, part, slot, -1);
	return 0;
}

/* One that found no place in the table is not there. */
void
sources_leave(struct sources *s, unsigned part, uint64_t key)
{
	size_t slot = find(s, key);

	if (slot != SLOTS && atomic_load(&s->counts[place(s, part, slot)]) > 0)
		add(s, part, slot, -1);
}

void
sources_at_most(struct sources *s, unsigned part, uint64_t key, uint64_t most)
{
	size_t slot = find(s, key);
	int excess;

	if (slot == SLOTS)
		return;
	excess = atomic_load(&s->counts[place(s, part, slot)]) - (int)most;
	if (excess > 0)
		add(s, part, slot, -excess);
}

void
sources_part_gone(struct sources *s, unsigned part)
{
	for (size_t slot = 0; slot < SLOTS; slot++)
		if (atomic_load(&s->keys[slot]) != 0)
			atomic_store(&s->counts[place(s, part, slot)], 0);
}
