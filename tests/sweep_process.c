/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "sweep_run.h"

#include <sys/mman.h>

#include <poll.h>
#include <syslog.h>

/*
 * Processes and signals.
 */
static enum outcome
run_Fork(struct world *w)
{
	ARM(w->child = Fork());
	if (w->child == 0)
		_exit(0);
	return SUCCEEDED(w->child > 0);
}

static enum outcome
reaped(struct world *w, pid_t pid, int status)
{
	int right = pid == w->child && WIFEXITED(status) &&
	    WEXITSTATUS(status) == 7;

	w->child = 0;
	return SUCCEEDED(right);
}

static enum outcome
run_Wait(struct world *w)
{
	int status = 0;
	pid_t pid;

	ARM(pid = Wait(&status));
	return reaped(w, pid, status);
}

static enum outcome
run_Waitpid(struct world *w)
{
	int status = 0;
	pid_t pid;

	ARM(pid = Waitpid(w->child, &status, 0));
	return reaped(w, pid, status);
}

/* A handler has nobody to tell, and keeps errno. */
static enum outcome
run_sig_chld(struct world *w)
{
	(void)w;
	errno = EDOM;
	sweep->arm();
	sig_chld(SIGCHLD);
	sweep->disarm();
	return SUCCEEDED(errno == EDOM);
}

static const struct rule sig_chld_rules[] = {
	{ F_waitpid,	0,	SUCCEEDS,	0,	0 },
	NO_RULES
};

static enum outcome
run_Signal(struct world *w)
{
	Sigfunc *old;

	ARM(old = Signal(SIGUSR1, SIG_IGN));
	signal(SIGUSR1, SIG_DFL);
	return SUCCEEDED(old == SIG_DFL);
}

static enum outcome
run_Signal_intr(struct world *w)
{
	Sigfunc *old;

	ARM(old = Signal_intr(SIGUSR1, SIG_IGN));
	signal(SIGUSR1, SIG_DFL);
	return SUCCEEDED(old == SIG_DFL);
}

static enum outcome
run_signal_intr(struct world *w)
{
	Sigfunc *old;

	ARM(old = signal_intr(SIGUSR1, SIG_IGN));
	signal(SIGUSR1, SIG_DFL);
	return old == SIG_ERR ? FAILED : SUCCEEDED(old == SIG_DFL);
}

static enum outcome
run_Sigaction(struct world *w)
{
	struct sigaction old;

	ARM(Sigaction(SIGUSR1, NULL, &old));
	return SUCCEEDED(old.sa_handler == SIG_DFL);
}

static enum outcome
run_Sigset(struct world *w)
{
	sigset_t set;
	int is = -1;

	ARM(Sigfillset(&set); Sigemptyset(&set); Sigaddset(&set, SIGUSR1);
	    Sigdelset(&set, SIGUSR1); is = Sigismember(&set, SIGUSR1));
	return SUCCEEDED(is == 0);
}

static enum outcome
run_Sigpending(struct world *w)
{
	sigset_t set;

	ARM(Sigpending(&set));
	return SUCCEEDED(sigismember(&set, SIGUSR1) == 0);
}

static enum outcome
run_Sigprocmask(struct world *w)
{
	sigset_t old;

	ARM(Sigprocmask(SIG_BLOCK, NULL, &old));
	return SUCCEEDED(sigismember(&old, SIGUSR1) == 0);
}

/* What it empties before use cannot be refused. */
static const struct rule handler_rules[] = {
	{ F_sigemptyset, 0,	CANNOT_FAIL,	0,	0 },
	{ F_sigaddset,	0,	CANNOT_FAIL,	0,	0 },
	NO_RULES
};

static enum outcome
run_heartbeat_cli(struct world *w)
{
	w->has_heartbeat = 1;
	ARM(heartbeat_cli(w->fd, 60, 5));
	return OK;
}

static enum outcome
run_heartbeat_serv(struct world *w)
{
	w->has_heartbeat = 1;
	ARM(heartbeat_serv(w->fd, 60, 5));
	return OK;
}

/* Whether what is sent without waiting may not have been, in this run. */
static int
may_be_lost(void)
{
	return (sweep->fired && sweep->error != EINTR) ||
	    (sweep->applied & MODE_EAGAIN);
}

/*
 * The handlers: they have nobody to tell, keep errno, and end no process whose
 * peer shows signs of life.
 */
static enum outcome
run_beats(struct world *w, void (*heartbeat)(int, int, int))
{
	struct pollfd urgent = { .fd = w->fd, .events = POLLPRI };
	sigset_t set;
	char byte;

	sigemptyset(&set);
	sigaddset(&set, SIGURG);
	sigprocmask(SIG_BLOCK, &set, NULL);
	w->has_heartbeat = 1;
	heartbeat(w->fd, 60, 5);
	if (send(w->peer, "1", 1, MSG_OOB) != 1 || poll(&urgent, 1, 1000) != 1)
		_exit(NO_SETUP);
	errno = EDOM;
	sweep->arm();
	raise(SIGALRM);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	sweep->disarm();
	w->error = errno;
	urgent.fd = w->peer;
	if (!may_be_lost() && (poll(&urgent, 1, 1000) != 1 ||
	    recv(w->peer, &byte, 1, MSG_OOB) != 1))
		return WRONG;
	return SUCCEEDED(w->error == EDOM);
}

static enum outcome
run_heartbeat_cli_beats(struct world *w)
{
	return run_beats(w, heartbeat_cli);
}

static enum outcome
run_heartbeat_serv_beats(struct world *w)
{
	return run_beats(w, heartbeat_serv);
}

static enum outcome
run_end_with_parent(struct world *w)
{
	pid_t parent = getppid();

	ARM(unpwrap_end_with_parent(parent));
	return OK;
}

static const struct rule best_effort_rules[] = {
	{ ANY,		0,	SUCCEEDS,	0,	0 },
	NO_RULES
};

/*
 * A daemon.  It tells by a pipe how it got on: what daemon_init returned, the
 * error, and how many descriptors it has more than it should.
 */
struct told {
	int	 result;
	int	 error;
	int	 fired;
	unsigned calls[FUNCTIONS];
	int	 is_right;
};

static int
open_above_standard(void)
{
	int n = 0;

	for (int fd = STDERR_FILENO + 1; fd < 64; fd++)
		n += fcntl(fd, F_GETFD) != -1;
	return n;
}

static void
be_daemon(struct world *w, int to)
{
	struct told told = { .result = -1 };
	int before = open_above_standard();
	ssize_t n;

	sweep->follow = 1;
	ARM(told.result = daemon_init("sweep", LOG_DAEMON));
	told.error = w->error;
	told.fired = sweep->fired;
	memcpy(told.calls, sweep->calls, sizeof(told.calls));
	told.is_right = open_above_standard() == before &&
	    (told.result == -1 || getsid(0) != getpid());
	n = write(to, &told, sizeof(told));
	_exit(n != sizeof(told));
}

/* Its first two processes end by _exit(2): only one of the three tells. */
static enum outcome
run_daemon_init(struct world *w)
{
	struct told told;

	a_pipe(w);
	w->child = fork();
	if (w->child == 0) {
		close(w->peer);
		be_daemon(w, w->fd);
	}
	close(w->fd);
	w->fd = -1;
	if (read(w->peer, &told, sizeof(told)) != sizeof(told))
		return WRONG;
	sweep->fired = told.fired;
	memcpy(sweep->calls, told.calls, sizeof(told.calls));
	w->error = told.error;
	if (!told.is_right)
		return WRONG;
	return told.result == -1 ? FAILED : OK;
}

/* SIGHUP is ignored for the moment of the leader's end. */
static const struct rule daemon_rules[] = {
	{ F_sigaction,	0,	SUCCEEDS,	0,	0 },
	{ F_sigemptyset, 0,	CANNOT_FAIL,	0,	0 },
	NO_RULES
};

/* What a worker tells its supervisor, which may be gone; errno is kept. */
static enum outcome
run_tell(struct world *w, void (*say)(const struct unpwrap_worker *))
{
	struct unpwrap_worker worker = { .stopfd = w->fd };
	ssize_t heard;
	char byte;

	errno = EDOM;
	sweep->arm();
	say(&worker);
	sweep->disarm();
	w->error = errno;
	heard = recv(w->peer, &byte, 1, MSG_DONTWAIT);
	if (heard != 1 && !may_be_lost())
		return WRONG;
	return SUCCEEDED(w->error == EDOM);
}

static enum outcome
run_worker_ready(struct world *w)
{
	return run_tell(w, unpwrap_worker_ready);
}

static enum outcome
run_worker_retire(struct world *w)
{
	return run_tell(w, unpwrap_worker_retire);
}

/*
 * A supervisor, of one worker that ends by itself.  What it needs to begin must
 * be had; later it goes on, whatever fails.  Calls of the worker count, too: it
 * tells how far it came.
 */
static int
serve(const struct unpwrap_worker *worker, void *arg)
{
	struct told *told = arg;

	unpwrap_worker_ready(worker);
	memcpy(told->calls, sweep->calls, sizeof(told->calls));
	told->fired = sweep->fired;
	return 0;
}

static enum outcome
run_prefork(struct world *w)
{
	struct unpwrap_prefork conf = { .workers = 1, .drain_ms = 100,
	    .once = 1, .serve = serve };
	struct told *told = mmap(NULL, sizeof(*told), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (told == MAP_FAILED)
		_exit(NO_SETUP);
	conf.arg = told;
	sweep->follow = 1;
	ARM(w->n = unpwrap_prefork(&conf));
	for (int f = 0; f < FUNCTIONS; f++)
		if (sweep->calls[f] < told->calls[f])
			sweep->calls[f] = told->calls[f];
	sweep->fired |= told->fired;
	munmap(told, sizeof(*told));
	return w->n == -1 ? FAILED : SUCCEEDED(w->n == 0);
}

/* One that is stopped, by a signal, as soon as its worker is there.  1: where
 * the worker could not be told, it was killed. */
static int
serve_until_stopped(const struct unpwrap_worker *worker, void *arg)
{
	char byte;

	(void)arg;
	return read(worker->stopfd, &byte, 1) != 0;
}

static void
stop_when_started(const struct unpwrap_event *event, void *arg)
{
	(void)arg;
	if (event->type == UNPWRAP_WORKER_STARTED)
		raise(SIGTERM);
}

static enum outcome
run_prefork_stopped(struct world *w)
{
	struct unpwrap_prefork conf = { .workers = 1, .drain_ms = 100,
	    .serve = serve_until_stopped, .event = stop_when_started };

	ARM(w->n = unpwrap_prefork(&conf));
	if (w->n == -1)
		return FAILED;
	return SUCCEEDED(w->n == 0 || (w->n == 1 && sweep->fired));
}

/* Its own child has ended where it asks for it; its pipe has a reader and never
 * waits; its sets and signals are valid. */
static const struct rule prefork_rules[] = {
	{ F_calloc,	0,	FAILS,		0,	0 },
	{ F_pipe2,	0,	FAILS,		0,	0 },
	{ F_sigaddset,	0,	CANNOT_FAIL,	0,	0 },
	{ F_sigemptyset, 0,	CANNOT_FAIL,	0,	0 },
	{ F_sigaction,	0,	CANNOT_FAIL,	0,	0 },
	{ F_pthread_sigmask, 0,	CANNOT_FAIL,	0,	0 },
	{ F_waitid,	0,	CANNOT_FAIL,	0,	0 },
	{ F_waitpid,	0,	CANNOT_FAIL,	0,	0 },
	{ F_write,	0,	CANNOT_FAIL,	0,	0 },
	{ ANY,		0,	SUCCEEDS,	0,	0 },
	NO_RULES
};

const struct scenario process_scenarios[] = {
	{ "Fork", NULL, run_Fork, NULL, 0 },
	{ "Wait", a_child, run_Wait, NULL, 0 },
	{ "Waitpid", a_child, run_Waitpid, NULL, 0 },
	{ "sig_chld", a_child, run_sig_chld, sig_chld_rules, 1 },
	{ "Signal", NULL, run_Signal, handler_rules, 0 },
	{ "Signal_intr", NULL, run_Signal_intr, handler_rules, 0 },
	{ "signal_intr", NULL, run_signal_intr, handler_rules, 0 },
	{ "Sigaction", NULL, run_Sigaction, NULL, 0 },
	{ "Sigfillset, Sigemptyset, Sigaddset, Sigdelset, Sigismember", NULL,
	    run_Sigset, NULL, 0 },
	{ "Sigpending", NULL, run_Sigpending, NULL, 0 },
	{ "Sigprocmask", NULL, run_Sigprocmask, NULL, 0 },
	{ "heartbeat_cli", a_tcp_pair, run_heartbeat_cli, handler_rules, 0 },
	{ "heartbeat_serv", a_tcp_pair, run_heartbeat_serv, handler_rules, 0 },
	{ "heartbeat_cli, beats", a_tcp_pair, run_heartbeat_cli_beats,
	    best_effort_rules, 0 },
	{ "heartbeat_serv, beats", a_tcp_pair, run_heartbeat_serv_beats,
	    best_effort_rules, 0 },
	{ "unpwrap_worker_ready", a_pair, run_worker_ready,
	    best_effort_rules, 0 },
	{ "unpwrap_worker_retire", a_pair, run_worker_retire,
	    best_effort_rules, 0 },
	{ "unpwrap_end_with_parent", NULL, run_end_with_parent,
	    best_effort_rules, 0 },
	{ "daemon_init", NULL, run_daemon_init, daemon_rules, 1 },
	{ "unpwrap_prefork", NULL, run_prefork, prefork_rules, 1 },
	{ "unpwrap_prefork, stopped", NULL, run_prefork_stopped,
	    prefork_rules, 1 },
	{ NULL, NULL, NULL, NULL, 0 }
};
