/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * The connection machine.  The input: how it is transferred (a line of any
 * bytes), faults (a line each, up to an empty one), and what the client sends.
 * The simulation looks at each answer.
 */
#include "../simulation.h"
#include "fuzz.h"

#include <string.h>

#define STEPS	2000

static struct simulation s;

/* The bytes that steer, round and round. */
static const char *steer;
static size_t steer_len, steer_at;

static unsigned
next(void)
{
	if (steer_len == 0)
		return 255;
	return (unsigned char)steer[steer_at++ % steer_len];
}

static size_t
transfer(void *arg, size_t most)
{
	size_t n = next() + 1u;

	(void)arg;
	return n < most && n < 256 ? n : most;
}

static void
add_faults(char **rest)
{
	char why[WHY_MAX], *line;

	while ((line = strsep(rest, "\n")) != NULL && line[0] != '\0')
		(void)fault_parse(line, &s.plan, why);
}

static int
is_of_time(const struct fault *f)
{
	return f->kind < FAULT_TRUNCATE || f->kind > FAULT_REORDER;
}

/* Then what comes out is what went in, as far as it goes. */
static int
is_echo(void)
{
	for (unsigned i = 0; i < s.plan.n; i++)
		if (!is_of_time(&s.plan.faults[i]))
			return 0;
	return !s.in_band;
}

/* The first byte: whether clients may ask; whether faults are off; whether
 * there is a FIN; whether somebody plays with the switch and the clock. */
static int
play(unsigned how)
{
	if (s.steps > STEPS || !simulation_step(&s))
		return 0;
	if ((how & 8) != 0) {
		s.is_off ^= next() % 16 == 1;
		s.now += next();
	}
	return 1;
}

static void
set_input(char *text, size_t size)
{
	char *rest = text;

	steer = strsep(&rest, "\n");
	steer_len = strlen(steer);
	steer_at = 0;
	add_faults(&rest);
	if (rest == NULL)
		return;
	s.in = rest;
	s.in_len = size - (size_t)(rest - text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_string(data, size);
	unsigned how;

	memset(&s, 0, sizeof(s));
	s.in = "";
	set_input(text, size);
	how = next();
	s.in_band = (how & 1) != 0;
	s.is_off = (how & 2) != 0;
	s.has_closed = (how & 4) != 0;
	s.random = how;
	s.transfer = transfer;
	if (s.in_len < 8192) {
		simulation_start(&s);
		while (play(how))
			;
		if (s.wrong != NULL)
			fprintf(stderr, "%s\n", s.wrong);
		must(s.wrong == NULL);
		must(!is_echo() || (s.out_len <= s.in_len &&
		    memcmp(s.out, s.in, s.out_len) == 0));
		must(!is_echo() || s.want != WANT_CLOSE ||
		    s.connection.cause != CAUSE_CLOSED ||
		    s.out_len == s.in_len);
	}
	free(text);
	return 0;
}
