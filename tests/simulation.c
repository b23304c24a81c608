/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "simulation.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a machine may want in a row without a byte or a nanosecond going on:
 * each fault a few things. */
#define IDLE_STEPS	(4 * FAULTS_MAX)

const char simulation_letters[] = {
	[WANT_READ] = 'r', [WANT_WRITE] = 'w', [WANT_FINISH] = 'F',
	[WANT_CLOSE] = 'C', [WANT_RESET] = 'R', [WANT_HOLD] = 'H',
	[WANT_DIE] = 'D', [WANT_STOP] = 'S', [WANT_HALF_CLOSE] = 'h',
	[WANT_NARROW] = 'N', [WANT_VANISH] = 'V', [WANT_APPEAR] = 'A',
	[WANT_SENSE] = 's', [WANT_NOTHING] = '-',
};

static int
wrong(struct simulation *s, const char *what)
{
	s->wrong = what;
	return 0;
}

void
simulation_fault(struct simulation *s, const char *text)
{
	char why[WHY_MAX];

	if (fault_parse(text, &s->plan, why) == 0)
		return;
	fprintf(stderr, "%s: %s\n", text, why);
	abort();
}

static void
tell_time(struct simulation *s)
{
	s->course.now = s->is_off ? -1 : s->now;
}

/* What every answer of the machine promises. */
static void
look_at(struct simulation *s)
{
	const struct connection *c = &s->connection;
	const struct course *r = &s->course;

	if (r->filled > sizeof(s->buffer) || c->start > r->filled)
		wrong(s, "more is held than was read");
	else if (r->extra > r->filled - c->start)
		wrong(s, "more is extra than is held");
	else if (s->want == WANT_WRITE &&
	    (c->start >= c->end || c->end > r->filled))
		wrong(s, "a write of nothing, or outside the buffer");
	else if (s->want == WANT_READ &&
	    connection_room(c) >= sizeof(s->buffer))
		wrong(s, "no room to read");
	else if (s->want == WANT_READ && c->start < r->filled &&
	    r->asked == NULL)
		wrong(s, "a read while bytes are due");
	else if (s->want == WANT_HOLD && r->until <= r->now)
		wrong(s, "held until what is over");
	else if (s->want == WANT_HOLD && s->is_off)
		wrong(s, "held although faults are switched off");
}

static void
append(char *text, size_t size, const char *more)
{
	strncat(text, more, size - strlen(text) - 1);
}

static void
answered(struct simulation *s, enum want want)
{
	char text[64] = { simulation_letters[want] };
	const struct fault *f;
	uint64_t offset;

	s->want = want;
	s->steps++;
	if (want != WANT_READ && want != WANT_WRITE)
		append(s->wants, sizeof(s->wants), text);
	while ((f = course_struck(&s->course, &offset)) != NULL) {
		snprintf(text, sizeof(text), "%s@%llu ",
		    fault_rows[f->kind].name, (unsigned long long)offset);
		append(s->struck, sizeof(s->struck), text);
	}
	look_at(s);
}

void
simulation_start(struct simulation *s)
{
	uint32_t all = s->plan.n == FAULTS_MAX ? UINT32_MAX :
	    (UINT32_C(1) << s->plan.n) - 1;

	memset(&s->course, 0xff, sizeof(s->course));
	course_start(&s->course, &s->plan, all, s->random,
	    s->in_band ? &s->asked : NULL);
	tell_time(s);
	answered(s, connection_start(&s->connection, &s->course, s->buffer));
}

static size_t
transfer(struct simulation *s, size_t most)
{
	return s->transfer == NULL ? most : s->transfer(s->arg, most);
}

static int
carry_read(struct simulation *s)
{
	size_t room = connection_room(&s->connection);
	size_t n = s->in_len - s->in_read;

	if (n == 0 && !s->has_closed)
		return 0;
	if (n > sizeof(s->buffer) - room)
		n = sizeof(s->buffer) - room;
	if (n > 0)
		n = transfer(s, n);
	memcpy(s->buffer + room, s->in + s->in_read, n);
	s->in_read += n;
	s->idle_steps = 0;
	tell_time(s);
	answered(s, connection_read(&s->connection, n));
	return 1;
}

static int
carry_write(struct simulation *s)
{
	size_t start = s->connection.start;
	size_t n = transfer(s, s->connection.end - start);

	if (n > sizeof(s->out) - s->out_len)
		return wrong(s, "more comes out than was asked for");
	memcpy(s->out + s->out_len, s->buffer + start, n);
	s->writes++;
	if (s->longest < n)
		s->longest = n;
	s->out_len += n;
	s->idle_steps = 0;
	tell_time(s);
	answered(s, connection_wrote(&s->connection, n));
	return 1;
}

static int
carry_hold(struct simulation *s)
{
	if (s->course.until == INT64_MAX && !s->is_off)
		return 0;
	if (!s->is_off)
		s->now = s->course.until + s->late;
	s->idle_steps = 0;
	tell_time(s);
	answered(s, connection_done(&s->connection));
	return 1;
}

/* Something came, the client's FIN as well, and was not let in. */
static int
carry_sense(struct simulation *s)
{
	if (s->in_read == s->in_len && !s->has_closed)
		return 0;
	tell_time(s);
	answered(s, connection_read(&s->connection, 1));
	return 1;
}

static int
carry_other(struct simulation *s)
{
	tell_time(s);
	answered(s, connection_done(&s->connection));
	return 1;
}

static int
carry_end(struct simulation *s)
{
	(void)s;
	return 0;
}

static int (*const carry_out[])(struct simulation *) = {
	[WANT_READ]	= carry_read,
	[WANT_WRITE]	= carry_write,
	[WANT_FINISH]	= carry_end,
	[WANT_CLOSE]	= carry_end,
	[WANT_RESET]	= carry_end,
	[WANT_HOLD]	= carry_hold,
	[WANT_DIE]	= carry_end,
	[WANT_STOP]	= carry_other,
	[WANT_HALF_CLOSE] = carry_other,
	[WANT_NARROW]	= carry_other,
	[WANT_VANISH]	= carry_other,
	[WANT_APPEAR]	= carry_other,
	[WANT_SENSE]	= carry_sense,
	[WANT_NOTHING]	= carry_end,
};

int
simulation_step(struct simulation *s)
{
	if (s->wrong == NULL && s->idle_steps++ > IDLE_STEPS)
		wrong(s, "it goes round and nothing goes on");
	return s->wrong == NULL && carry_out[s->want](s) && s->wrong == NULL;
}

void
simulation_run(struct simulation *s)
{
	while (simulation_step(s))
		;
}
