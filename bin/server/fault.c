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

const struct fault_row fault_rows[FAULT_KINDS] = {
	[FAULT_REFUSE] = { "refuse", "nobody listens",
	    KEY_WINDOW, 0, 0, 0, 0 },
	[FAULT_SLOW_ACCEPT] = { "slow-accept", "handshakes complete late [2s]",
	    KEY_WINDOW, 0, 0, 0, 0 },
	[FAULT_SYN_BLACKHOLE] = { "syn-blackhole", "handshakes never complete",
	    KEY_WINDOW, 0, 0, 0, 0 },
	[FAULT_ABORT] = { "abort", "reset at once, after accept",
	    AT_CONN, 0, 0, 0, 1 },
	[FAULT_FIN] = { "fin", "orderly close",
	    AT_BYTE, KEY_AFTER, 0, 0, 1 },
	[FAULT_RST] = { "rst", "reset",
	    AT_BYTE, KEY_AFTER, 0, 0, 1 },
	[FAULT_DIE] = { "die", "the process that serves is killed",
	    AT_BYTE, KEY_AFTER, 0, 0, 0 },
	[FAULT_SHUTDOWN] = { "shutdown", "the server gets a SIGTERM",
	    AT_BYTE, KEY_AFTER, 0, 0, 0 },
	[FAULT_HANG] = { "hang", "neither reads nor writes",
	    AT_BYTE, KEY_AFTER, 0, 0, 1 },
	[FAULT_ZERO_WINDOW] = { "zero-window",
	    "never reads, with a small receive buffer",
	    AT_BYTE, KEY_AFTER, 0, 0, 1 },
	[FAULT_SILENCE] = { "silence", "the host vanishes: no ACK",
	    AT_BYTE, KEY_AFTER, 0, 0, 1 },
	[FAULT_REBOOT] = { "reboot", "silence, then a reset on data",
	    AT_BYTE | KEY_TIME, KEY_TIME, 0, NSEC_PER_SEC, 1 },
	[FAULT_HALF_CLOSE] = { "half-close", "shuts its sending side, reads on",
	    AT_BYTE, KEY_AFTER, 0, 0, 1 },
	[FAULT_TRUNCATE] = { "truncate", "bytes are left out",
	    AT_BYTE | KEY_SIZE, KEY_SIZE, 1, 0, 1 },
	[FAULT_SURPLUS] = { "surplus", "extra bytes",
	    AT_BYTE | KEY_SIZE, KEY_SIZE, 1, 0, 1 },
	[FAULT_DUPLICATE] = { "duplicate", "bytes come twice",
	    AT_BYTE | KEY_SIZE, KEY_SIZE, 16, 0, 1 },
	[FAULT_CORRUPT] = { "corrupt", "a bit in each byte is flipped",
	    AT_BYTE | KEY_SIZE, KEY_SIZE, 1, 0, 1 },
	[FAULT_REORDER] = { "reorder", "bytes are swapped with those behind",
	    AT_BYTE | KEY_SIZE, KEY_SIZE, 8, 0, 1 },
	[FAULT_DELAY] = { "delay", "each echo waits [100ms]",
	    AT_BYTE | KEY_TIME, KEY_TIME, 0, 100 * NSEC_PER_MSEC, 1 },
	[FAULT_RATE] = { "rate", "so many bytes a second [64KiB/s]",
	    AT_BYTE | KEY_RATE, KEY_RATE, 0, 0, 1 },
	[FAULT_FRAGMENT] = { "fragment", "pieces of so many bytes [1]",
	    AT_BYTE | KEY_SIZE, KEY_SIZE, 1, 0, 1 },
	[FAULT_TRICKLE] = { "trickle", "a byte at a time [100ms]",
	    AT_BYTE | KEY_SIZE | KEY_TIME, KEY_TIME, 1, 100 * NSEC_PER_MSEC,
	    1 },
};

int
fault_is_of_tcp(enum fault_kind kind)
{
	static const char is[FAULT_KINDS] = {
		[FAULT_REFUSE] = 1, [FAULT_SLOW_ACCEPT] = 1,
		[FAULT_SYN_BLACKHOLE] = 1, [FAULT_ABORT] = 1, [FAULT_RST] = 1,
		[FAULT_SILENCE] = 1, [FAULT_REBOOT] = 1,
	};

	return is[kind];
}

static int
is_in_ranges(const struct fault *f, uint64_t number)
{
	for (unsigned i = 0; i < f->nconns; i++)
		if (f->conns[i].first <= number && number <= f->conns[i].last)
			return 1;
	return f->nconns == 0;
}

/* The bytes of an address, an IPv4 one also where it comes as an IPv6 one. */
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

/* Where in its period now is, and how long it has been on by then; less than 0:
 * it has not begun. */
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
	return f->kind <= FAULT_SYN_BLACKHOLE ||
	    ((f->kind == FAULT_SILENCE || f->kind == FAULT_REBOOT) &&
	    f->after == 0 && f->nconns == 0 && f->every == 0 &&
	    f->probability >= 1 && f->family == AF_UNSPEC);
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
