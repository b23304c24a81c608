/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "deadline.h"
#include "guard.h"
#include "log.h"
#include "model.h"
#include "options.h"
#include "output.h"
#include "quantity.h"
#include "settings.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#define DEFAULT_UDP_RATE	1000
#define DEFAULT_BACKLOG	4096
#define BACKLOG_MAX	65535
#define RATE_MAX	1000000
#define BUFFER_MAX	(1 << 30)
#define BUSY_POLL_MAX	1000000	/* microseconds */
#define THREADS_MAX	10000

/*
 * Options: a function for each, and their table.
 */

static int
set_model(void *settings, const char *operand, char why[WHY_MAX])
{
	struct settings *s = settings;

	s->server.model = model_find(operand);
	if (s->server.model == NULL)
		return refuse(why, "unknown model (see --help)");
	return 0;
}

static int
set_workers(void *settings, const char *operand, char why[WHY_MAX])
{
	struct settings *s = settings;

	return count_parse(operand, 1, UNPWRAP_WORKERS_MAX, &s->workers, why);
}

static int
set_threads(void *settings, const char *operand, char why[WHY_MAX])
{
	struct settings *s = settings;
	uint64_t threads;

	if (count_parse(operand, 1, THREADS_MAX, &threads, why) == -1)
		return -1;
	s->server.threads = (unsigned)threads;
	return 0;
}

static int
set_udp(void *settings, const char *operand, char why[WHY_MAX])
{
	(void)operand, (void)why;
	((struct settings *)settings)->server.udp = 1;
	return 0;
}

static int
set_udp_rate(void *settings, const char *operand, char why[WHY_MAX])
{
	struct settings *s = settings;

	s->has_udp_rate = 1;
	return count_parse(operand, 0, GUARD_RATE_MAX, &s->server.udp_rate,
	    why);
}

static int
set_one_off(void *settings, const char *operand, char why[WHY_MAX])
{
	struct settings *s = settings;

	(void)operand, (void)why;
	s->server.one_off = 1;
	return 0;
}

static int
set_max_requests(void *settings, const char *operand, char why[WHY_MAX])
{
	struct settings *s = settings;

	return count_parse(operand, 1, UINT32_MAX,
	    &s->server.limits.max_requests, why);
}

static int
set_max_conns(void *settings, const char *operand, char why[WHY_MAX])
{
	struct settings *s = settings;

	return count_parse(operand, 1, UINT32_MAX,
	    &s->server.limits.max_conns, why);
}

static int
set_max_per_source(void *settings, const char *operand, char why[WHY_MAX])
{
	struct settings *s = settings;

	return count_parse(operand, 1, INT32_MAX,
	    &s->server.limits.max_per_source, why);
}

static int
set_accept_rate(void *settings, const char *operand, char why[WHY_MAX])
{
	struct settings *s = settings;

	return count_parse(operand, 1, RATE_MAX, &s->server.limits.accept_rate,
	    why);
}

static int
set_backlog(void *settings, const char *operand, char why[WHY_MAX])
{
	struct settings *s = settings;
	uint64_t backlog;

	if (count_parse(operand, 1, BACKLOG_MAX, &backlog, why) == -1)
		return -1;
	s->server.limits.backlog = (int)backlog;
	return 0;
}

static int
set_idle_timeout(void *settings, const char *operand, char why[WHY_MAX])
{
	struct settings *s = settings;

	return duration_parse(operand, &s->server.limits.idle_ns, why);
}

static int
set_write_timeout(void *settings, const char *operand, char why[WHY_MAX])
{
	struct settings *s = settings;

	return duration_parse(operand, &s->server.limits.write_ns, why);
}

static int
set_drain_timeout(void *settings, const char *operand, char why[WHY_MAX])
{
	struct settings *s = settings;

	return duration_parse(operand, &s->drain_ns, why);
}

static int
set_buffer(int *size, const char *operand, char why[WHY_MAX])
{
	uint64_t bytes;

	if (size_parse(operand, &bytes, why) == -1)
		return -1;
	if (bytes == 0 || bytes > BUFFER_MAX)
		return refuse(why, "not from 1 to 1GiB");
	*size = (int)bytes;
	return 0;
}

static int
set_sndbuf(void *settings, const char *operand, char why[WHY_MAX])
{
	struct settings *s = settings;

	return set_buffer(&s->transport.sndbuf, operand, why);
}

static int
set_rcvbuf(void *settings, const char *operand, char why[WHY_MAX])
{
	struct settings *s = settings;

	return set_buffer(&s->transport.rcvbuf, operand, why);
}

static int
set_congestion(void *settings, const char *operand, char why[WHY_MAX])
{
	struct settings *s = settings;

	s->transport.congestion = operand;
	return transport_has_congestion(why);
}

static int
set_busy_poll(void *settings, const char *operand, char why[WHY_MAX])
{
	struct settings *s = settings;
	uint64_t us;

	if (transport_has_busy_poll(why) == -1 ||
	    count_parse(operand, 1, BUSY_POLL_MAX, &us, why) == -1)
		return -1;
	s->transport.busy_poll_us = (int)us;
	return 0;
}

static int
set_print_port(void *settings, const char *operand, char why[WHY_MAX])
{
	struct settings *s = settings;

	(void)operand, (void)why;
	s->print_port = 1;
	return 0;
}

static int
set_ready_fd(void *settings, const char *operand, char why[WHY_MAX])
{
	struct settings *s = settings;
	uint64_t fd;
	int flags;

	if (count_parse(operand, 0, INT32_MAX, &fd, why) == -1)
		return -1;
	flags = fcntl((int)fd, F_GETFL);
	if (flags == -1)
		return refuse(why, "not an open descriptor");
	if ((flags & O_ACCMODE) == O_RDONLY)
		return refuse(why, "not open for writing");
	s->ready_fd = (int)fd;
	return 0;
}

static int
set_log_file(void *settings, const char *operand, char why[WHY_MAX])
{
	struct settings *s = settings;

	(void)why;
	s->log_path = operand;
	return 0;
}

static int
set_log_format(void *settings, const char *operand, char why[WHY_MAX])
{
	struct settings *s = settings;

	s->log_json = strcmp(operand, "json") == 0;
	if (s->log_json && !log_has_json())
		return refuse(why, "this program was built without jansson");
	if (!s->log_json && strcmp(operand, "text") != 0)
		return refuse(why, "neither text nor json");
	return 0;
}

static int
add_fault(void *settings, const char *operand, char why[WHY_MAX])
{
	struct settings *s = settings;
	struct fault_plan plan = { .n = 0 };

	if (s->faults.n == FAULTS_MAX)
		return refuse(why, "more than %d faults", FAULTS_MAX);
	if (fault_parse(operand, &plan, why) == -1)
		return -1;
	s->faults.texts[s->faults.n++] = operand;
	return 0;
}

static int
set_fault_file(void *settings, const char *operand, char why[WHY_MAX])
{
	struct settings *s = settings;

	(void)why;
	s->faults.file = operand;
	return 0;
}

static int
set_in_band(void *settings, const char *operand, char why[WHY_MAX])
{
	(void)operand, (void)why;
	((struct settings *)settings)->server.in_band = 1;
	return 0;
}

static int
set_seed(void *settings, const char *operand, char why[WHY_MAX])
{
	struct settings *s = settings;

	return count_parse(operand, 0, INT64_MAX, &s->faults.seed, why);
}

static int
set_verbose(void *settings, const char *operand, char why[WHY_MAX])
{
	(void)settings, (void)operand, (void)why;
	log_set_level(LEVEL_DETAIL);
	return 0;
}

static int
set_quiet(void *settings, const char *operand, char why[WHY_MAX])
{
	(void)settings, (void)operand, (void)why;
	log_set_level(LEVEL_ERROR);
	return 0;
}

static int
print_help(void *settings, const char *operand, char why[WHY_MAX]);

#ifdef HAVE_LIBURING
static const char has_liburing[] = "yes";
#else
static const char has_liburing[] = "no";
#endif

static int
print_version(void *settings, const char *operand, char why[WHY_MAX])
{
	(void)settings, (void)operand, (void)why;
	printf("echo-server (%s) %s\njansson (JSON): %s\n"
	    "liburing (--model io_uring): %s\n", PACKAGE_NAME,
	    PACKAGE_VERSION, log_has_json() ? "yes" : "no", has_liburing);
	exit_printed();
}

static const struct option_row options[] = {
	{ 0, "Serving", NULL, NULL, NULL },
	{ 'm', "model", "NAME", "how to serve many clients, see below",
	    set_model },
	{ 'w', "workers", "N", "processes that run the model", set_workers },
	{ 0, "threads", "N", "of each worker of the model prethread [64]",
	    set_threads },
	{ '1', "one-off", NULL, "serve one connection, then end",
	    set_one_off },

	{ 'u', "udp", NULL, "answer datagrams, too, on the same ports",
	    set_udp },

	{ 0, "Limits (a TIME is 500ms, 5s, 2m or 1h; 0 is none)", NULL, NULL,
	    NULL },
	{ 0, "max-conns", "N", "refuse more connections at once",
	    set_max_conns },
	{ 0, "max-per-source", "N", "and of one address (IPv6: network of 64 "
	    "bits)", set_max_per_source },
	{ 0, "accept-rate", "N", "let more than N a second wait",
	    set_accept_rate },
	{ 0, "max-requests", "N", "replace a worker after N connections",
	    set_max_requests },
	{ 0, "backlog", "N", "connections that may wait [4096]",
	    set_backlog },
	{ 0, "idle-timeout", "TIME", "end a connection that is silent [5m]",
	    set_idle_timeout },
	{ 0, "write-timeout", "TIME", "reset a client that never reads [1m]",
	    set_write_timeout },
	{ 0, "drain-timeout", "TIME", "to finish at a stop; 0: at once [10s]",
	    set_drain_timeout },
	{ 0, "udp-rate", "N", "answers to one source in a second [1000]",
	    set_udp_rate },

	{ 0, "Sockets", NULL, NULL, NULL },
	{ 0, "sndbuf", "SIZE", "of a connection, for what it sends",
	    set_sndbuf },
	{ 0, "rcvbuf", "SIZE", "and for what it receives", set_rcvbuf },
	{ 0, "congestion", "NAME", "control by this algorithm, as cubic",
	    set_congestion },
	{ 0, "busy-poll", "USEC", "look for packets so long before sleeping",
	    set_busy_poll },

	{ 0, "Faults on purpose (NAME[=VALUE][,KEY=VALUE]..., see below)", NULL,
	    NULL, NULL },
	{ 'f', "fault", "FAULT", "do this wrong; may be given again",
	    add_fault },
	{ 0, "fault-file", "FILE", "and these, a line each; HUP reads it again",
	    set_fault_file },
	{ 0, "in-band-faults", NULL, "clients may ask: \"!fault rst,after=9\"",
	    set_in_band },
	{ 0, "seed", "N", "make the same random choices as another run",
	    set_seed },

	{ 0, "Output", NULL, NULL, NULL },
	{ 0, "print-port", NULL, "print each port on standard output",
	    set_print_port },
	{ 0, "ready-fd", "N", "print them on descriptor N, and close it",
	    set_ready_fd },
	{ 0, "log-file", "FILE", "log there, not on standard error",
	    set_log_file },
	{ 0, "log-format", "FORMAT", "text or json [text]", set_log_format },
	{ 'v', "verbose", NULL, "log each connection and worker",
	    set_verbose },
	{ 'q', "quiet", NULL, "log errors only", set_quiet },
	{ 'h', "help", NULL, "print this", print_help },
	{ 'V', "version", NULL, "print the version and what is built in",
	    print_version },
	{ 0, NULL, NULL, NULL, NULL }
};

static int
print_help(void *settings, const char *operand, char why[WHY_MAX])
{
	(void)settings, (void)operand, (void)why;
	puts("Usage: echo-server [OPTION]... [ENDPOINT]...\n"
	    "Serve TCP echo (RFC 862), and UDP.  An ENDPOINT is PORT, :PORT, "
	    "HOST, HOST:PORT,\n[V6]:PORT or unix:PATH; port 0 is any free "
	    "one.  The default is :8080.");
	options_print(options);
	puts("\nModels:");
	for (const struct model *model = models; model->name != NULL; model++)
		printf("  %-28s %s\n", model->name, model->help);
	puts("\nFaults:");
	for (int kind = 0; kind < FAULT_KINDS; kind++)
		printf("  %-28s %s\n", fault_rows[kind].name,
		    fault_rows[kind].help);
	puts("\nKeys: after=SIZE (echoed before it strikes), size=SIZE, "
	    "time=TIME, rate=SIZE/s;\nconns=1-3,7 every=N p=0.1 source=CIDR "
	    "choose connections; from=TIME for=TIME\nevery=TIME say when.");
	puts("\nSignals: TERM and INT stop after what is being served, a "
	    "second one stops at\nonce, as QUIT does; HUP replaces the workers "
	    "and reopens the log; USR1 logs\nstatistics; USR2 switches faults "
	    "off and on.");
	exit_printed();
}

int
settings_parse(int argc, char *argv[], struct settings *s)
{
	*s = (struct settings){
		/* It is told, so that the run can be repeated. */
		.faults.seed = (uint64_t)monotonic_ns() & 0xffffffff,
		.server.model = models,
		.server.limits = {
			.idle_ns = 300 * NSEC_PER_SEC,
			.write_ns = 60 * NSEC_PER_SEC,
			.backlog = DEFAULT_BACKLOG,
		},
		.server.udp_rate = DEFAULT_UDP_RATE,
		.drain_ns = 10 * NSEC_PER_SEC,
		.ready_fd = NONE,
	};
	return options_parse(argc, argv, options, s);
}
