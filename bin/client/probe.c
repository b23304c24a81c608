/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "deadline.h"
#include "output.h"
#include "pattern.h"
#include "probe.h"
#include "quantity.h"
#include "unpwrap.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

struct tally {
	uint64_t	 sent, ok;	/* ok: or as expected */
	double		 least, most, all;	/* milliseconds */
	int		 status;
};

static int stop_pipe[2];

static void
stop(int signo)
{
	int saved = errno;
	ssize_t n = write(stop_pipe[1], "", 1);

	(void)signo;
	(void)n;	/* full: it says so already */
	errno = saved;
}

/* Returns what is readable once SIGINT has come. */
static int
catch_interrupt(void)
{
	/* SIGINT interrupts no output.  The second one ends the process, in
	 * case nobody reads the output or a name takes long. */
	struct sigaction action = { .sa_handler = stop,
	    .sa_flags = SA_RESTART | (int)SA_RESETHAND };

	Pipe(stop_pipe);
	fcntl(stop_pipe[1], F_SETFL, O_NONBLOCK);
	if (sigaction(SIGINT, &action, NULL) == -1)
		err_sys("SIGINT");
	return stop_pipe[0];
}

/* Returns -1 if it was stopped, else 0. */
static int
wait_until(int64_t moment, int stopfd)
{
	struct pollfd ready = { .fd = stopfd, .events = POLLIN };
	int left;

	do {
		left = deadline_left(moment);
		if (poll(&ready, 1, left) == 1)
			return -1;
	} while (left != 0);
	return 0;
}

static void
add(struct tally *t, double ms, int status)
{
	t->sent++;
	if (status != 0) {
		t->status = status;
		return;
	}
	if (t->ok == 0 || ms < t->least)
		t->least = ms;
	if (ms > t->most)
		t->most = ms;
	t->all += ms;
	t->ok++;
}

static void
put_probe(const struct outcome *o, const struct tally *t, double ms,
    const struct report_how *how)
{
	const struct expectation *e = &how->expectation;
	char text[VERDICT_TEXT_MAX];

	if (how->verbose)
		report_evidence(o);
	if (how->quiet)
		return;
	printf("seq=%" PRIu64 " %s %.2f ms", t->sent,
	    verdicts[o->verdict].token, ms);
	if (e->list != NULL && expect_status(e, o->verdict) != 0)
		printf(": expected %s, got %s", e->list,
		    verdict_text(o, text));
	else if (o->verdict != VERDICT_OK)
		printf(": %s", verdict_text(o, text));
	putchar('\n');
	flush_output();	/* who would read that is gone: so are we */
}

static void
put_summary(const struct tally *t, const struct expectation *e)
{
	printf("%" PRIu64 " sent, %" PRIu64 " %s, %" PRIu64 " failed", t->sent,
	    t->ok, e->list != NULL ? "as expected" : "ok", t->sent - t->ok);
	if (t->ok > 0)
		printf(", min/avg/max %.2f/%.2f/%.2f ms", t->least,
		    t->all / (double)t->ok, t->most);
	putchar('\n');
	flush_output();
}

static void
probe_once(const struct attempt *attempt, const struct report_how *report,
    struct tally *t)
{
	struct outcome o;
	double ms;
	int status;

	if (attempt_run(attempt, &o) == -1)
		return;
	ms = (double)(o.connect_ns + o.elapsed_ns) / (double)NSEC_PER_MSEC;
	status = expect_status(&report->expectation, o.verdict);
	add(t, ms, status);
	put_probe(&o, t, ms, report);
}

int
probe_run(const struct attempt *attempt, const struct probe_how *how,
    const struct report_how *report)
{
	struct attempt one = *attempt;
	struct tally t = { 0 };
	int64_t next = monotonic_ns();

	one.connect.stopfd = one.session.stopfd = catch_interrupt();
	for (uint64_t n = 0; how->count == 0 || n < how->count; n++) {
		if (wait_until(next, one.connect.stopfd) == -1)
			break;
		next = monotonic_ns() + how->interval_ns;
		probe_once(&one, report, &t);
		/* Bytes of another connection are then recognised. */
		one.session.seed = (one.session.seed + 1) & PATTERN_SEED_MAX;
	}
	put_summary(&t, &report->expectation);
	return t.status;
}
