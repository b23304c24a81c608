/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "campaign.h"
#include "crew.h"
#include "deadline.h"
#include "descriptors.h"
#include "interrupts.h"
#include "moment.h"
#include "progress.h"
#include "quantity.h"
#include "unpwrap.h"

#include <sys/resource.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define OTHER_DESCRIPTORS	16	/* beside those of the loads */
#define GLANCE_NS	(50 * NSEC_PER_MSEC)
#define LATE_NS		NSEC_PER_SEC	/* a load that begins so late is not
					   one of a fleet */

/* Some loads open nothing before their time. */
static int
opens_at_once(const struct campaign *c)
{
	if (c->load.mode == LOAD_CHURN)
		return c->start_at == 0 && c->load.rate == 0;
	return c->start_at == 0 || c->load.ramp_ns == 0;
}

/* All addresses of a name are tried once.  The load then has the one that
 * answered and, if it opens at once, this connection.  Returns -1 if none
 * does. */
static int
find_server(const struct campaign *c, struct load_how *how,
    struct outcome *outcome)
{
	int fd = connect_endpoint(&c->endpoint, &c->connect, outcome);

	if (fd == -1)
		return -1;
	how->path.to = outcome->address;
	how->path.to_len = outcome->address_len;
	how->path.from = c->connect.origins.each;
	how->path.n_from = c->connect.origins.n;
	how->path.from_len = c->connect.origins.len;
	if (!opens_at_once(c)) {
		close(fd);
		return 0;
	}
	how->first = fd;
	how->first_ns = outcome->handshake_ns;
	return 0;
}

void
need_descriptors(const struct campaign *c, size_t n)
{
	size_t connections = n * c->load.connections;
	/* Each thread's engine has one, too. */
	size_t others = n * c->threads + OTHER_DESCRIPTORS;
	struct rlimit limit;

	raise_descriptor_limit();
	if (getrlimit(RLIMIT_NOFILE, &limit) == -1 ||
	    limit.rlim_cur >= connections + others)
		return;
	err_quit("%zu connections need %zu descriptors: this process may have "
	    "%llu (see ulimit -n)", connections, connections + others,
	    (unsigned long long)limit.rlim_cur);
}

/* The clock may be set while it waits: it is looked at again and again. */
static void
wait_for_start(const struct campaign *c, struct crew *crew)
{
	int64_t left = c->start_at - moment_now();
	int more = 1;

	if (left < 0)
		err_quit("--start-at: the time was over before the server was "
		    "found");
	while (more && left > 0 && user_interrupts == 0) {
		/* Turns so short that no load is late to see what has
		 * happened. */
		more = crew_wait(crew, left < NSEC_PER_MSEC ? left :
		    NSEC_PER_MSEC);
		left = c->start_at - moment_now();
	}
	if (user_interrupts > 0)
		err_quit("--start-at: interrupted before that time");
	if (left < -LATE_NS)
		err_quit("--start-at: that was %.1f s ago: the process stood "
		    "still, or the clock was set", -in_seconds(left));
}

static void
run(const struct campaign *c, struct crew *crew, struct load_sum *sum)
{
	struct progress_how how = { .stream = c->stream,
	    .interval_ns = c->interval_ns, .length_ns = c->run.time_ns == 0 ?
	    0 : c->run.omit_ns + c->run.time_ns };
	struct progress *progress = progress_new(&how);
	int more = 1;

	errno = crew_begin(crew, &c->run);
	if (errno != 0)
		err_sys("%zu threads", c->threads);
	while (more) {
		int64_t glance = monotonic_ns() + GLANCE_NS;
		int64_t at = progress_at(progress);

		more = crew_go_on(crew, at < glance ? at : glance);
		if (monotonic_ns() < at)
			continue;
		crew_look(crew, sum);
		progress_show(progress, sum);
	}
	memset(sum, 0, sizeof(*sum));
	crew_end(crew, sum);
	progress_end(progress, sum);
}

static void
describe(const struct campaign *c, struct result *r)
{
	r->mode = c->load.mode;
	r->connections = c->load.connections;
	r->depth = c->load.depth == 0 ? 1 : c->load.depth;
	r->length = c->load.length;
	r->length_max = c->load.length_max == 0 ? c->load.length :
	    c->load.length_max;
	r->rate = c->load.rate;
}

int
campaign_prepare(const struct campaign *c, struct load_how *how,
    struct result *r, const struct report_how *report_how, int *status)
{
	struct outcome outcome;

	*how = c->load;
	how->interrupts = &user_interrupts;
	if (find_server(c, how, &outcome) == -1) {
		report(&outcome, report_how);
		*status = expect_status(&report_how->expectation,
		    outcome.verdict);
		return -1;
	}
	snprintf(r->server, sizeof(r->server), "%s", outcome.where);
	describe(c, r);
	return 0;
}

int
campaign_run(const struct campaign *c, const struct report_how *how)
{
	struct result *r = calloc(1, sizeof(*r));
	struct load_how load_how;
	struct crew *crew;
	int status;

	if (r == NULL)
		err_sys("memory");
	need_descriptors(c, 1);
	if (campaign_prepare(c, &load_how, r, how, &status) == -1) {
		free(r);
		return status;
	}
	crew = crew_new(&load_how, c->threads);
	if (crew == NULL)
		err_sys("memory for %zu connections", load_how.connections);
	catch_interrupts();
	if (c->start_at != 0)
		wait_for_start(c, crew);
	run(c, crew, &r->sum);
	crew_close(crew);
	status = conclude(r, how, &c->conclude);
	free(r);
	return status;
}
