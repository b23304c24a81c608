/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "prefork.h"

#include <errno.h>
#include <unistd.h>

#define READY_MS	1000	/* a worker this old has survived its start */

/* The child closes the supervisor's ends of all other stopfds: otherwise those
 * workers would not see the supervisor end. */
static void UNPWRAP_NORETURN
run_worker(struct supervisor *s, const struct slot *slot, const int fds[2],
    pid_t supervisor)
{
	struct unpwrap_worker worker = {
		.stopfd = fds[1],
		.slot = (unsigned)(slot - s->slots),
		.number = slot->number,
	};

	for (unsigned i = 0; i < s->nslots; i++)
		if (s->slots[i].fd != -1)
			close(s->slots[i].fd);
	close(fds[0]);
	prefork_worker_run(s->conf, &worker, supervisor);
}

static void
start_failed(struct supervisor *s, int error)
{
	s->start_at = monotonic_ms() + PREFORK_DELAY_MS;
	prefork_tell(s, (struct unpwrap_event){ .type = UNPWRAP_FORK_FAILED,
	    .error = error, .delay_ms = PREFORK_DELAY_MS });
}

static int
is_current(const struct supervisor *s, const struct slot *slot)
{
	return slot->generation == s->generation && prefork_is_up(slot);
}

/* The lowest one that no current worker has: that of the one it replaces. */
static unsigned
free_number(const struct supervisor *s)
{
	char taken[UNPWRAP_WORKERS_MAX] = { 0 };
	unsigned number = 0;

	for (unsigned i = 0; i < s->nslots; i++)
		if (is_current(s, &s->slots[i]))
			taken[s->slots[i].number] = 1;
	while (taken[number])
		number++;
	return number;
}

static void
start(struct supervisor *s, struct slot *slot)
{
	pid_t supervisor = getpid(), pid;
	int fds[2], error;

	if (socketpair_cloexec(fds) == -1) {
		start_failed(s, errno);
		return;
	}
	slot->number = free_number(s);
	/* No signal of ours may reach the child before its own dispositions. */
	prefork_signals_hold();
	pid = fork();
	error = errno;
	if (pid == 0)
		run_worker(s, slot, fds, supervisor);
	prefork_signals_release();
	close(fds[1]);
	if (pid == -1) {
		close(fds[0]);
		start_failed(s, error);
		return;
	}
	setpgid(pid, pid);	/* the child does the same: who is first */
	slot->state = SLOT_STARTING;
	slot->pid = pid;
	slot->fd = fds[0];
	slot->generation = s->generation;
	slot->due = monotonic_ms() + READY_MS;
	prefork_tell(s, (struct unpwrap_event){ .type = UNPWRAP_WORKER_STARTED,
	    .slot = (unsigned)(slot - s->slots), .pid = pid });
}

static struct slot *
free_slot(const struct supervisor *s)
{
	for (unsigned i = 0; i < s->nslots; i++)
		if (s->slots[i].state == SLOT_FREE)
			return &s->slots[i];
	return NULL;
}

void
prefork_start_missing(struct supervisor *s, int64_t now)
{
	unsigned wanted = s->conf->workers - s->finished, have = 0;
	struct slot *slot;

	for (unsigned i = 0; i < s->nslots; i++)
		have += is_current(s, &s->slots[i]);
	while (have++ < wanted && now >= s->start_at &&
	    (slot = free_slot(s)) != NULL)
		start(s, slot);
}
