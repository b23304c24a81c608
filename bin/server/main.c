/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "deadline.h"
#include "descriptors.h"
#include "gate.h"
#include "listener.h"
#include "log.h"
#include "model.h"
#include "options.h"
#include "output.h"
#include "plain.h"
#include "quantity.h"
#include "settings.h"
#include "supervisor.h"
#include "unix_listener.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* An iterative worker serves one client at a time: with too few of them, a few
 * idle clients are an outage. */
static unsigned
workers_for_processors(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n < 2 ? 8 : n > 64 ? 256 : 4 * (unsigned)n;
}

static unsigned
workers_wanted(const struct settings *s)
{
	const struct model *model = s->server.model;

	if (s->server.one_off)
		return 1;
	if (s->workers != 0)
		return (unsigned)s->workers;
	return model->workers != 0 ? model->workers :
	    workers_for_processors();
}

/* What the options ask for together, and cannot have. */
static void
refuse_together(const struct settings *s)
{
	const struct server *server = &s->server;
	const struct { int is_asked; const char *why; } refusals[] = {
		{ server->one_off && s->workers > 1,
		    "--one-off: it needs --workers 1" },
		{ server->one_off && server->udp,
		    "--one-off and --udp do not go together" },
		{ s->has_udp_rate && !server->udp,
		    "--udp-rate: it needs --udp" },
	};

	if (server->threads != 0 && server->model->threads == 0)
		usage_error("--threads: the model %s has no pool of them",
		    server->model->name);
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
		if (refusals[i].is_asked)
			usage_error("%s", refusals[i].why);
	if (server->udp && s->workers == UNPWRAP_WORKERS_MAX)
		usage_error("--workers: with --udp not more than %d",
		    UNPWRAP_WORKERS_MAX - 1);
}

static void
complete(struct settings *s)
{
	struct server *server = &s->server;
	char why[WHY_MAX];

	server->is_auto = server->model->serve == NULL;
	if (server->is_auto)
		server->model = model_best();
	refuse_together(s);
	if (server->model->probe != NULL && server->model->probe(why) == -1)
		usage_error("--model: \"%s\": not on this host: %s",
		    server->model->name, why);
	server->workers = workers_wanted(s);
	if (server->threads == 0)
		server->threads = server->model->threads;
	server->drain_ms = (unsigned)(s->drain_ns / NSEC_PER_MSEC);
}

static void
read_faults(struct settings *s)
{
	char why[WHY_MAX];

	s->server.faults = &s->faults;
	if (fault_source_read(&s->faults, &s->server.plan, why) == -1)
		usage_error("%s", why);
}

static void
refuse_without_ports(const struct settings *s)
{
	const struct { const char *name; int is_given; } options[] = {
		{ "--udp", s->server.udp },
		{ "--max-per-source", s->server.limits.max_per_source != 0 },
		{ "--congestion", s->transport.congestion != NULL },
		{ "--busy-poll", s->transport.busy_poll_us != 0 },
	};

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if (options[i].is_given)
			usage_error("%s: no endpoint has a port",
			    options[i].name);
}

/* What an option asks for, some endpoints may not have. */
static void
check_endpoints(struct settings *s, const struct endpoint *endpoints,
    unsigned n)
{
	unsigned with_path = 0;

	for (unsigned i = 0; i < n; i++)
		with_path += endpoints[i].path[0] != '\0';
	if (with_path == n)
		refuse_without_ports(s);
	s->faults.for_unix = with_path > 0;
}

/* Before anybody is told that we listen. */
static void
begin_faults(struct server *server)
{
	server->started_ns = monotonic_ns();
	gate_update(server);
	if (server->plan.n > 0 || server->in_band ||
	    server->faults->file != NULL)
		log_fields(LEVEL_NOTICE, "faults",
		    { "faults", NULL, server->plan.n },
		    { "seed", NULL, server->plan.seed });
}

/* "HOST PORT", one endpoint to the client, would be two here, and the port
 * would be that of all addresses. */
static void
refuse_host_and_port(const char *one, const char *next)
{
	if (next != NULL && strchr(one, ':') == NULL &&
	    one[strspn(one, "0123456789")] != '\0' &&
	    next[strspn(next, "0123456789")] == '\0')
		usage_error("\"%s %s\": an endpoint is written %s:%s", one,
		    next, one, next);
}

static unsigned
parse_endpoints(char *words[], struct endpoint *endpoints)
{
	char why[WHY_MAX];
	unsigned n = 0;

	for (; words[n] != NULL; n++) {
		if (endpoint_parse(words[n], DEFAULT_PORT, &endpoints[n],
		    why) == -1)
			usage_error("\"%s\": %s", words[n], why);
		refuse_host_and_port(words[n], words[n + 1]);
	}
	if (n == 0)
		endpoint_parse(":8080", DEFAULT_PORT, &endpoints[n++], why);
	return n;
}

/* Who reads from it is to see its end; 0 to 2 stay in use. */
static void
close_ready_fd(int fd)
{
	int null;

	if (fd > STDERR_FILENO) {
		close(fd);
		return;
	}
	null = open("/dev/null", O_RDWR);
	if (null == -1)
		err_sys("--ready-fd: /dev/null");
	Dup2(null, fd);
	close(null);
}

/* What a client needs to find it: the port, or an endpoint with a path. */
static const char *
way_to(const char *name)
{
	int is_path = strncmp(name, ENDPOINT_UNIX, strlen(ENDPOINT_UNIX)) == 0;

	return is_path ? name : strrchr(name, ':') + 1;
}

/* All lines at once: a shell that reads one may have closed its end before a
 * second write. */
static void
print_ports(const struct settings *s, const struct listeners *listeners)
{
	size_t room = listeners->n * (ENDPOINT_TEXT_MAX + 1) + 1, used = 0;
	char *lines = Malloc(room);

	for (unsigned i = 0; i < listeners->n; i++)
		used += (size_t)snprintf(lines + used, room - used, "%s\n",
		    way_to(listeners->names[i]));
	if (s->print_port && fputs(lines, stdout) == EOF)
		flush_output();		/* says why, and ends */
	if (s->ready_fd != NONE)
		Writen(s->ready_fd, lines, used);
	free(lines);
}

static void
announce(const struct settings *s, const struct listeners *listeners)
{
	for (unsigned i = 0; i < listeners->n; i++)
		log_fields(LEVEL_NOTICE, "listening",
		    { "endpoint", listeners->names[i], 0 },
		    { "model", s->server.model->name, 0 },
		    { "workers", NULL, s->server.workers });
	if (s->server.udp)
		log_fields(LEVEL_NOTICE, "answering datagrams",
		    { "rate", NULL, s->server.udp_rate });
	print_ports(s, listeners);
	flush_output();
	if (s->ready_fd != NONE)
		close_ready_fd(s->ready_fd);
}

static void
hold(const int *signals, size_t n)
{
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < n; i++)
		sigaddset(&set, signals[i]);
	sigprocmask(SIG_BLOCK, &set, NULL);
}

/* Signals are unblocked by the supervisor, when it has its handlers.  Those
 * that are to end nothing are held from the first on: to find an endpoint's
 * address may take long. */
static void
hold_requests(void)
{
	static const int signals[] = { SIGHUP, SIGUSR1, SIGUSR2 };

	hold(signals, sizeof(signals) / sizeof(signals[0]));
}

/* Whoever reads that we listen may send a signal at once. */
static void
hold_stops(void)
{
	static const int signals[] = { SIGINT, SIGQUIT, SIGTERM };

	hold(signals, sizeof(signals) / sizeof(signals[0]));
}

/* Memory that the workers are to share. */
static void
share_counts(struct server *server)
{
	server->stats = stats_new(supervisor_parts(server));
	if (server->stats == NULL)
		err_sys("statistics");
	log_count_dropped(&server->stats->log_dropped);
	if (server->limits.max_per_source == 0)
		return;
	server->sources = sources_new(supervisor_parts(server));
	if (server->sources == NULL)
		err_sys("--max-per-source");
}

static void
listen_on(struct settings *s, const struct endpoint *endpoints, unsigned n,
    struct listeners *listeners)
{
	struct server *server = &s->server;

	listeners->backlog = server->limits.backlog;
	listeners->udp = server->udp;
	listeners_open(listeners, endpoints, n);
	for (unsigned i = 0; i < listeners->n; i++)
		transport_set(listeners->fds[i], &s->transport);
	server->listenfds = listeners->fds;
	server->nlisten = listeners->n;
	server->datagramfds = listeners->datagramfds;
	server->ndatagram = listeners->ndatagram;
}

int
main(int argc, char *argv[])
{
	struct settings s;
	struct endpoint *endpoints;
	struct listeners listeners;
	unsigned n;
	int first, status;

	hold_requests();
	open_standard_descriptors();
	plain_messages();
	raise_descriptor_limit();
	Signal(SIGPIPE, SIG_IGN);
	Signal(SIGXFSZ, SIG_IGN);	/* the log has reached a limit */
	first = settings_parse(argc, argv, &s);
	complete(&s);
	endpoints = Calloc((size_t)(argc - first) + 1, sizeof(*endpoints));
	n = parse_endpoints(argv + first, endpoints);
	check_endpoints(&s, endpoints, n);
	read_faults(&s);
	if (log_open(s.log_path, s.log_json) == -1)
		err_sys("--log-file: \"%s\"", s.log_path);
	share_counts(&s.server);
	listen_on(&s, endpoints, n, &listeners);
	free(endpoints);
	hold_stops();
	unix_listeners_place();
	begin_faults(&s.server);
	announce(&s, &listeners);
	status = supervisor_run(&s.server);
	listeners_free(&listeners);
	return status;
}
