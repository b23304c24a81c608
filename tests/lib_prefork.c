/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "support.h"

#include <sys/mman.h>
#include <sys/wait.h>

#ifdef __linux__
#include <sys/prctl.h>
#endif

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdatomic.h>

#define EVENTS_MAX	10000
#define SLOTS_MAX	16
#define PATIENT_MS	60000	/* a drain time that no test waits for */

/* What test, supervisor and workers share. */
struct shared {
	struct unpwrap_event events[EVENTS_MAX];
	int64_t	 times[EVENTS_MAX];
	atomic_int nevents;

	int	 result, error;		/* of unpwrap_prefork */

	atomic_int starts;		/* workers that ran */
	atomic_int serving;		/* of them do now */
	atomic_int lowest;		/* that serving has been */
	atomic_int ready;		/* that have said so */
	atomic_int finished;		/* that have done their last */
	atomic_int wrong;		/* what must never be seen was */

	/* What tests tell. */
	atomic_int go;
	atomic_int crash;
	atomic_int tickets;		/* one for each that is to end */

	atomic_int child;		/* a pid */
	atomic_int child_status;
	int	 descriptors[SLOTS_MAX];
	atomic_int numbered[SLOTS_MAX];	/* workers that had this number */
	atomic_int pids[SLOTS_MAX];	/* the last one that had it */
	void	(*dispositions[NSIG])(int);
	sigset_t mask;
};
static struct shared *shared;

/* Who inherits life[1] lives as long as life[0] finds no end. */
static int life[2] = { -1, -1 };
static int life_is_the_first_worker_s;	/* and its children's alone */

static void
share(void)
{
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert(shared != MAP_FAILED);
	atomic_store(&shared->lowest, INT_MAX);
}

static void
note_event(const struct unpwrap_event *event, void *arg)
{
	int n = atomic_load(&shared->nevents);

	(void)arg;
	if (n == EVENTS_MAX)
		abort();
	shared->events[n] = *event;
	shared->times[n] = now_ms();
	atomic_store(&shared->nevents, n + 1);
	if (event->type == UNPWRAP_WORKER_STARTED &&
	    life_is_the_first_worker_s) {
		close(life[1]);
		life_is_the_first_worker_s = 0;
	}
}

static void
run_supervisor(void *arg)
{
	const struct unpwrap_prefork *prefork = arg;
	int before = open_descriptors();

	shared->result = unpwrap_prefork(prefork);
	shared->error = errno;
	if (open_descriptors() > before)
		atomic_fetch_add(&shared->wrong, 1);
}

/* Starts a supervisor in a process of its own. */
static pid_t
supervise(struct unpwrap_prefork prefork)
{
	if (shared == NULL)
		share();
	if (prefork.event == NULL)
		prefork.event = note_event;
	return spawn(run_supervisor, &prefork);
}

/* The number of events of the type; *last is the last of them. */
static int
find(enum unpwrap_event_type type, const struct unpwrap_event **last)
{
	int n = 0;

	for (int i = 0; i < atomic_load(&shared->nevents); i++)
		if (shared->events[i].type == type) {
			*last = &shared->events[i];
			n++;
		}
	return n;
}

static int
events(enum unpwrap_event_type type)
{
	const struct unpwrap_event *last;

	return find(type, &last);
}

static const struct unpwrap_event *
last_event(enum unpwrap_event_type type)
{
	const struct unpwrap_event *last = NULL;

	find(type, &last);
	ck_assert(last != NULL);
	return last;
}

#define STARTED	events(UNPWRAP_WORKER_STARTED)
#define ENDED	events(UNPWRAP_WORKER_ENDED)

/* A supervisor whose workers all serve, and have said so. */
static pid_t
bring_up(unsigned workers, unsigned drain_ms,
    int (*serve)(const struct unpwrap_worker *, void *))
{
	pid_t pid = supervise((struct unpwrap_prefork){ .workers = workers,
	    .drain_ms = drain_ms, .serve = serve });

	ck_assert_soon(shared->ready == (int)workers);
	ck_assert_soon(STARTED == (int)workers);
	return pid;
}

static pid_t
worker_pid(int n)
{
	for (int i = 0; i < atomic_load(&shared->nevents); i++)
		if (shared->events[i].type == UNPWRAP_WORKER_STARTED &&
		    n-- == 0)
			return shared->events[i].pid;
	ck_abort_msg("no such worker");
	return 0;
}

/* No slot was ever two workers', and none is a worker's still. */
static void
check_slots(void)
{
	pid_t pids[SLOTS_MAX] = { 0 };

	for (int i = 0; i < atomic_load(&shared->nevents); i++) {
		const struct unpwrap_event *event = &shared->events[i];

		ck_assert_int_lt(event->slot, SLOTS_MAX);
		if (event->type == UNPWRAP_WORKER_STARTED) {
			ck_assert_int_eq(pids[event->slot], 0);
			pids[event->slot] = event->pid;
		} else if (event->type == UNPWRAP_WORKER_ENDED) {
			ck_assert_int_eq(pids[event->slot], event->pid);
			pids[event->slot] = 0;
		}
	}
	for (int i = 0; i < SLOTS_MAX; i++)
		ck_assert_int_eq(pids[i], 0);
}

static void
expect_result(pid_t supervisor, int result)
{
	pid_t ended;
	int status;

	ck_assert_soon((ended = waitpid(supervisor, &status, WNOHANG)) != 0);
	ck_assert_int_eq(ended, supervisor);
	ck_assert_int_eq(status, 0);
	ck_assert_int_eq(shared->result, result);
	ck_assert_int_eq(shared->wrong, 0);
	check_slots();
}

/* Lets it go by SIGTERM, without a worker that has to be killed. */
static void
stop(pid_t supervisor)
{
	kill(supervisor, SIGTERM);
	expect_result(supervisor, 0);
}

/*
 * What workers do.
 */

static void
begin(const struct unpwrap_worker *worker)
{
	atomic_fetch_add(&shared->serving, 1);
	unpwrap_worker_ready(worker);
	atomic_fetch_add(&shared->ready, 1);
}

static void
end(void)
{
	int now = atomic_fetch_sub(&shared->serving, 1) - 1;
	int lowest = atomic_load(&shared->lowest);

	while (now < lowest &&
	    !atomic_compare_exchange_weak(&shared->lowest, &lowest, now))
		continue;
}

static int
is_told_to_stop(const struct unpwrap_worker *worker, int ms)
{
	struct pollfd stop = { .fd = worker->stopfd, .events = POLLIN };

	return poll(&stop, 1, ms) == 1;
}

static void
until_told(const struct unpwrap_worker *worker)
{
	while (!is_told_to_stop(worker, -1))
		continue;
}

static void
until(atomic_int *flag)
{
	while (atomic_load(flag) == 0)
		pause_ms(1);
}

static int
obey(const struct unpwrap_worker *worker, void *arg)
{
	(void)arg;
	atomic_fetch_add(&shared->starts, 1);
	begin(worker);
	until_told(worker);
	end();
	return 0;
}

static int
obey_after_a_long_start(const struct unpwrap_worker *worker, void *arg)
{
	pause_ms(150);
	return obey(worker, arg);
}

static int
obey_and_finish(const struct unpwrap_worker *worker, void *arg)
{
	obey(worker, arg);
	pause_ms(100);
	atomic_fetch_add(&shared->finished, 1);
	return 0;
}

/* For those that are to be killed: not for ever, should that fail. */
static void
live_long(void)
{
	pause_ms(PATIENT_MS);
	_exit(EXIT_FAILURE);
}

static int
never_obey(const struct unpwrap_worker *worker, void *arg)
{
	(void)arg;
	begin(worker);
	live_long();
	return 0;
}

static int
obey_or_crash(const struct unpwrap_worker *worker, void *arg)
{
	return atomic_load(&shared->crash) ? 1 : obey(worker, arg);
}

static int
return_1(const struct unpwrap_worker *worker, void *arg)
{
	(void)worker, (void)arg;
	return 1;
}

static int
die(const struct unpwrap_worker *worker, void *arg)
{
	(void)worker, (void)arg;
	raise(SIGKILL);
	return 0;
}

static int
return_0(const struct unpwrap_worker *worker, void *arg)
{
	(void)worker, (void)arg;
	atomic_fetch_add(&shared->starts, 1);
	return 0;
}

/*
 * Keeping workers running.
 */

START_TEST(workers_run_until_told)
{
	static const int signals[] = { SIGTERM, SIGINT };
	pid_t pid = bring_up(4, PATIENT_MS, obey_and_finish);

	for (int i = 0; i < 4; i++)
		ck_assert_int_eq(getpgid(worker_pid(i)), worker_pid(i));
	kill(pid, signals[_i]);
	expect_result(pid, 0);
	ck_assert_int_eq(STARTED, 4);
	ck_assert_int_eq(ENDED, 4);
	ck_assert_int_eq(last_event(UNPWRAP_WORKER_ENDED)->status, 0);
	ck_assert_int_eq(last_event(UNPWRAP_SIGNAL)->signo, signals[_i]);
	ck_assert_int_eq(shared->finished, 4);
}
END_TEST

START_TEST(killed_worker_is_replaced)
{
	pid_t pid = bring_up(3, PATIENT_MS, obey);
	const struct unpwrap_event *event;

	kill(worker_pid(1), SIGKILL);
	ck_assert_soon(STARTED == 4);
	ck_assert_int_eq(ENDED, 1);
	event = last_event(UNPWRAP_WORKER_ENDED);
	ck_assert_int_eq(event->pid, worker_pid(1));
	ck_assert(WIFSIGNALED(event->status));
	ck_assert_int_eq(WTERMSIG(event->status), SIGKILL);
	ck_assert_soon(shared->starts == 4);
	stop(pid);
}
END_TEST

static int
return_7_when_told_to_go(const struct unpwrap_worker *worker, void *arg)
{
	(void)arg;
	begin(worker);
	while (atomic_load(&shared->go) == 0)
		if (is_told_to_stop(worker, 1))
			return 0;
	atomic_store(&shared->go, 0);
	return 7;
}

static int
obey_by_number(const struct unpwrap_worker *worker, void *arg)
{
	atomic_store(&shared->pids[worker->number], getpid());
	atomic_fetch_add(&shared->numbered[worker->number], 1);
	return obey(worker, arg);
}

static int
are_numbered(int first, int second, int third)
{
	return shared->numbered[0] == first && shared->numbered[1] == second &&
	    shared->numbered[2] == third;
}

START_TEST(replacement_has_the_same_number)
{
	pid_t pid = bring_up(3, PATIENT_MS, obey_by_number);

	ck_assert(are_numbered(1, 1, 1));
	kill(shared->pids[1], SIGKILL);
	ck_assert_soon(are_numbered(1, 2, 1));
	kill(shared->pids[2], SIGTERM);
	ck_assert_soon(are_numbered(1, 2, 2));
	ck_assert_soon(ENDED == 2);
	kill(pid, SIGHUP);
	ck_assert_soon(are_numbered(2, 3, 3));
	ck_assert_soon(ENDED == 5);
	stop(pid);
}
END_TEST

START_TEST(exit_status_is_what_serve_returns)
{
	pid_t pid = bring_up(1, PATIENT_MS, return_7_when_told_to_go);
	int status;

	shared->go = 1;
	ck_assert_soon(STARTED == 2);
	status = last_event(UNPWRAP_WORKER_ENDED)->status;
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 7);
	ck_assert_int_eq(events(UNPWRAP_WORKER_DELAYED), 0);
	stop(pid);
}
END_TEST

START_TEST(signals_are_told)
{
	static const int signals[] = { SIGUSR1, SIGUSR2, SIGHUP };
	pid_t pid = bring_up(1, PATIENT_MS, obey);

	for (int i = 0; i < 3; i++) {
		kill(pid, signals[i]);
		ck_assert_soon(events(UNPWRAP_SIGNAL) == i + 1);
		ck_assert_int_eq(last_event(UNPWRAP_SIGNAL)->signo,
		    signals[i]);
	}
	ck_assert_soon(ENDED == 1);	/* of the hangup */
	stop(pid);
	ck_assert_int_eq(STARTED, 2);
}
END_TEST

/* poll(2) takes no more entries than descriptors are allowed. */
static void
limit_descriptors(const struct unpwrap_event *event, void *arg)
{
	if (event->type == UNPWRAP_SIGNAL && event->signo == SIGUSR1)
		limit(RLIMIT_NOFILE, 0);
	if (event->type == UNPWRAP_SIGNAL && event->signo == SIGUSR2)
		unlimit(RLIMIT_NOFILE);
	note_event(event, arg);
}

START_TEST(signals_are_told_though_poll_fails)
{
	pid_t pid = supervise((struct unpwrap_prefork){ .workers = 1,
	    .drain_ms = PATIENT_MS, .serve = obey,
	    .event = limit_descriptors });

	ck_assert_soon(shared->ready == 1);
	ck_assert_soon(STARTED == 1);
	kill(pid, SIGUSR1);
	ck_assert_soon(events(UNPWRAP_SIGNAL) == 1);
	kill(pid, SIGUSR2);
	ck_assert_soon(events(UNPWRAP_SIGNAL) == 2);
	kill(worker_pid(0), SIGKILL);
	ck_assert_soon(STARTED == 2);
	ck_assert_soon(shared->ready == 2);
	stop(pid);
}
END_TEST

START_TEST(storm_of_signals)
{
	pid_t pid = bring_up(2, PATIENT_MS, obey);

	for (int i = 0; i < 5000; i++)
		kill(pid, i % 2 == 0 ? SIGUSR1 : SIGCHLD);
	ck_assert_soon(events(UNPWRAP_SIGNAL) > 0);
	kill(worker_pid(0), SIGKILL);
	ck_assert_soon(STARTED == 3);
	stop(pid);
}
END_TEST

/*
 * Stopping.
 */

START_TEST(drain_has_a_deadline)
{
	pid_t pid = bring_up(2, 150, never_obey);
	int64_t start;

	start = now_ms();
	kill(pid, SIGTERM);
	expect_result(pid, 1);
	ck_assert_int_ge(now_ms() - start, 150);
	ck_assert_int_eq(events(UNPWRAP_WORKER_KILLED), 2);
	ck_assert_int_eq(STARTED, 2);
}
END_TEST

START_TEST(stop_at_once)
{
	static const struct {
		int	 first, second;
	} signals[] = {
		{ SIGTERM, SIGTERM },
		{ SIGINT, SIGINT },
		{ SIGINT, SIGTERM },
		{ SIGTERM, SIGQUIT },
		{ SIGQUIT, 0 },
	};
	pid_t pid = bring_up(2, PATIENT_MS, never_obey);

	kill(pid, signals[_i].first);
	if (signals[_i].second != 0) {
		ck_assert_soon(events(UNPWRAP_SIGNAL) == 1);
		pause_ms(20);
		ck_assert_int_eq(ENDED, 0);
		kill(pid, signals[_i].second);
	}
	expect_result(pid, 1);
	ck_assert_int_eq(events(UNPWRAP_WORKER_KILLED), 2);
}
END_TEST

START_TEST(stop_while_starts_are_delayed)
{
	pid_t pid = supervise((struct unpwrap_prefork){ .workers = 2,
	    .drain_ms = PATIENT_MS, .serve = return_1 });

	ck_assert_soon(events(UNPWRAP_WORKER_DELAYED) >= 4);
	stop(pid);
}
END_TEST

/*
 * Replacing all.
 */

START_TEST(hangup_replaces_all_without_a_gap)
{
	pid_t pid = bring_up(3, PATIENT_MS, obey_after_a_long_start);

	kill(pid, SIGHUP);
	ck_assert_soon(ENDED == 3);
	ck_assert_int_eq(STARTED, 6);
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(kill(worker_pid(i), 0), -1);
	ck_assert_int_eq(shared->serving, 3);
	ck_assert_int_ge(shared->lowest, 3);
	stop(pid);
}
END_TEST

START_TEST(second_hangup_during_the_first_leaves_no_gap)
{
	pid_t pid = bring_up(3, PATIENT_MS, obey_after_a_long_start);

	kill(pid, SIGHUP);
	ck_assert_soon(STARTED == 6);
	kill(pid, SIGHUP);
	ck_assert_soon(ENDED == 6);
	ck_assert_soon(shared->serving == 3);
	ck_assert_int_eq(STARTED, 9);
	ck_assert_int_ge(shared->lowest, 3);
	stop(pid);
}
END_TEST

static int
obey_when_told(const struct unpwrap_worker *worker, void *arg)
{
	until(&shared->go);
	if (atomic_load(&shared->starts) > 0)
		pause_ms(150);
	return obey(worker, arg);
}

/* Keeps the supervisor busy while the worker says "ready". */
static void
let_the_worker_be_ready(const struct unpwrap_event *event, void *arg)
{
	note_event(event, arg);
	if (event->type != UNPWRAP_SIGNAL || event->signo != SIGHUP)
		return;
	atomic_store(&shared->go, 1);
	until(&shared->ready);
}

START_TEST(hangup_as_soon_as_ready_leaves_no_gap)
{
	pid_t pid = supervise((struct unpwrap_prefork){ .workers = 1,
	    .drain_ms = PATIENT_MS, .serve = obey_when_told,
	    .event = let_the_worker_be_ready });

	ck_assert_soon(STARTED == 1);
	kill(pid, SIGHUP);
	ck_assert_soon(ENDED == 1);
	ck_assert_soon(shared->ready == 2);
	ck_assert_int_ge(shared->lowest, 1);
	stop(pid);
}
END_TEST

/* Their successors crash until starts have been delayed so often. */
static void
replace_after_crashes(pid_t pid, int delays)
{
	shared->crash = 1;
	kill(pid, SIGHUP);
	ck_assert_soon(events(UNPWRAP_WORKER_DELAYED) >= delays);
	ck_assert_int_eq(shared->serving, 2);
	shared->crash = 0;
	ck_assert_soon(kill(worker_pid(0), 0) == -1 &&
	    kill(worker_pid(1), 0) == -1);
	ck_assert_int_eq(shared->serving, 2);
	ck_assert_int_ge(shared->lowest, 2);
	stop(pid);
}

START_TEST(hangup_waits_for_workers_that_start)
{
	pid_t pid = supervise((struct unpwrap_prefork){ .workers = 2,
	    .drain_ms = PATIENT_MS, .failures_max = 2,
	    .serve = obey_or_crash });

	ck_assert_soon(shared->ready == 2);
	ck_assert_soon(STARTED == 2);
	replace_after_crashes(pid, 3);
}
END_TEST

/* It has not survived its start yet, and nobody else serves. */
static int
obey_unready(const struct unpwrap_worker *worker, void *arg)
{
	(void)arg;
	if (atomic_load(&shared->crash))
		return 1;
	atomic_fetch_add(&shared->serving, 1);
	until_told(worker);
	end();
	return 0;
}

START_TEST(hangup_dismisses_nobody_before_another_is_ready)
{
	pid_t pid = supervise((struct unpwrap_prefork){ .workers = 2,
	    .drain_ms = PATIENT_MS, .serve = obey_unready });

	ck_assert_soon(shared->serving == 2);
	replace_after_crashes(pid, 2);
}
END_TEST

/* The one that has number 0 is ready last. */
static int
obey_in_turn(const struct unpwrap_worker *worker, void *arg)
{
	if (atomic_fetch_add(&shared->tickets, 1) >= 2 && worker->number == 0)
		until(&shared->go);
	atomic_fetch_add(&shared->numbered[worker->number], 1);
	(void)arg;
	begin(worker);
	until_told(worker);
	atomic_fetch_sub(&shared->numbered[worker->number], 1);
	end();
	return 0;
}

START_TEST(hangup_replaces_each_by_its_successor)
{
	pid_t pid = supervise((struct unpwrap_prefork){ .workers = 2,
	    .drain_ms = PATIENT_MS, .serve = obey_in_turn });

	ck_assert_soon(shared->ready == 2);
	kill(pid, SIGHUP);
	ck_assert_soon(ENDED == 1);
	ck_assert_int_eq(shared->numbered[0], 1);
	ck_assert_int_eq(shared->numbered[1], 1);
	shared->go = 1;
	ck_assert_soon(ENDED == 2);
	stop(pid);
}
END_TEST

/*
 * Deaths at start.
 */

START_TEST(deaths_at_start_are_delayed_and_given_up)
{
	static int (*const serve[])(const struct unpwrap_worker *, void *) = {
		return_1, return_0, die
	};
	pid_t pid = supervise((struct unpwrap_prefork){ .workers = 1,
	    .drain_ms = PATIENT_MS, .failures_max = 4, .serve = serve[_i] });
	unsigned delay = 0, shorter = 0;
	int64_t ended = 0;

	expect_result(pid, -1);
	ck_assert_int_eq(shared->error, ECHILD);
	ck_assert_int_eq(STARTED, 4);
	ck_assert_int_eq(events(UNPWRAP_WORKER_DELAYED), 3);
	for (int i = 0; i < shared->nevents; i++) {
		const struct unpwrap_event *event = &shared->events[i];

		if (event->type == UNPWRAP_WORKER_DELAYED) {
			shorter = delay;
			delay = event->delay_ms;
			ck_assert_int_gt(delay, shorter);
		} else if (event->type == UNPWRAP_WORKER_ENDED) {
			ended = shared->times[i];
		} else if (event->type == UNPWRAP_WORKER_STARTED) {
			ck_assert_int_ge(shared->times[i] - ended, delay);
		}
	}
}
END_TEST

START_TEST(no_maximum_of_deaths_at_start)
{
	pid_t pid;

	share();
	shared->crash = 1;
	pid = supervise((struct unpwrap_prefork){ .workers = 1,
	    .drain_ms = PATIENT_MS, .serve = obey_or_crash });
	ck_assert_soon(events(UNPWRAP_WORKER_DELAYED) >= 3);
	shared->crash = 0;
	ck_assert_soon(shared->serving == 1);
	stop(pid);
}
END_TEST

static int
obey_each_third_time(const struct unpwrap_worker *worker, void *arg)
{
	if (atomic_load(&shared->starts) % 3 == 2)
		return obey(worker, arg);
	atomic_fetch_add(&shared->starts, 1);
	return 1;
}

START_TEST(worker_that_starts_clears_the_failures)
{
	pid_t pid = supervise((struct unpwrap_prefork){ .workers = 1,
	    .drain_ms = PATIENT_MS, .failures_max = 3,
	    .serve = obey_each_third_time });

	ck_assert_soon(shared->ready == 1);
	ck_assert_soon(STARTED == 3);
	kill(worker_pid(2), SIGKILL);
	ck_assert_soon(shared->ready == 2);
	ck_assert_soon(STARTED == 6);
	stop(pid);
}
END_TEST

static int
only_the_first_obeys(const struct unpwrap_worker *worker, void *arg)
{
	if (atomic_fetch_add(&shared->go, 1) == 0)
		return obey(worker, arg);
	until(&shared->ready);
	return 1;
}

START_TEST(no_giving_up_while_a_worker_is_up)
{
	pid_t pid = supervise((struct unpwrap_prefork){ .workers = 2,
	    .drain_ms = PATIENT_MS, .failures_max = 2,
	    .serve = only_the_first_obeys });

	ck_assert_soon(events(UNPWRAP_WORKER_DELAYED) >= 4);
	stop(pid);
}
END_TEST

static int
ready_and_crash_when_told(const struct unpwrap_worker *worker, void *arg)
{
	if (atomic_fetch_add(&shared->starts, 1) > 0)
		return obey(worker, arg);
	atomic_fetch_add(&shared->serving, 1);
	until(&shared->go);
	end();
	unpwrap_worker_ready(worker);
	return 1;
}

/* Keeps the supervisor busy while the worker says "ready" and dies. */
static void
tell_the_worker(const struct unpwrap_event *event, void *arg)
{
	siginfo_t info;

	note_event(event, arg);
	if (event->type != UNPWRAP_SIGNAL || event->signo != SIGUSR1)
		return;
	atomic_store(&shared->go, 1);
	waitid(P_PID, (id_t)shared->events[0].pid, &info, WEXITED | WNOWAIT);
}

START_TEST(ready_is_heard_though_death_is_as_quick)
{
	pid_t pid = supervise((struct unpwrap_prefork){ .workers = 1,
	    .drain_ms = PATIENT_MS, .serve = ready_and_crash_when_told,
	    .event = tell_the_worker });

	ck_assert_soon(shared->serving == 1);
	ck_assert_soon(STARTED == 1);
	kill(pid, SIGUSR1);
	ck_assert_soon(STARTED == 2);
	ck_assert_int_eq(events(UNPWRAP_WORKER_DELAYED), 0);
	ck_assert_soon(shared->serving == 1);
	stop(pid);
}
END_TEST

static int
crash_once_ready(const struct unpwrap_worker *worker, void *arg)
{
	(void)arg;
	unpwrap_worker_ready(worker);
	return 1;
}

/* They are replaced at once, but not as fast as the machine can fork. */
START_TEST(deaths_after_the_start_are_no_storm_of_forks)
{
	pid_t pid = supervise((struct unpwrap_prefork){ .workers = 4,
	    .drain_ms = PATIENT_MS, .failures_max = 1,
	    .serve = crash_once_ready });
	int64_t start = now_ms();

	pause_ms(1000);
	ck_assert_soon(ENDED > 4);
	ck_assert_int_lt(STARTED, 150 * ((now_ms() - start) / 1000 + 2));
	ck_assert_int_eq(events(UNPWRAP_WORKER_DELAYED), 0);
	stop(pid);
}
END_TEST

/* 100, 200, 400 and so on, but not for ever.  It takes six seconds. */
START_TEST(delay_of_starts_has_a_bound)
{
	pid_t pid = supervise((struct unpwrap_prefork){ .workers = 1,
	    .drain_ms = PATIENT_MS, .serve = return_1 });

	/* On a slow machine one may live for a second, and has started. */
	ck_assert_soon(events(UNPWRAP_WORKER_DELAYED) >= 7 &&
	    last_event(UNPWRAP_WORKER_DELAYED)->delay_ms == 5000);
	stop(pid);
}
END_TEST

/* It does not say "ready", and ends once the test lets it. */
static int
end_when_told_to_go(const struct unpwrap_worker *worker, void *arg)
{
	(void)arg;
	if (atomic_fetch_add(&shared->starts, 1) == 0)
		until(&shared->go);
	else
		until_told(worker);
	return 1;
}

/* Also where the supervisor, stopped meanwhile, sees its end first. */
START_TEST(worker_that_lives_a_second_has_started)
{
	pid_t pid = supervise((struct unpwrap_prefork){ .workers = 1,
	    .drain_ms = PATIENT_MS, .serve = end_when_told_to_go });

	ck_assert_soon(STARTED == 1);
	if (_i == 1)
		kill(pid, SIGSTOP);
	pause_ms(1200);
	shared->go = 1;
	pause_ms(100);
	kill(pid, SIGCONT);
	ck_assert_soon(STARTED == 2);
	ck_assert_int_eq(events(UNPWRAP_WORKER_DELAYED), 0);
	stop(pid);
}
END_TEST

/* Fails twice, then lets the third attempt succeed. */
static void
lift_the_limit(const struct unpwrap_event *event, void *arg)
{
	note_event(event, arg);
	if (event->type != UNPWRAP_FORK_FAILED ||
	    events(UNPWRAP_FORK_FAILED) < 2)
		return;
	unlimit(RLIMIT_NPROC);
	unlimit(RLIMIT_NOFILE);
}

static void
supervise_without_processes(void *arg)
{
	limit(RLIMIT_NPROC, 0);
	run_supervisor(arg);
}

static void
leave_descriptors(int n)
{
	int fd = 0;

	for (int room = 0; room < n; fd++)
		room += fcntl(fd, F_GETFD) == -1;
	limit(RLIMIT_NOFILE, (rlim_t)fd);
}

/* It has room for the pipe of its signals, and for nothing else. */
static void
supervise_without_descriptors(void *arg)
{
	leave_descriptors(2);
	run_supervisor(arg);
}

/* And for the two that it takes to start one worker. */
static void
supervise_with_descriptors_for_one(void *arg)
{
	leave_descriptors(4);
	run_supervisor(arg);
}

START_TEST(start_that_the_system_refuses_is_tried_again)
{
	static const struct {
		void	(*supervise)(void *);
		int	 error;
	} cases[] = {
		{ supervise_without_processes, EAGAIN },
		{ supervise_without_descriptors, EMFILE },
	};
	struct unpwrap_prefork prefork = { .workers = 1,
	    .drain_ms = PATIENT_MS, .failures_max = 1, .serve = obey,
	    .event = lift_the_limit };
	pid_t pid;

	if (cases[_i].error == EAGAIN && !become_anybody()) {
		not_tested("root has no limit of processes");
		return;
	}
	share();
	pid = spawn(cases[_i].supervise, &prefork);
	ck_assert_soon(shared->serving == 1);
	ck_assert_int_eq(events(UNPWRAP_FORK_FAILED), 2);
	ck_assert_int_eq(last_event(UNPWRAP_FORK_FAILED)->error,
	    cases[_i].error);
	ck_assert_int_gt(last_event(UNPWRAP_FORK_FAILED)->delay_ms, 0);
	stop(pid);
}
END_TEST

START_TEST(deaths_are_counted_though_other_starts_are_refused)
{
	struct unpwrap_prefork prefork = { .workers = 2,
	    .drain_ms = PATIENT_MS, .failures_max = 3, .serve = return_1,
	    .event = note_event };
	pid_t pid;

	share();
	pid = spawn(supervise_with_descriptors_for_one, &prefork);
	expect_result(pid, -1);
	ck_assert_int_eq(shared->error, ECHILD);
	ck_assert_int_eq(events(UNPWRAP_WORKER_DELAYED), 2);
	ck_assert_int_ge(events(UNPWRAP_FORK_FAILED), 1);
}
END_TEST

/*
 * Workers that end.
 */

/* On SIGUSR1 it takes the end of the worker away from the supervisor. */
static void
reap_the_worker(const struct unpwrap_event *event, void *arg)
{
	note_event(event, arg);
	if (event->type != UNPWRAP_SIGNAL || event->signo != SIGUSR1)
		return;
	kill(shared->events[0].pid, SIGKILL);
	if (waitpid(shared->events[0].pid, NULL, 0) != shared->events[0].pid)
		atomic_fetch_add(&shared->wrong, 1);
}

START_TEST(worker_that_the_caller_reaps_is_replaced)
{
	pid_t pid = supervise((struct unpwrap_prefork){ .workers = 1,
	    .drain_ms = PATIENT_MS, .serve = obey,
	    .event = reap_the_worker });

	ck_assert_soon(shared->ready == 1);
	ck_assert_soon(STARTED == 1);
	kill(pid, SIGUSR1);
	ck_assert_soon(STARTED == 2);
	ck_assert_int_eq(last_event(UNPWRAP_WORKER_ENDED)->status, 0);
	ck_assert_soon(shared->ready == 2);
	stop(pid);
}
END_TEST

#ifdef __linux__

/* The first worker leaves an orphan, in a group of its own, that ends once the
 * test lets it. */
static int
leave_an_orphan(const struct unpwrap_worker *worker, void *arg)
{
	pid_t pid = atomic_load(&shared->starts) == 0 ? fork() : -1;

	if (pid == 0) {
		if (fork() > 0)
			_exit(0);
		setpgid(0, 0);
		atomic_store(&shared->child, getpid());
		until(&shared->go);
		_exit(0);
	}
	if (pid > 0)
		waitpid(pid, NULL, 0);
	return obey(worker, arg);
}

static void
supervise_orphans(void *arg)
{
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	run_supervisor(arg);
}

/* Who has ended and is not reaped can still be sent a signal. */
START_TEST(orphans_are_reaped_where_that_is_wanted)
{
	struct unpwrap_prefork prefork = { .workers = 1,
	    .drain_ms = PATIENT_MS, .reap_orphans = _i, .serve =
	    leave_an_orphan, .event = note_event };
	pid_t pid;

	share();
	pid = spawn(supervise_orphans, &prefork);
	ck_assert_soon(shared->child != 0);
	ck_assert_soon(shared->serving == 1);
	ck_assert_soon(STARTED == 1);
	ck_assert_int_eq(kill(shared->child, 0), 0);
	shared->go = 1;
	if (_i == 1) {
		ck_assert_soon(kill(shared->child, 0) == -1);
	} else {
		pause_ms(50);
		kill(worker_pid(0), SIGKILL);
		ck_assert_soon(STARTED == 2);	/* it has reaped */
		ck_assert_int_eq(kill(shared->child, 0), 0);
	}
	stop(pid);
}
END_TEST

#endif

START_TEST(once)
{
	pid_t pid = supervise((struct unpwrap_prefork){ .workers = 3,
	    .drain_ms = PATIENT_MS, .once = 1, .serve = return_0 });

	expect_result(pid, 0);
	ck_assert_int_eq(STARTED, 3);
	ck_assert_int_eq(ENDED, 3);
}
END_TEST

static int
only_the_first_crashes(const struct unpwrap_worker *worker, void *arg)
{
	(void)worker, (void)arg;
	return atomic_fetch_add(&shared->starts, 1) == 0;
}

START_TEST(once_replaces_a_worker_that_failed)
{
	pid_t pid = supervise((struct unpwrap_prefork){ .workers = 2,
	    .drain_ms = PATIENT_MS, .once = 1,
	    .serve = only_the_first_crashes });

	expect_result(pid, 0);
	ck_assert_int_eq(STARTED, 3);
}
END_TEST

static int
obey_until_ticket(const struct unpwrap_worker *worker, void *arg)
{
	(void)arg;
	begin(worker);
	while (!is_told_to_stop(worker, 1)) {
		int tickets = atomic_load(&shared->tickets);

		if (tickets > 0 && atomic_compare_exchange_strong(
		    &shared->tickets, &tickets, tickets - 1))
			break;
	}
	end();
	return 0;
}

START_TEST(once_counts_no_worker_that_was_replaced)
{
	pid_t pid = supervise((struct unpwrap_prefork){ .workers = 2,
	    .drain_ms = PATIENT_MS, .once = 1, .serve = obey_until_ticket });

	ck_assert_soon(shared->serving == 2);
	kill(pid, SIGHUP);
	ck_assert_soon(ENDED == 2);
	ck_assert_soon(shared->serving == 2);
	shared->tickets = 1;
	ck_assert_soon(ENDED == 3);
	shared->tickets = 1;
	expect_result(pid, 0);
	ck_assert_int_eq(STARTED, 4);
	ck_assert_int_eq(ENDED, 4);
}
END_TEST

START_TEST(once_replaces_those_that_are_left)
{
	pid_t pid = supervise((struct unpwrap_prefork){ .workers = 2,
	    .drain_ms = PATIENT_MS, .once = 1, .serve = obey_until_ticket });

	ck_assert_soon(shared->ready == 2);
	shared->tickets = 1;
	ck_assert_soon(ENDED == 1);
	kill(pid, SIGHUP);
	ck_assert_soon(ENDED == 2);
	ck_assert_soon(shared->serving == 1);
	shared->tickets = 1;
	expect_result(pid, 0);
	ck_assert_int_eq(STARTED, 3);
}
END_TEST

static int
the_first_two_finish(const struct unpwrap_worker *worker, void *arg)
{
	(void)arg;
	if (atomic_fetch_add(&shared->starts, 1) < 2) {
		begin(worker);
		until(&shared->go);
	} else {
		until_told(worker);
	}
	return 0;
}

static void
let_finish_once_others_start(const struct unpwrap_event *event, void *arg)
{
	note_event(event, arg);
	if (STARTED == 4)
		atomic_store(&shared->go, 1);
}

START_TEST(once_needs_no_replacement_of_those_that_finished)
{
	pid_t pid = supervise((struct unpwrap_prefork){ .workers = 2,
	    .drain_ms = PATIENT_MS, .once = 1,
	    .serve = the_first_two_finish,
	    .event = let_finish_once_others_start });

	ck_assert_soon(shared->ready == 2);
	kill(pid, SIGHUP);
	expect_result(pid, 0);
	ck_assert_int_eq(STARTED, 4);
}
END_TEST

static int
the_first_retires(const struct unpwrap_worker *worker, void *arg)
{
	if (atomic_fetch_add(&shared->starts, 1) > 0)
		return obey(worker, arg);
	begin(worker);
	errno = EDOM;
	unpwrap_worker_ready(worker);
	unpwrap_worker_retire(worker);
	if (errno != EDOM)
		atomic_fetch_add(&shared->wrong, 1);
	until_told(worker);
	until(&shared->go);
	end();
	return 0;
}

START_TEST(retired_worker_is_replaced_at_once)
{
	pid_t pid = supervise((struct unpwrap_prefork){ .workers = 1,
	    .drain_ms = PATIENT_MS, .serve = the_first_retires });

	ck_assert_soon(shared->serving == 2);
	ck_assert_soon(STARTED == 2);
	ck_assert_int_eq(ENDED, 0);
	shared->go = 1;
	ck_assert_soon(ENDED == 1);
	ck_assert_int_eq(last_event(UNPWRAP_WORKER_ENDED)->pid,
	    worker_pid(0));
	ck_assert_int_eq(shared->serving, 1);
	stop(pid);
	ck_assert_int_eq(STARTED, 2);
}
END_TEST

static int
the_first_retires_unready(const struct unpwrap_worker *worker, void *arg)
{
	if (atomic_fetch_add(&shared->starts, 1) > 0) {
		pause_ms(150);
		atomic_store(&shared->go, 1);
		return obey(worker, arg);
	}
	unpwrap_worker_retire(worker);
	until_told(worker);
	if (!atomic_load(&shared->go))
		atomic_fetch_add(&shared->wrong, 1);
	return 0;
}

START_TEST(retired_worker_waits_for_its_replacement)
{
	pid_t pid = supervise((struct unpwrap_prefork){ .workers = 1,
	    .drain_ms = PATIENT_MS, .serve = the_first_retires_unready });

	ck_assert_soon(ENDED == 1);
	stop(pid);
	ck_assert_int_eq(STARTED, 2);
}
END_TEST

START_TEST(retired_worker_has_a_deadline)
{
	pid_t pid = supervise((struct unpwrap_prefork){ .workers = 1,
	    .drain_ms = 100, .serve = the_first_retires });

	ck_assert_soon(ENDED == 1);
	ck_assert_int_eq(events(UNPWRAP_WORKER_KILLED), 1);
	ck_assert_int_eq(last_event(UNPWRAP_WORKER_KILLED)->pid,
	    worker_pid(0));
	ck_assert_soon(shared->starts == 3);	/* the second counts twice */
	kill(pid, SIGTERM);
	join(pid);
}
END_TEST

static int
obey_and_finish_when_told(const struct unpwrap_worker *worker, void *arg)
{
	obey(worker, arg);
	until(&shared->go);
	atomic_fetch_add(&shared->finished, 1);
	return 0;
}

START_TEST(term_to_a_worker_alone_retires_it)
{
	pid_t pid;
	sigset_t set;

	if (_i == 1) {		/* even where the caller had it blocked */
		sigemptyset(&set);
		sigaddset(&set, SIGTERM);
		sigprocmask(SIG_BLOCK, &set, NULL);
	}
	pid = bring_up(2, PATIENT_MS, obey_and_finish_when_told);
	kill(worker_pid(0), SIGTERM);
	ck_assert_soon(STARTED == 3);
	ck_assert_soon(shared->serving == 2);
	ck_assert_int_eq(ENDED, 0);
	shared->go = 1;
	ck_assert_soon(ENDED == 1);
	ck_assert_int_eq(last_event(UNPWRAP_WORKER_ENDED)->status, 0);
	ck_assert_int_eq(shared->finished, 1);
	stop(pid);
	ck_assert_int_eq(shared->finished, 3);
}
END_TEST

/*
 * Nobody is left behind.
 */

static int
life_is_over(void)
{
	struct pollfd ready = { .fd = life[0], .events = POLLIN };

	return poll(&ready, 1, 0) == 1 && (ready.revents & POLLHUP);
}

START_TEST(workers_end_with_a_killed_supervisor)
{
	static int (*const serve[])(const struct unpwrap_worker *, void *) = {
		obey,
#ifdef __linux__
		never_obey,	/* the kernel sees to it */
#else
		obey,
#endif
	};
	pid_t pid;

	ck_assert_int_eq(pipe(life), 0);
	pid = bring_up(4, PATIENT_MS, serve[_i]);
	close(life[1]);
	ck_assert(!life_is_over());
	kill(pid, SIGKILL);
	ck_assert_soon(life_is_over());
}
END_TEST

/* The first worker has a child that would outlive it. */
static int
have_a_child(const struct unpwrap_worker *worker, void *arg)
{
	if (atomic_load(&shared->starts) == 0 && fork() == 0)
		live_long();
	return obey(worker, arg);
}

START_TEST(children_end_with_their_worker)
{
	static const int signals[] = { SIGKILL, SIGTERM };
	pid_t pid;

	ck_assert_int_eq(pipe(life), 0);
	life_is_the_first_worker_s = 1;
	pid = bring_up(1, PATIENT_MS, have_a_child);
	close(life[1]);
	ck_assert(!life_is_over());
	kill(worker_pid(0), signals[_i]);
	ck_assert_soon(life_is_over());
	ck_assert_soon(STARTED == 2);
	stop(pid);
}
END_TEST

START_TEST(children_of_a_killed_worker_end)
{
	pid_t pid;

	ck_assert_int_eq(pipe(life), 0);
	pid = bring_up(2, PATIENT_MS, have_a_child);
	close(life[1]);
	kill(pid, SIGQUIT);
	expect_result(pid, 1);
	ck_assert_soon(life_is_over());
}
END_TEST

static int
watch_a_child(const struct unpwrap_worker *worker, void *arg)
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		live_long();
	atomic_store(&shared->child, pid);
	if (waitpid(pid, &status, 0) == pid)
		atomic_store(&shared->child_status, status);
	if (is_told_to_stop(worker, 50))
		atomic_fetch_add(&shared->wrong, 1);
	return obey(worker, arg);
}

START_TEST(term_to_a_worker_s_child_ends_it_alone)
{
	pid_t pid = supervise((struct unpwrap_prefork){ .workers = 1,
	    .drain_ms = PATIENT_MS, .serve = watch_a_child });

	ck_assert_soon(shared->child != 0);
	kill(shared->child, SIGTERM);
	ck_assert_soon(shared->serving == 1);
	ck_assert(WIFSIGNALED(shared->child_status));
	ck_assert_int_eq(WTERMSIG(shared->child_status), SIGTERM);
	stop(pid);
	ck_assert_int_eq(STARTED, 1);
}
END_TEST

/* A parent whose child asks to end with it, in time or too late. */
static void
parent(void *arg)
{
	const int *asks_late = arg;
	pid_t pid = getpid();

	if (fork() == 0) {
		while (*asks_late && getppid() == pid)
			pause_ms(1);
		unpwrap_end_with_parent(pid);
		if (*asks_late)
			atomic_fetch_add(&shared->wrong, 1);
		atomic_store(&shared->go, 1);
		live_long();
	}
	if (!*asks_late)
		live_long();
}

START_TEST(child_ends_with_its_parent)
{
	int asks_late = _i;
	pid_t pid;

	share();
	ck_assert_int_eq(pipe(life), 0);
	pid = spawn(parent, &asks_late);
	close(life[1]);
	if (!asks_late) {
		ck_assert_soon(shared->go == 1);
		kill(pid, SIGKILL);
	}
	ck_assert_soon(life_is_over());
	ck_assert_int_eq(shared->wrong, 0);
}
END_TEST

/*
 * The caller's process is as it was.  These run the supervisor here.
 */

static int
run_once(unsigned workers)
{
	struct unpwrap_prefork prefork = { .workers = workers, .once = 1,
	    .drain_ms = PATIENT_MS, .serve = return_0, .event = note_event };

	if (shared == NULL)
		share();
	return unpwrap_prefork(&prefork);
}

START_TEST(other_children_are_not_reaped)
{
	pid_t other = fork();
	siginfo_t info;
	int status;

	if (other == 0)
		_exit(9);
	ck_assert_int_eq(waitid(P_PID, (id_t)other, &info,
	    WEXITED | WNOWAIT), 0);
	ck_assert_int_eq(run_once(3), 0);
	status = join(other);
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 9);
}
END_TEST

static void
handler(int signo)
{
	(void)signo;
}

static const int used[] = {
	SIGCHLD, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2
};
#define USED	(sizeof(used) / sizeof(used[0]))

START_TEST(dispositions_and_mask_are_restored)
{
	struct sigaction before, after;
	sigset_t set, mask;

	for (size_t i = 0; i < USED; i++) {
		before.sa_handler = i % 3 == 0 ? SIG_IGN : handler;
		before.sa_flags = i % 2 == 0 ? SA_RESTART : 0;
		sigemptyset(&before.sa_mask);
		sigaddset(&before.sa_mask, SIGWINCH);
		sigaction(used[i], &before, NULL);
	}
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGWINCH);
	sigprocmask(SIG_SETMASK, &set, NULL);
	ck_assert_int_eq(run_once(2), 0);
	sigprocmask(SIG_SETMASK, NULL, &mask);
	for (int signo = 1; signo < 32; signo++)
		ck_assert_int_eq(sigismember(&mask, signo),
		    sigismember(&set, signo));
	for (size_t i = 0; i < USED; i++) {
		sigaction(used[i], NULL, &after);
		ck_assert(after.sa_handler ==
		    (i % 3 == 0 ? SIG_IGN : handler));
		ck_assert_int_eq(after.sa_flags & SA_RESTART,
		    i % 2 == 0 ? SA_RESTART : 0);
		ck_assert(sigismember(&after.sa_mask, SIGWINCH));
	}
}
END_TEST

START_TEST(no_descriptor_is_leaked)
{
	struct unpwrap_prefork prefork = { .workers = 2, .failures_max = 2,
	    .serve = return_1 };
	int before = open_descriptors();

	ck_assert_int_eq(run_once(8), 0);
	ck_assert_int_eq(open_descriptors(), before);
	ck_assert_int_eq(unpwrap_prefork(&prefork), -1);
	ck_assert_int_eq(errno, ECHILD);
	ck_assert_int_eq(open_descriptors(), before);
}
END_TEST

static int
count_descriptors(const struct unpwrap_worker *worker, void *arg)
{
	shared->descriptors[worker->slot] = open_descriptors();
	return obey(worker, arg);
}

/* Another's stopfd would keep that worker from seeing the supervisor's end. */
START_TEST(worker_has_one_descriptor_more)
{
	int before = open_descriptors(), counted = 0;
	pid_t pid = bring_up(8, PATIENT_MS, count_descriptors);

	for (int i = 0; i < SLOTS_MAX; i++)
		if (shared->descriptors[i] != 0) {
			ck_assert_int_eq(shared->descriptors[i], before + 1);
			counted++;
		}
	ck_assert_int_eq(counted, 8);
	stop(pid);
}
END_TEST

static int
note_signals(const struct unpwrap_worker *worker, void *arg)
{
	struct sigaction action;

	for (size_t i = 0; i < USED; i++) {
		sigaction(used[i], NULL, &action);
		shared->dispositions[used[i]] = action.sa_handler;
	}
	sigprocmask(SIG_SETMASK, NULL, &shared->mask);
	return return_0(worker, arg);
}

START_TEST(worker_has_dispositions_of_its_own)
{
	struct unpwrap_prefork prefork = { .workers = 1, .once = 1,
	    .serve = note_signals };

	share();
	for (size_t i = 0; i < USED; i++)
		signal(used[i], handler);
	ck_assert_int_eq(unpwrap_prefork(&prefork), 0);
	ck_assert(shared->dispositions[SIGHUP] == SIG_IGN);
	ck_assert(shared->dispositions[SIGINT] == SIG_IGN);
	ck_assert(shared->dispositions[SIGUSR1] == SIG_IGN);
	ck_assert(shared->dispositions[SIGUSR2] == SIG_IGN);
	ck_assert(shared->dispositions[SIGQUIT] == SIG_DFL);
	ck_assert(shared->dispositions[SIGCHLD] == SIG_DFL);
	ck_assert(shared->dispositions[SIGTERM] != handler);
	for (size_t i = 0; i < USED; i++)
		ck_assert_int_eq(sigismember(&shared->mask, used[i]), 0);
}
END_TEST

START_TEST(children_may_have_been_ignored)
{
	signal(SIGCHLD, SIG_IGN);
	ck_assert_int_eq(run_once(2), 0);
	ck_assert(signal(SIGCHLD, SIG_DFL) == SIG_IGN);
}
END_TEST

static void
exit_is_seen(void)
{
	if (shared != NULL)
		atomic_fetch_add(&shared->wrong, 1);
}

START_TEST(worker_leaves_by__exit)
{
	atexit(exit_is_seen);
	ck_assert_int_eq(run_once(2), 0);
	ck_assert_int_eq(shared->starts, 2);
	ck_assert_int_eq(shared->wrong, 0);
}
END_TEST

static int
want_arg(const struct unpwrap_worker *worker, void *arg)
{
	(void)worker;
	if (arg != &life)
		atomic_fetch_add(&shared->wrong, 1);
	return 0;
}

static void
want_arg_too(const struct unpwrap_event *event, void *arg)
{
	(void)event;
	if (arg != &life)
		atomic_fetch_add(&shared->wrong, 1);
	atomic_fetch_add(&shared->go, 1);
}

START_TEST(arg_is_handed_on)
{
	struct unpwrap_prefork prefork = { .workers = 1, .once = 1,
	    .serve = want_arg, .event = want_arg_too, .arg = &life };

	share();
	ck_assert_int_eq(unpwrap_prefork(&prefork), 0);
	ck_assert_int_eq(shared->wrong, 0);
	ck_assert_int_eq(shared->go, 2);
}
END_TEST

START_TEST(wrong_members_are_refused)
{
	static const struct unpwrap_prefork wrong[] = {
		{ .workers = 0, .once = 1, .serve = return_0 },
		{ .workers = UNPWRAP_WORKERS_MAX + 1, .once = 1,
		    .serve = return_0 },
		{ .workers = UINT_MAX, .once = 1, .serve = return_0 },
		{ .workers = 1, .once = 1, .serve = NULL },
	};

	share();
	errno = 0;
	ck_assert_int_eq(unpwrap_prefork(&wrong[_i]), -1);
	ck_assert_int_eq(errno, EINVAL);
	ck_assert_int_eq(shared->starts, 0);
}
END_TEST

START_TEST(no_descriptors_are_an_error)
{
	limit(RLIMIT_NOFILE, 3);
	signal(SIGHUP, handler);
	ck_assert_int_eq(run_once(1), -1);
	ck_assert_int_eq(errno, EMFILE);
	ck_assert(signal(SIGHUP, SIG_DFL) == handler);
	unlimit(RLIMIT_NOFILE);
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *tc = add_case(suite, "running");

	tcase_add_loop_test(tc, workers_run_until_told, 0, 2);
	tcase_add_test(tc, killed_worker_is_replaced);
	tcase_add_test(tc, replacement_has_the_same_number);
	tcase_add_test(tc, exit_status_is_what_serve_returns);
	tcase_add_test(tc, signals_are_told);
	tcase_add_test(tc, signals_are_told_though_poll_fails);
	tcase_add_test(tc, storm_of_signals);

	tc = add_case(suite, "stopping");
	tcase_add_test(tc, drain_has_a_deadline);
	tcase_add_loop_test(tc, stop_at_once, 0, 5);
	tcase_add_test(tc, stop_while_starts_are_delayed);

	tc = add_case(suite, "hangup");
	tcase_add_test(tc, hangup_replaces_all_without_a_gap);
	tcase_add_test(tc, second_hangup_during_the_first_leaves_no_gap);
	tcase_add_test(tc, hangup_as_soon_as_ready_leaves_no_gap);
	tcase_add_test(tc, hangup_waits_for_workers_that_start);
	tcase_add_test(tc, hangup_dismisses_nobody_before_another_is_ready);
	tcase_add_test(tc, hangup_replaces_each_by_its_successor);

	tc = add_case(suite, "start");
	tcase_add_loop_test(tc, deaths_at_start_are_delayed_and_given_up, 0,
	    3);
	tcase_add_test(tc, no_maximum_of_deaths_at_start);
	tcase_add_test(tc, worker_that_starts_clears_the_failures);
	tcase_add_test(tc, no_giving_up_while_a_worker_is_up);
	tcase_add_test(tc, ready_is_heard_though_death_is_as_quick);
	tcase_add_test(tc, deaths_after_the_start_are_no_storm_of_forks);
	tcase_add_test(tc,
	    deaths_are_counted_though_other_starts_are_refused);
	tcase_add_loop_test(tc, start_that_the_system_refuses_is_tried_again,
	    0, 2);
	tcase_add_test(tc, delay_of_starts_has_a_bound);
	tcase_add_loop_test(tc, worker_that_lives_a_second_has_started, 0,
	    2);

	tc = add_case(suite, "ending");
	tcase_add_test(tc, worker_that_the_caller_reaps_is_replaced);
#ifdef __linux__
	tcase_add_loop_test(tc, orphans_are_reaped_where_that_is_wanted, 0, 2);
#endif
	tcase_add_test(tc, once);
	tcase_add_test(tc, once_replaces_a_worker_that_failed);
	tcase_add_test(tc, once_counts_no_worker_that_was_replaced);
	tcase_add_test(tc, once_replaces_those_that_are_left);
	tcase_add_test(tc, once_needs_no_replacement_of_those_that_finished);
	tcase_add_test(tc, retired_worker_is_replaced_at_once);
	tcase_add_test(tc, retired_worker_waits_for_its_replacement);
	tcase_add_test(tc, retired_worker_has_a_deadline);
	tcase_add_loop_test(tc, term_to_a_worker_alone_retires_it, 0, 2);

	tc = add_case(suite, "nobody left");
	tcase_add_loop_test(tc, workers_end_with_a_killed_supervisor, 0, 2);
	tcase_add_loop_test(tc, children_end_with_their_worker, 0, 2);
	tcase_add_test(tc, children_of_a_killed_worker_end);
	tcase_add_test(tc, term_to_a_worker_s_child_ends_it_alone);
#ifdef __linux__
	tcase_add_loop_test(tc, child_ends_with_its_parent, 0, 2);
#endif

	tc = add_case(suite, "caller");
	tcase_add_test(tc, other_children_are_not_reaped);
	tcase_add_test(tc, dispositions_and_mask_are_restored);
	tcase_add_test(tc, no_descriptor_is_leaked);
	tcase_add_test(tc, worker_has_one_descriptor_more);
	tcase_add_test(tc, worker_has_dispositions_of_its_own);
	tcase_add_test(tc, children_may_have_been_ignored);
	tcase_add_test(tc, worker_leaves_by__exit);
	tcase_add_test(tc, arg_is_handed_on);
	tcase_add_loop_test(tc, wrong_members_are_refused, 0, 4);
	tcase_add_test(tc, no_descriptors_are_an_error);
}

int
main(void)
{
	return run_suite("prefork", fill);
}
