/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "splitmix.h"
#include "strike.h"

#include <string.h>

enum want
strike_end(struct connection *c, enum want how)
{
	c->cause = CAUSE_FAULT;
	return how;
}

int64_t
strike_time(struct course *r, const struct fault *f)
{
	if (f->jitter_ns == 0)
		return f->time_ns;
	return f->time_ns - f->jitter_ns + (int64_t)(splitmix(&r->random) %
	    (2 * (uint64_t)f->jitter_ns + 1));
}

/*
 * A function for each, and their table.
 */

static enum want
strike_fin(struct connection *c, const struct fault *f)
{
	(void)f;
	return strike_end(c, WANT_FINISH);
}

static enum want
strike_rst(struct connection *c, const struct fault *f)
{
	(void)f;
	return strike_end(c, WANT_RESET);
}

static enum want
strike_die(struct connection *c, const struct fault *f)
{
	(void)f;
	return strike_end(c, WANT_DIE);
}

static enum want
strike_shutdown(struct connection *c, const struct fault *f)
{
	(void)c, (void)f;
	return WANT_STOP;
}

/* To the end of the window in which it strikes: the next one is no other. */
static enum want
strike_hang(struct connection *c, const struct fault *f)
{
	c->course->held_until = fault_changes(f, c->course->now);
	c->course->phase = COURSE_HANG;
	return WANT_NOTHING;
}

static enum want
strike_zero_window(struct connection *c, const struct fault *f)
{
	strike_hang(c, f);
	return WANT_NARROW;
}

static enum want
strike_silence(struct connection *c, const struct fault *f)
{
	c->course->held_until = fault_changes(f, c->course->now);
	c->course->phase = COURSE_SILENCE;
	return WANT_VANISH;
}

static enum want
strike_reboot(struct connection *c, const struct fault *f)
{
	c->course->phase = COURSE_DOWN;
	c->course->not_before = c->course->now + strike_time(c->course, f);
	return WANT_VANISH;
}

static enum want
strike_half_close(struct connection *c, const struct fault *f)
{
	(void)f;
	c->course->phase = COURSE_MUTE;
	return WANT_HALF_CLOSE;
}

static enum want
strike_truncate(struct connection *c, const struct fault *f)
{
	c->course->drop = f->size;
	return WANT_NOTHING;
}

size_t
strike_room(struct connection *c, uint64_t n)
{
	if (c->start == c->course->filled)
		c->start = c->course->filled = COURSE_ROOM;
	if (n > c->start)
		n = c->start;
	c->start -= (size_t)n;
	c->course->extra += (size_t)n;
	return (size_t)n;
}

static enum want
strike_surplus(struct connection *c, const struct fault *f)
{
	size_t n = strike_room(c, f->size);

	memset(c->buffer + c->start, '+', n);
	return WANT_NOTHING;
}

static enum want
strike_duplicate(struct connection *c, const struct fault *f)
{
	size_t held = c->course->filled - c->start;
	size_t n = strike_room(c, f->size < held ? f->size : held);

	memcpy(c->buffer + c->start, c->buffer + c->start + n, n);
	return WANT_NOTHING;
}

void
strike_flip(struct connection *c)
{
	struct course *r = c->course;

	for (size_t i = c->start; r->flip > 0 && i < r->filled; i++, r->flip--)
		c->buffer[i] ^= (char)(1 << splitmix(&r->random) % 8);
}

static enum want
strike_corrupt(struct connection *c, const struct fault *f)
{
	c->course->flip = f->size;
	strike_flip(c);
	return WANT_NOTHING;
}

/* Swaps the halves of the next 2 * size bytes, or of as many as are there. */
static enum want
strike_reorder(struct connection *c, const struct fault *f)
{
	size_t n = (c->course->filled - c->start) / 2;
	char *one = c->buffer + c->start, keep;

	if (n > f->size)
		n = (size_t)f->size;
	for (size_t i = 0; i < n; i++) {
		keep = one[i];
		one[i] = one[n + i];
		one[n + i] = keep;
	}
	return WANT_NOTHING;
}

const struct strike strikes[FAULT_KINDS] = {
	[FAULT_ABORT]		= { strike_rst, 0, 1 },
	[FAULT_FIN]		= { strike_fin, 0, 0 },
	[FAULT_RST]		= { strike_rst, 0, 0 },
	[FAULT_DIE]		= { strike_die, 0, 0 },
	[FAULT_SHUTDOWN]	= { strike_shutdown, 0, 0 },
	[FAULT_HANG]		= { strike_hang, 0, 1 },
	[FAULT_ZERO_WINDOW]	= { strike_zero_window, 0, 1 },
	[FAULT_SILENCE]		= { strike_silence, 0, 1 },
	[FAULT_REBOOT]		= { strike_reboot, 0, 1 },
	[FAULT_HALF_CLOSE]	= { strike_half_close, 0, 0 },
	[FAULT_TRUNCATE]	= { strike_truncate, 1, 0 },
	[FAULT_SURPLUS]		= { strike_surplus, 0, 0 },
	[FAULT_DUPLICATE]	= { strike_duplicate, 1, 0 },
	[FAULT_CORRUPT]		= { strike_corrupt, 1, 0 },
	[FAULT_REORDER]		= { strike_reorder, 2, 0 },
};
