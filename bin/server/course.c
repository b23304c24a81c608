/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "course.h"
#include "in_band.h"
#include "quantity.h"
#include "strike.h"

#include <stdio.h>
#include <string.h>

#define LATE_NS		(50 * NSEC_PER_MSEC)	/* what a hold that ends late
						   has later ones make up for */
#define RATE_PIECES	20	/* a second: a rate goes in so many pieces */

void
course_start(struct course *r, const struct fault_plan *plan, uint32_t chosen,
    uint64_t random, struct fault_plan *asked)
{
	memset(r, 0, sizeof(*r));
	r->asked = asked;
	r->plan = plan;
	r->left = chosen;
	r->random = random;
}

static enum want
hold(struct connection *c, int64_t until)
{
	c->course->until = until;
	return WANT_HOLD;
}

/*
 * When.
 */

static int
is_left(const struct course *r, unsigned i)
{
	return (r->left >> i & 1) != 0;
}

static void
note(struct course *r, unsigned i)
{
	r->untold |= UINT32_C(1) << i;
	r->untold_at[i] = r->offset;
}

/* A fault strikes once "after" bytes are echoed; if that is 0, once the first
 * one is due.  One that needs bytes waits while some are to be left out. */
static int
is_due(const struct connection *c, const struct fault *f)
{
	const struct course *r = c->course;
	size_t due = r->filled - c->start - r->extra;
	size_t needs = strikes[f->kind].needs;

	return strikes[f->kind].strike != NULL && r->extra == 0 &&
	    r->offset >= f->after && due >= needs &&
	    (needs == 0 || r->drop == 0) &&
	    (due > 0 || f->after > 0 || strikes[f->kind].early) &&
	    fault_active(f, r->now);
}

static const struct fault *
take_due(struct connection *c)
{
	struct course *r = c->course;

	for (unsigned i = 0; i < r->plan->n; i++) {
		const struct fault *f = &r->plan->faults[i];

		if (!is_left(r, i) || !is_due(c, f))
			continue;
		r->left &= ~(UINT32_C(1) << i);
		note(r, i);
		return f;
	}
	return NULL;
}

/*
 * Right bytes, wrong time or shape.
 */

/* From its first time on it is told once. */
static void
begin_lasting(struct course *r, unsigned i)
{
	if ((r->begun >> i & 1) == 0)
		note(r, i);
	r->begun |= UINT32_C(1) << i;
}

/* Calls with each lasting fault that is at work now. */
static void
each_lasting(struct connection *c,
    void (*call)(struct connection *, const struct fault *, void *), void *arg)
{
	struct course *r = c->course;

	for (unsigned i = 0; i < r->plan->n; i++) {
		const struct fault *f = &r->plan->faults[i];

		if (!is_left(r, i) || strikes[f->kind].strike != NULL ||
		    r->offset < f->after || !fault_active(f, r->now))
			continue;
		begin_lasting(r, i);
		call(c, f, arg);
	}
}

static void
add_delay(struct connection *c, const struct fault *f, void *ready)
{
	if (f->kind == FAULT_DELAY)
		*(int64_t *)ready += strike_time(c->course, f);
}

static uint64_t
piece_of(const struct fault *f)
{
	if (f->kind == FAULT_RATE)
		return f->rate / RATE_PIECES > 0 ? f->rate / RATE_PIECES : 1;
	if (f->kind == FAULT_FRAGMENT || f->kind == FAULT_TRICKLE)
		return f->size;
	return UINT64_MAX;
}

static void
limit_piece(struct connection *c, const struct fault *f, void *most)
{
	(void)c;
	if (piece_of(f) < *(uint64_t *)most)
		*(uint64_t *)most = piece_of(f);
}

struct pause {
	size_t	 written;
	int64_t	 ns;
	int	 is_each;	/* it is never less */
};

static void
add_pause(struct connection *c, const struct fault *f, void *arg)
{
	struct pause *pause = arg;

	if (f->kind == FAULT_RATE)
		pause->ns += (int64_t)((double)pause->written /
		    (double)f->rate * (double)NSEC_PER_SEC);
	if (f->kind != FAULT_TRICKLE)
		return;
	pause->ns += strike_time(c->course, f);
	pause->is_each = 1;
}

/* How many bytes go before the fault can strike; 0: it could by now. */
static uint64_t
bytes_before(const struct course *r, const struct fault *f)
{
	if (f->after > r->offset)
		return f->after - r->offset + r->extra;
	return strikes[f->kind].strike != NULL ? r->extra : 0;
}

/* As far as bytes are to go at once: up to where the next fault strikes. */
static void
limit_to_fault(struct connection *c, uint64_t *most)
{
	const struct course *r = c->course;

	for (unsigned i = 0; i < r->plan->n; i++) {
		uint64_t n = bytes_before(r, &r->plan->faults[i]);

		if (is_left(r, i) && n > 0 && n < *most)
			*most = n;
	}
}

/*
 * The course.
 */

static enum want
go_on(struct connection *c)
{
	c->course->phase = COURSE_ECHO;
	return WANT_NOTHING;
}

static int
is_held(const struct course *r)
{
	return r->now >= 0 && r->now < r->held_until;
}

static enum want
in_hang(struct connection *c)
{
	return is_held(c->course) ? hold(c, c->course->held_until) : go_on(c);
}

static enum want
in_silence(struct connection *c)
{
	if (is_held(c->course))
		return hold(c, c->course->held_until);
	go_on(c);
	return WANT_APPEAR;
}

static enum want
in_down(struct connection *c)
{
	if (c->course->now >= 0 && c->course->now < c->course->not_before)
		return hold(c, c->course->not_before);
	c->course->phase = COURSE_UP;
	return WANT_SENSE;
}

static enum want
in_up(struct connection *c)
{
	(void)c;
	return WANT_SENSE;
}

static enum want
in_mute(struct connection *c)
{
	c->start = c->course->filled;
	c->course->extra = 0;
	return WANT_READ;
}

static enum want (*const phases[])(struct connection *) = {
	[COURSE_ECHO]		= go_on,
	[COURSE_HANG]		= in_hang,
	[COURSE_SILENCE]	= in_silence,
	[COURSE_DOWN]		= in_down,
	[COURSE_UP]		= in_up,
	[COURSE_MUTE]		= in_mute,
};

/* Of the stream, not of what was put before it.  Returns how many bytes. */
static uint64_t
leave_out(struct connection *c)
{
	struct course *r = c->course;
	uint64_t n = r->extra == 0 ? r->filled - c->start : 0;

	if (n > r->drop)
		n = r->drop;
	limit_to_fault(c, &n);
	c->start += (size_t)n;
	r->offset += n;
	r->drop -= n;
	return n;
}

static enum want
write_some(struct connection *c)
{
	struct course *r = c->course;
	uint64_t most = r->drop > 0 ? r->extra : r->filled - c->start;
	int64_t ready = r->now;

	if (!r->delayed) {
		r->delayed = 1;
		each_lasting(c, add_delay, &ready);
		if (ready > r->now && r->not_before < ready)
			r->not_before = ready;
	}
	if (r->now >= 0 && r->now < r->not_before)
		return hold(c, r->not_before);
	limit_to_fault(c, &most);
	each_lasting(c, limit_piece, &most);
	c->end = c->start + (size_t)most;
	return WANT_WRITE;
}

enum want
course_next(struct connection *c)
{
	struct course *r = c->course;
	const struct fault *f;
	enum want want;

	for (;;) {
		want = phases[r->phase](c);
		if (want != WANT_NOTHING)
			return want;
		f = take_due(c);
		if (f == NULL && leave_out(c) > 0)
			continue;
		if (f == NULL)
			break;
		want = strikes[f->kind].strike(c, f);
		if (want != WANT_NOTHING)
			return want;
	}
	return c->start == r->filled ? WANT_READ : write_some(c);
}

/*
 * What the client asks for.
 */

/* The line is echoed as any other, so that any client may send it; its bytes
 * are not counted. */
static void
grant(struct connection *c, size_t len)
{
	c->course->plan = c->course->asked;
	c->course->left = (UINT32_C(1) << c->course->asked->n) - 1;
	c->course->extra = len;
}

/* In place of its echo. */
static void
deny(struct connection *c, size_t len, const char *why)
{
	char answer[WHY_MAX + sizeof("!fault: \n")];
	size_t n = (size_t)snprintf(answer, sizeof(answer), "!fault: %s\n",
	    why);

	c->start += len;
	strike_room(c, n);
	memcpy(c->buffer + c->start, answer, n);
}

/* Returns whether more is to be read first. */
static int
hear(struct connection *c)
{
	struct course *r = c->course;
	const char *line = c->buffer + c->start;
	size_t len = 0, n = r->filled - c->start;
	char why[WHY_MAX];
	int is;

	if (r->asked == NULL)
		return 0;
	is = in_band_line(line, n, &len);
	if (is == -1)
		return 1;
	if (is == 1 && in_band_parse(line, len, r->now, r->asked, why) == 0)
		grant(c, len);
	else if (is == 1)
		deny(c, len, why);
	r->asked = NULL;
	return 0;
}

size_t
course_room(const struct connection *c)
{
	return c->course->asked != NULL && c->start < c->course->filled ?
	    c->course->filled : COURSE_ROOM;
}

enum want
course_begin(struct connection *c)
{
	c->start = c->course->filled = COURSE_ROOM;
	return course_next(c);
}

enum want
course_read(struct connection *c, size_t n)
{
	struct course *r = c->course;

	if (r->phase == COURSE_UP)
		return strike_end(c, WANT_RESET);
	if (n == 0 && c->start == r->filled) {
		c->cause = r->phase == COURSE_MUTE ? CAUSE_FAULT :
		    CAUSE_CLOSED;
		return WANT_CLOSE;
	}
	r->filled = course_room(c) + n;
	c->start = COURSE_ROOM;
	r->delayed = 0;
	strike_flip(c);
	if (n == 0)
		r->asked = NULL;	/* the line will not be completed */
	return hear(c) ? WANT_READ : course_next(c);
}

enum want
course_wrote(struct connection *c, size_t n)
{
	struct course *r = c->course;
	size_t extra = n < r->extra ? n : r->extra;
	struct pause pause = { .written = n };

	each_lasting(c, add_pause, &pause);
	if (pause.is_each || r->now - r->not_before > LATE_NS)
		r->not_before = r->now;
	r->not_before += pause.ns;
	c->start += n;
	r->extra -= extra;
	r->offset += n - extra;
	return course_next(c);
}

const struct fault *
course_struck(struct course *r, uint64_t *offset)
{
	unsigned i = 0;

	if (r->untold == 0)
		return NULL;
	while ((r->untold >> i & 1) == 0)
		i++;
	r->untold &= ~(UINT32_C(1) << i);
	*offset = r->untold_at[i];
	return &r->plan->faults[i];
}
