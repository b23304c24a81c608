/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "fault.h"
#include "quantity.h"
#include "splitmix.h"

#include <netinet/in.h>

#include <string.h>

#define AT_CONN		(KEY_SELECT | KEY_WINDOW)
#define AT_BYTE		(KEY_AFTER | AT_CONN)
#define LISTENER	(FAULT_OF_LISTENER | FAULT_OF_TCP)
#define VANISHES	(FAULT_VANISHES | FAULT_OF_TCP | FAULT_IN_BAND)

const struct fault_row fault_rows[FAULT_KINDS] = {
	[FAULT_REFUSE] = { "refuse", "nobody listens",
	    .keys = KEY_WINDOW, .traits = LISTENER },
	[FAULT_SLOW_ACCEPT] = { "slow-accept", "handshakes complete late [2s]",
	    .keys = KEY_WINDOW, .traits = LISTENER,
	    .for_ns = 2 * NSEC_PER_SEC },
	[FAULT_SYN_BLACKHOLE] = { "syn-blackhole", "handshakes never complete",
	    .keys = KEY_WINDOW, .traits = LISTENER },
	[FAULT_ABORT] = { "abort", "reset at once, after accept",
	    .keys = AT_CONN, .traits = FAULT_OF_TCP | FAULT_IN_BAND },
	[FAULT_FIN] = { "fin", "orderly close",
	    .keys = AT_BYTE, .main = KEY_AFTER, .traits = FAULT_IN_BAND },
	[FAULT_RST] = { "rst", "reset",
	    .keys = AT_BYTE, .main = KEY_AFTER,
	    .traits = FAULT_OF_TCP | FAULT_IN_BAND },
	[FAULT_DIE] = { "die", "the process that serves is killed",
	    .keys = AT_BYTE, .main = KEY_AFTER },
	[FAULT_SHUTDOWN] = { "shutdown", "the server gets a SIGTERM",
	    .keys = AT_BYTE, .main = KEY_AFTER },
	[FAULT_HANG] = { "hang", "neither reads nor writes",
	    .keys = AT_BYTE, .main = KEY_AFTER,
	    .traits = FAULT_HOLDS | FAULT_IN_BAND },
	[FAULT_ZERO_WINDOW] = { "zero-window",
	    "never reads, with a small receive buffer",
	    .keys = AT_BYTE, .main = KEY_AFTER,
	    .traits = FAULT_HOLDS | FAULT_IN_BAND },
	[FAULT_SILENCE] = { "silence", "the host vanishes: no ACK",
	    .keys = AT_BYTE, .main = KEY_AFTER,
	    .traits = FAULT_HOLDS | VANISHES },
	[FAULT_REBOOT] = { "reboot", "silence, then a reset on data [1s]",
	    .keys = AT_BYTE | KEY_TIME, .main = KEY_TIME, .traits = VANISHES,
	    .time_ns = NSEC_PER_SEC },
	[FAULT_HALF_CLOSE] = { "half-close", "shuts its sending side, reads on",
	    .keys = AT_BYTE, .main = KEY_AFTER, .traits = FAULT_IN_BAND },
	[FAULT_TRUNCATE] = { "truncate", "bytes are left out",
	    .keys = AT_BYTE | KEY_SIZE, .main = KEY_SIZE,
	    .traits = FAULT_IN_BAND, .size = 1 },
	[FAULT_SURPLUS] = { "surplus", "extra bytes",
	    .keys = AT_BYTE | KEY_SIZE, .main = KEY_SIZE,
	    .traits = FAULT_IN_BAND, .size = 1 },
	[FAULT_DUPLICATE] = { "duplicate", "bytes come twice",
	    .keys = AT_BYTE | KEY_SIZE, .main = KEY_SIZE,
	    .traits = FAULT_IN_BAND, .size = 16 },
	[FAULT_CORRUPT] = { "corrupt", "a bit in each byte is flipped",
	    .keys = AT_BYTE | KEY_SIZE, .main = KEY_SIZE,
	    .traits = FAULT_IN_BAND, .size = 1 },
	[FAULT_REORDER] = { "reorder", "bytes are swapped with those behind",
	    .keys = AT_BYTE | KEY_SIZE, .main = KEY_SIZE,
	    .traits = FAULT_IN_BAND, .size = 8 },
	[FAULT_DELAY] = { "delay", "each echo waits [100ms]",
	    .keys = AT_BYTE | KEY_TIME, .main = KEY_TIME,
	    .traits = FAULT_IN_BAND, .time_ns = 100 * NSEC_PER_MSEC },
	[FAULT_RATE] = { "rate", "so many bytes a second [64KiB/s]",
	    .keys = AT_BYTE | KEY_RATE, .main = KEY_RATE,
	    .traits = FAULT_IN_BAND, .rate = 65536 },
	[FAULT_FRAGMENT] = { "fragment", "pieces of so many bytes [1]",
	    .keys = AT_BYTE | KEY_SIZE, .main = KEY_SIZE,
	    .traits = FAULT_IN_BAND, .size = 1 },
	[FAULT_TRICKLE] = { "trickle", "a byte at a time [100ms]",
	    .keys = AT_BYTE | KEY_SIZE | KEY_TIME, .main = KEY_TIME,
	    .traits = FAULT_IN_BAND, .size = 1,
	    .time_ns = 100 * NSEC_PER_MSEC },
};

int
fault_is(enum fault_kind kind, unsigned trait)
{
	return (fault_rows[kind].traits & trait) != 0;
}

static int
is_in_ranges(const struct fault *f, uint64_t number)
{
	for (unsigned i = 0; i < f->nconns; i++)
		if (f->conns[i].first <= number && number <= f->conns[i].last)
			return 1;
	return f->nconns == 0;
}

/* The family and bytes of an address; an IPv4-mapped IPv6 one is IPv4. */
static int
address_bytes(const struct sockaddr *addr, const unsigned char **bytes)
{
	static const unsigned char mapped[12] = {
		[10] = 0xff, [11] = 0xff
	};

	if (addr->sa_family == AF_INET) {
		*bytes = (const void *)&((const struct sockaddr_in *)addr)->
		    sin_addr;
		return AF_INET;
	}
	if (addr->sa_family != AF_INET6)
		return AF_UNSPEC;
	*bytes = (const void *)&((const struct sockaddr_in6 *)addr)->sin6_addr;
	if (memcmp(*bytes, mapped, sizeof(mapped)) != 0)
		return AF_INET6;
	*bytes += sizeof(mapped);
	return AF_INET;
}

static int
is_from(const struct fault *f, const struct sockaddr *client)
{
	unsigned whole = f->prefix / 8, rest = f->prefix % 8;
	const unsigned char *bytes;

	if (f->family == AF_UNSPEC)
		return 1;
	if (address_bytes(client, &bytes) != f->family ||
	    memcmp(bytes, f->source, whole) != 0)
		return 0;
	return rest == 0 || (bytes[whole] ^ f->source[whole]) >> (8 - rest) ==
	    0;
}

static int
is_drawn(const struct fault *f, uint64_t draw)
{
	/* 53 bits: what a double holds exactly. */
	return (double)(draw >> 11) / 9007199254740992. < f->probability;
}

/* Every fault draws, or the choice by one would depend on another. */
uint32_t
fault_choose(const struct fault_plan *plan, uint64_t number,
    const struct sockaddr *client)
{
	uint64_t random = splitmix_start(plan->seed, number);
	uint32_t chosen = 0;

	for (unsigned i = 0; i < plan->n; i++) {
		const struct fault *f = &plan->faults[i];
		int drawn = is_drawn(f, splitmix(&random));

		if ((fault_rows[f->kind].keys & KEY_SELECT) != 0 && drawn &&
		    is_in_ranges(f, number) &&
		    (f->every == 0 || number % f->every == 0) &&
		    is_from(f, client))
			chosen |= UINT32_C(1) << i;
	}
	return chosen;
}

/* How far now is into the fault's period, at whose start it goes on; less than
 * 0: it has not begun. */
static int64_t
since_on(const struct fault *f, int64_t now)
{
	now -= f->from_ns;
	return now < 0 || f->period_ns == 0 ? now : now % f->period_ns;
}

int
fault_active(const struct fault *f, int64_t now)
{
	int64_t on = since_on(f, now);

	return on >= 0 && (f->for_ns == 0 || on < f->for_ns);
}

int64_t
fault_changes(const struct fault *f, int64_t now)
{
	int64_t on = since_on(f, now);

	if (on < 0)
		return f->from_ns;
	if (f->for_ns == 0)
		return INT64_MAX;
	if (on < f->for_ns)
		return now - on + f->for_ns;
	return f->period_ns == 0 ? INT64_MAX : now - on + f->period_ns;
}

/* A host that vanishes for every client, from the first byte on, has to do so
 * before there is a connection to choose: the kernel acknowledges what comes
 * while a connection waits for accept(2). */
static int
is_of_listener(const struct fault *f)
{
	return fault_is(f->kind, FAULT_OF_LISTENER) ||
	    (fault_is(f->kind, FAULT_VANISHES) && f->after == 0 &&
	    f->nconns == 0 && f->every == 0 && f->probability >= 1 &&
	    f->family == AF_UNSPEC);
}

int
fault_has_listener(const struct fault_plan *plan)
{
	for (unsigned i = 0; i < plan->n; i++)
		if (is_of_listener(&plan->faults[i]))
			return 1;
	return 0;
}

const struct fault *
fault_of_listener(const struct fault_plan *plan, int64_t now)
{
	for (unsigned i = 0; i < plan->n; i++)
		if (is_of_listener(&plan->faults[i]) &&
		    fault_active(&plan->faults[i], now))
			return &plan->faults[i];
	return NULL;
}
