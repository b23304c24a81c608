/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "gate.h"
#include "log.h"
#include "model.h"
#include "oom.h"
#include "plain.h"
#include "supervisor.h"
#include "udp.h"

#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <signal.h>
#include <unistd.h>

#define FAILURES_MAX	10	/* in a row, while none is ready: 20 seconds,
				   with the delays */

struct watch {
	struct server *server;
	int	 stopping;
	uint64_t killed_before;	/* connections, when the stop began */
};

/* Datagrams have one worker more, whose number is the last. */
static unsigned
processes(const struct server *server)
{
	return server->workers + (server->udp ? 1 : 0);
}

unsigned
supervisor_parts(const struct server *server)
{
	return 2 * processes(server);	/* as unpwrap_worker's slot has it */
}

/* Workers with an older plan leave the gate to us from now on.  Not from the
 * HUP on: until there is a worker with the new plan, theirs is in force. */
static void
put_plan_in_force(struct server *server)
{
	unsigned now = atomic_load(&server->stats->generation);

	while (now < server->generation && !atomic_compare_exchange_weak(
	    &server->stats->generation, &now, server->generation))
		continue;
}

static int
serve(const struct unpwrap_worker *worker, void *arg)
{
	struct server *server = ((struct watch *)arg)->server;
	int status;

	oom_prefer(OOM_WORKER);
	put_plan_in_force(server);
	server->worker = worker;
	server->part = &server->stats->part[worker->slot];
	stats_worker_gone(server->part);	/* our predecessor */
	if (worker->number == server->workers)
		return serve_datagrams(server);
	status = server->model->serve(server);
	if (status == 0 && atomic_load(&server->stats->stop_asked))
		atomic_store(&server->stats->drained, 1);
	return status;
}

static void
log_statistics(const struct server *server)
{
	struct log_field fields[8 + CAUSES + FAULT_KINDS];
	struct totals totals;
	size_t n = 0;

	stats_sum(server->stats, &totals);
	fields[n++] = (struct log_field){ "connections", NULL,
	    totals.accepted };
	fields[n++] = (struct log_field){ "current", NULL, totals.current };
	fields[n++] = (struct log_field){ "refused", NULL, totals.refused };
	fields[n++] = (struct log_field){ "bytes_in", NULL, totals.bytes_in };
	fields[n++] = (struct log_field){ "bytes_out", NULL,
	    totals.bytes_out };
	if (server->udp) {
		fields[n++] = (struct log_field){ "datagrams_in", NULL,
		    totals.datagrams_in };
		fields[n++] = (struct log_field){ "datagrams_out", NULL,
		    totals.datagrams_out };
		fields[n++] = (struct log_field){ "datagrams_dropped", NULL,
		    totals.datagrams_dropped };
	}
	for (int cause = 0; cause < CAUSES; cause++)
		fields[n++] = (struct log_field){ cause_names[cause], NULL,
		    totals.ended[cause] };
	for (int kind = 0; kind < FAULT_KINDS; kind++)
		if (totals.faults[kind] > 0)
			fields[n++] = (struct log_field){
			    fault_rows[kind].name, NULL, totals.faults[kind] };
	log_event(LEVEL_NOTICE, "statistics", fields, n);
}

static uint64_t
connections_killed(const struct server *server)
{
	struct totals totals;

	stats_sum(server->stats, &totals);
	return totals.ended[CAUSE_KILLED];
}

/*
 * What the library's supervisor tells, a function for each.
 */

static void
worker_started(struct watch *watch, const struct unpwrap_event *event)
{
	(void)watch;
	log_fields(LEVEL_DETAIL, "worker started",
	    { "worker", NULL, (uint64_t)event->pid });
}

static void
worker_ended(struct watch *watch, const struct unpwrap_event *event)
{
	struct server *server = watch->server;

	stats_worker_gone(&server->stats->part[event->slot]);
	gate_process_gone(server, event->pid);
	if (server->sources != NULL)
		sources_part_gone(server->sources, event->slot);
	if (WIFSIGNALED(event->status))
		log_fields(event->signo != 0 ? LEVEL_DETAIL : LEVEL_ERROR,
		    "worker died",
		    { "worker", NULL, (uint64_t)event->pid },
		    { "signal", NULL, (uint64_t)WTERMSIG(event->status) });
	else
		log_fields(WEXITSTATUS(event->status) == 0 ? LEVEL_DETAIL :
		    LEVEL_ERROR, "worker ended",
		    { "worker", NULL, (uint64_t)event->pid },
		    { "status", NULL, (uint64_t)WEXITSTATUS(event->status) });
}

static void
worker_killed(struct watch *watch, const struct unpwrap_event *event)
{
	(void)watch;
	log_fields(LEVEL_NOTICE, "killing worker",
	    { "worker", NULL, (uint64_t)event->pid });
}

static void
worker_delayed(struct watch *watch, const struct unpwrap_event *event)
{
	(void)watch;
	log_fields(LEVEL_ERROR, "workers die at their start, waiting",
	    { "milliseconds", NULL, event->delay_ms });
}

static void
fork_failed(struct watch *watch, const struct unpwrap_event *event)
{
	(void)watch;
	log_error("cannot start a worker", event->error);
}

/* A pipe would be waited for, or has had its end. */
static int
is_there_again(const char *path)
{
	struct stat st;

	return stat(path, &st) == -1 || S_ISREG(st.st_mode);
}

/* New workers get the new faults.  A bad file leaves all as it was. */
static void
reload_faults(struct server *server)
{
	struct fault_plan plan;
	char why[WHY_MAX];

	if (server->faults->file == NULL)
		return;
	if (!is_there_again(server->faults->file)) {
		log_fields(LEVEL_ERROR, "faults are as they were",
		    { "error", "the fault file is no regular file", 0 });
		return;
	}
	if (fault_source_read(server->faults, &plan, why) == -1) {
		log_fields(LEVEL_ERROR, "faults are as they were",
		    { "error", plain(why), 0 });
		return;
	}
	server->plan = plan;
	server->generation++;
}

static int
is_stopping(const struct watch *watch)
{
	return atomic_load(&watch->server->stats->stop_asked);
}

/* What a signal asks for.  Returns whether its event is to be logged. */

static int
reload(struct watch *watch)
{
	log_reopen();
	if (is_stopping(watch))
		return 0;
	reload_faults(watch->server);
	return 1;
}

static int
begin_stop(struct watch *watch)
{
	if (!watch->stopping)
		watch->killed_before = connections_killed(watch->server);
	watch->stopping = 1;
	atomic_store(&watch->server->stats->stop_asked, 1);
	return 1;
}

static int
tell_statistics(struct watch *watch)
{
	log_statistics(watch->server);
	return 0;
}

static int
switch_faults(struct watch *watch)
{
	struct server *server = watch->server;
	int off = !atomic_load(&server->stats->faults_off);

	if (server->plan.n == 0 && !server->in_band &&
	    server->faults->file == NULL)
		return 0;
	atomic_store(&server->stats->faults_off, off);
	log_fields(LEVEL_NOTICE, off ? "faults are off" : "faults are on",
	    { "signal", "USR2", 0 });
	return 0;
}

static void
signalled(struct watch *watch, const struct unpwrap_event *event)
{
	static const struct {
		int		 signo;
		int		 (*act)(struct watch *);
		const char	*name;
		const char	*event;
	} signals[] = {
		{ SIGHUP,  reload,	"HUP",	"replacing the workers" },
		{ SIGINT,  begin_stop,	"INT",	"stopping" },
		{ SIGTERM, begin_stop,	"TERM",	"stopping" },
		{ SIGQUIT, begin_stop,	"QUIT",	"stopping at once" },
		{ SIGUSR1, tell_statistics, "USR1", NULL },
		{ SIGUSR2, switch_faults, "USR2", NULL },
	};

	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		if (signals[i].signo == event->signo && signals[i].act(watch))
			log_fields(LEVEL_NOTICE, signals[i].event,
			    { "signal", signals[i].name, 0 });
	}
}

static void
on_event(const struct unpwrap_event *event, void *watch)
{
	static void (*const handlers[])(struct watch *,
	    const struct unpwrap_event *) = {
		[UNPWRAP_WORKER_STARTED]	= worker_started,
		[UNPWRAP_WORKER_ENDED]		= worker_ended,
		[UNPWRAP_WORKER_KILLED]		= worker_killed,
		[UNPWRAP_WORKER_DELAYED]	= worker_delayed,
		[UNPWRAP_FORK_FAILED]		= fork_failed,
		[UNPWRAP_SIGNAL]		= signalled,
	};

	handlers[event->type](watch, event);
}

/* Connections that no worker has taken yet end with the listener; but not what
 * its queue was filled with (gate.c). */
static int
is_one_waiting(struct server *server)
{
	struct peer peer;
	int fd;

	for (unsigned i = 0; i < server->nlisten; i++)
		for (;;) {
			peer.len = sizeof(peer.addr);
			fd = accept(server->listenfds[i], &peer.addr.any,
			    &peer.len);
			if (fd == -1)
				break;
			close(fd);
			if (!gate_take_filler(server, &peer))
				return 1;
		}
	return 0;
}

/* Is there nobody who has taken those that waited at the stop? */
static int
is_queue_left(const struct watch *watch, int killed)
{
	return killed || (is_stopping(watch) && !watch->server->one_off &&
	    !atomic_load(&watch->server->stats->drained));
}

/* Since the stop.  killed: workers were. */
static int
were_connections_cut(const struct watch *watch, int killed)
{
	return (watch->stopping && connections_killed(watch->server) >
	    watch->killed_before) ||
	    (is_queue_left(watch, killed) && is_one_waiting(watch->server));
}

/* What ended while its worker was killed. */
static void
settle_statistics(const struct server *server)
{
	for (unsigned i = 0; i < server->stats->parts; i++)
		stats_worker_gone(&server->stats->part[i]);
}

int
supervisor_run(struct server *server)
{
	struct watch watch = { .server = server, .stopping = server->one_off };
	struct unpwrap_prefork prefork = {
		.workers = processes(server),
		.drain_ms = server->drain_ms,
		.failures_max = FAILURES_MAX,
		.once = server->one_off,
		.reap_orphans = getpid() == 1,
		.serve = serve,
		.event = on_event,
		.arg = &watch,
	};
	int result, error;

	oom_begin();
	server->supervisor = getpid();
	result = unpwrap_prefork(&prefork);
	error = errno;
	settle_statistics(server);
	log_statistics(server);
	if (result == -1 && error == ECHILD)
		log_fields(LEVEL_ERROR,
		    "giving up: workers die at their start", { "starts", NULL,
		    FAILURES_MAX });
	else if (result == -1)
		log_error("cannot supervise", error);
	return result == -1 || were_connections_cut(&watch, result);
}
