/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

#include <sys/wait.h>

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#define READY_MS	1000	/* so old, a worker has survived its start */
#define DELAY_FIRST_MS	100	/* between failing starts: doubled each time */
#define DELAY_MAX_MS	5000
#define DEATHS_PER_SEC	64	/* of ready workers, until starts are delayed */
#define NEVER		INT64_MAX

enum slot_state {
	SLOT_FREE,
	SLOT_STARTING,		/* not yet known to have survived its start */
	SLOT_READY,
	SLOT_LEAVING,		/* finishing: its replacement is due */
	SLOT_KILLED
};

struct slot {
	enum slot_state state;
	pid_t	 pid;
	int	 fd;		/* its end of the worker's stopfd; -1: closed */
	unsigned generation;
	unsigned number;	/* the worker's */
	int64_t	 due;		/* STARTING: is ready then; LEAVING: is killed
				   then; otherwise NEVER */
};

struct supervisor {
	const struct unpwrap_prefork *conf;
	struct slot *slots;	/* nslots of them */
	struct pollfd *ready;	/* room for one more */
	unsigned nslots;
	unsigned generation;	/* SIGHUP begins a new one */
	int64_t	 start_at;	/* no worker is started before */
	unsigned failures;	/* starts in a row that failed */
	int64_t	 second;	/* in which there were so many */
	unsigned deaths;	/* deaths of workers that were ready */
	unsigned finished;	/* once: workers that need no replacement */
	int	 stopping;
	int	 killed;	/* a worker, while stopping */
	int	 error;		/* why we stop; 0: we were asked to */
};

static void
tell(const struct supervisor *s, struct unpwrap_event event)
{
	if (s->conf->event != NULL)
		s->conf->event(&event, s->conf->arg);
}

static unsigned
count(const struct supervisor *s, enum slot_state state)
{
	unsigned n = 0;

	for (unsigned i = 0; i < s->nslots; i++)
		n += s->slots[i].state == state;
	return n;
}

/* Serving, as far as we know. */
static int
is_up(const struct slot *slot)
{
	return slot->state == SLOT_STARTING || slot->state == SLOT_READY;
}

/*
 * Ending workers.
 */

/* The worker finds the end of a file in stopfd; we still hear what it says. */
static void
let_leave(struct supervisor *s, struct slot *slot)
{
	slot->state = SLOT_LEAVING;
	slot->due = monotonic_ms() + s->conf->drain_ms;
	if (slot->fd != -1)
		shutdown(slot->fd, SHUT_WR);
}

/* Its whole process group: a worker may have children. */
static void
kill_slot(struct supervisor *s, struct slot *slot)
{
	tell(s, (struct unpwrap_event){ .type = UNPWRAP_WORKER_KILLED,
	    .slot = (unsigned)(slot - s->slots), .pid = slot->pid });
	if (s->stopping)
		s->killed = 1;
	slot->state = SLOT_KILLED;
	slot->due = NEVER;
	if (kill(-slot->pid, SIGKILL) == -1)
		kill(slot->pid, SIGKILL);	/* not yet a group leader */
}

static void
stop(struct supervisor *s)
{
	s->stopping = 1;
	for (unsigned i = 0; i < s->nslots; i++)
		if (is_up(&s->slots[i]))
			let_leave(s, &s->slots[i]);
}

static void
stop_at_once(struct supervisor *s)
{
	s->stopping = 1;
	for (unsigned i = 0; i < s->nslots; i++)
		if (s->slots[i].state != SLOT_FREE &&
		    s->slots[i].state != SLOT_KILLED)
			kill_slot(s, &s->slots[i]);
}

/* A worker that ended before it was ready, and was not told to end.  Those
 * that were started with it and end before the next start are one failure with
 * it. */
static void
failed_at_start(struct supervisor *s)
{
	unsigned shift = s->failures < 16 ? s->failures : 16;
	int64_t delay = (int64_t)DELAY_FIRST_MS << shift;

	if (monotonic_ms() < s->start_at)
		return;
	if (delay > DELAY_MAX_MS)
		delay = DELAY_MAX_MS;
	s->failures++;
	if (s->conf->failures_max != 0 && count(s, SLOT_READY) == 0 &&
	    s->failures >= s->conf->failures_max) {
		s->error = ECHILD;
		stop(s);
		return;
	}
	s->start_at = monotonic_ms() + delay;
	tell(s, (struct unpwrap_event){ .type = UNPWRAP_WORKER_DELAYED,
	    .delay_ms = (unsigned)delay });
}

/* One that had served is replaced at once: its clients wait.  But what makes
 * many of them die must not make us fork without end. */
static void
died_later(struct supervisor *s)
{
	int64_t now = monotonic_ms();

	if (now / 1000 != s->second) {
		s->second = now / 1000;
		s->deaths = 0;
	}
	if (++s->deaths > DEATHS_PER_SEC)
		s->start_at = now + DELAY_FIRST_MS;
}

static void
ended(struct supervisor *s, struct slot *slot, int status)
{
	enum slot_state state = slot->state;

	if (slot->fd != -1)
		close(slot->fd);
	slot->fd = -1;
	slot->state = SLOT_FREE;
	slot->due = NEVER;
	tell(s, (struct unpwrap_event){ .type = UNPWRAP_WORKER_ENDED,
	    .slot = (unsigned)(slot - s->slots), .pid = slot->pid,
	    .status = status, .signo = state == SLOT_KILLED ? SIGKILL : 0 });
	if (s->stopping || (state != SLOT_STARTING && state != SLOT_READY))
		return;		/* it was to end */
	if (s->conf->once && status == 0)
		s->finished++;
	else if (state == SLOT_STARTING)
		failed_at_start(s);
	else
		died_later(s);
}

static void
became_ready(struct supervisor *s, struct slot *slot)
{
	slot->state = SLOT_READY;
	slot->due = NEVER;
	s->failures = 0;
}

static void
hear(struct supervisor *s, struct slot *slot)
{
	char said[16];
	ssize_t n;

	if (slot->fd == -1)
		return;
	n = recv(slot->fd, said, sizeof(said), MSG_DONTWAIT);
	if (n == 0 || (n == -1 && errno != EINTR && errno != EAGAIN)) {
		close(slot->fd);	/* it closed its end: SIGCHLD follows */
		slot->fd = -1;
	}
	for (ssize_t i = 0; i < n; i++) {
		if (said[i] == WORKER_IS_READY && slot->state == SLOT_STARTING)
			became_ready(s, slot);
		if (said[i] == WORKER_RETIRES && !s->conf->once)
			slot->generation = s->generation - 1;
	}
}

/* Nothing that a worker started outlives it.  While the worker is a zombie its
 * pid can be nobody else's, nor its group's.  ECHILD: the caller has reaped it,
 * and its pid may be another's by now. */
static int
has_ended(pid_t pid, int *status)
{
	siginfo_t info = { .si_pid = 0 };

	*status = 0;
	if (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == -1)
		return errno == ECHILD;
	if (info.si_pid != pid)
		return 0;
	kill(-pid, SIGKILL);
	waitpid(pid, status, 0);
	return 1;
}

/* Process 1 inherits the orphans of others; nobody else would reap them. */
static void
reap_orphans(const struct supervisor *s)
{
	siginfo_t info;

	for (;;) {
		info.si_pid = 0;
		if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) ==
		    -1 || info.si_pid == 0)
			return;
		for (unsigned i = 0; i < s->nslots; i++)
			if (s->slots[i].state != SLOT_FREE &&
			    s->slots[i].pid == info.si_pid)
				return;	/* it has ended just now */
		waitpid(info.si_pid, NULL, 0);
	}
}

/* Only our own: the caller may have other children. */
static void
reap(struct supervisor *s)
{
	int status;

	for (unsigned i = 0; i < s->nslots; i++) {
		struct slot *slot = &s->slots[i];

		if (slot->state == SLOT_FREE || !has_ended(slot->pid, &status))
			continue;
		hear(s, slot);	/* its last words */
		ended(s, slot, status);
	}
	if (s->conf->reap_orphans)
		reap_orphans(s);
}

/*
 * Starting workers.
 */

/* The child keeps no end of another worker's stopfd: that worker would not see
 * the end of the supervisor. */
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
	s->start_at = monotonic_ms() + DELAY_FIRST_MS;
	tell(s, (struct unpwrap_event){ .type = UNPWRAP_FORK_FAILED,
	    .error = error, .delay_ms = DELAY_FIRST_MS });
}

static int
is_current(const struct supervisor *s, const struct slot *slot)
{
	return slot->generation == s->generation && is_up(slot);
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
	tell(s, (struct unpwrap_event){ .type = UNPWRAP_WORKER_STARTED,
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

static void
start_missing(struct supervisor *s)
{
	unsigned wanted = s->conf->workers - s->finished, have = 0;
	struct slot *slot;

	for (unsigned i = 0; i < s->nslots; i++)
		have += is_current(s, &s->slots[i]);
	while (have++ < wanted && monotonic_ms() >= s->start_at &&
	    (slot = free_slot(s)) != NULL)
		start(s, slot);
}

/* After SIGHUP: for each worker of the new generation that is ready, one of an
 * older generation goes, so that the number that serves never falls. */
static void
retire_old(struct supervisor *s)
{
	unsigned ready = count(s, SLOT_READY);

	for (unsigned i = 0; i < s->nslots; i++) {
		struct slot *slot = &s->slots[i];

		if (slot->generation == s->generation)
			continue;
		if (slot->state == SLOT_STARTING) {
			let_leave(s, slot);	/* outdated before it served */
		} else if (slot->state == SLOT_READY &&
		    ready > s->conf->workers) {
			let_leave(s, slot);
			ready--;
		}
	}
}

/*
 * What happens to the supervisor.
 */

static void
take_signals(struct supervisor *s)
{
	static const int told[] = {
		SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2
	};
	unsigned came[NSIG] = { 0 };

	prefork_signals_take(came);
	for (size_t i = 0; i < sizeof(told) / sizeof(told[0]); i++)
		if (came[told[i]] > 0)
			tell(s, (struct unpwrap_event){ .type =
			    UNPWRAP_SIGNAL, .signo = told[i] });
	if (came[SIGHUP] > 0 && !s->stopping)
		s->generation++;
	for (unsigned n = came[SIGTERM] + came[SIGINT]; n > 0; n--) {
		if (s->stopping)
			stop_at_once(s);
		else
			stop(s);
	}
	if (came[SIGQUIT] > 0)
		stop_at_once(s);
}

static void
obey_clock(struct supervisor *s)
{
	int64_t now = monotonic_ms();

	for (unsigned i = 0; i < s->nslots; i++) {
		struct slot *slot = &s->slots[i];

		if (now < slot->due)
			continue;
		if (slot->state == SLOT_STARTING)
			became_ready(s, slot);
		else if (slot->state == SLOT_LEAVING)
			kill_slot(s, slot);
	}
}

static int
timeout_until(int64_t then, int64_t now)
{
	if (then == NEVER)
		return -1;
	if (then <= now)
		return 0;
	return then - now > INT_MAX ? INT_MAX : (int)(then - now);
}

/* poll(2) takes no more entries than descriptors may be open: only those that
 * are in use. */
static void
wait_for_something(struct supervisor *s)
{
	int64_t next = NEVER, now = monotonic_ms();
	nfds_t n = 1;

	s->ready[0].fd = prefork_signals_fd();
	s->ready[0].events = POLLIN;
	for (unsigned i = 0; i < s->nslots; i++) {
		const struct slot *slot = &s->slots[i];

		if (slot->due < next)
			next = slot->due;
		if (slot->fd == -1)
			continue;
		s->ready[n].fd = slot->fd;
		s->ready[n++].events = POLLIN;
	}
	if (!s->stopping && s->start_at > now && s->start_at < next)
		next = s->start_at;
	if (poll(s->ready, n, timeout_until(next, now)) == -1 &&
	    errno != EINTR)
		poll(NULL, 0, DELAY_FIRST_MS);	/* never spin */
}

static int
is_over(const struct supervisor *s)
{
	if (!s->stopping && s->finished < s->conf->workers)
		return 0;
	return count(s, SLOT_FREE) == s->nslots;
}

static void
supervise(struct supervisor *s)
{
	while (!is_over(s)) {
		if (!s->stopping) {
			start_missing(s);
			retire_old(s);
		}
		wait_for_something(s);
		take_signals(s);
		/* After SIGHUP: one that is ready by now has served. */
		for (unsigned i = 0; i < s->nslots; i++)
			hear(s, &s->slots[i]);
		reap(s);
		obey_clock(s);
	}
}

int
unpwrap_prefork(const struct unpwrap_prefork *prefork)
{
	struct supervisor s = { .conf = prefork };

	if (prefork->workers == 0 || prefork->workers > UNPWRAP_WORKERS_MAX ||
	    prefork->serve == NULL) {
		errno = EINVAL;
		return -1;
	}
	s.nslots = 2 * prefork->workers;
	s.slots = calloc(s.nslots, sizeof(*s.slots));
	if (s.slots == NULL)
		goto failed;
	s.ready = calloc(s.nslots + 1, sizeof(*s.ready));
	if (s.ready == NULL)
		goto failed;
	for (unsigned i = 0; i < s.nslots; i++) {
		s.slots[i].fd = -1;
		s.slots[i].due = NEVER;
	}
	if (prefork_signals_open() == -1)
		goto failed;
	supervise(&s);
	prefork_signals_close();
	free(s.ready);
	free(s.slots);
	if (s.error != 0) {
		errno = s.error;
		return -1;
	}
	return s.killed;
failed:
	s.error = errno;
	free(s.ready);
	free(s.slots);
	errno = s.error;
	return -1;
}
