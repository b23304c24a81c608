/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * Which of these servers costs less?  See README.md.
 */
#include <config.h>

#include "contest.h"
#include "options.h"
#include "output.h"
#include "quantity.h"
#include "standings.h"
#include "unpwrap.h"

#include <sys/resource.h>

#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define CONNECTIONS_MAX	100000
#define CYCLES_MAX	100000

struct settings {
	struct contest_how how;
	const char	*against, *csv;
};

static volatile sig_atomic_t interrupted;

static void
interrupt(int signo)
{
	(void)signo;
	interrupted = 1;
}

static int
set_mode(void *settings, const char *operand, char why[WHY_MAX])
{
	static const char *const names[] = {
		[CONTEST_PING_PONG] = "ping-pong",
		[CONTEST_BULK] = "bulk",
		[CONTEST_CHURN] = "churn",
		[CONTEST_IDLE] = "idle"
	};
	struct settings *s = settings;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(operand, names[i]) == 0) {
			s->how.mode = (enum contest_mode)i;
			return 0;
		}
	}
	return refuse(why, "ping-pong, bulk, churn or idle");
}

static int
set_connections(void *settings, const char *operand, char why[WHY_MAX])
{
	uint64_t n;

	if (count_parse(operand, 1, CONNECTIONS_MAX, &n, why) == -1)
		return -1;
	((struct settings *)settings)->how.connections = (size_t)n;
	return 0;
}

static int
set_length(void *settings, const char *operand, char why[WHY_MAX])
{
	uint64_t n;

	if (size_parse(operand, &n, why) == -1)
		return -1;
	if (n == 0 || n > 1 << 30)
		return refuse(why, "from 1 byte to 1 GiB");
	((struct settings *)settings)->how.length = (size_t)n;
	return 0;
}

static int
set_cycles(void *settings, const char *operand, char why[WHY_MAX])
{
	uint64_t n;

	if (count_parse(operand, 1, CYCLES_MAX, &n, why) == -1)
		return -1;
	((struct settings *)settings)->how.cycles = (size_t)n;
	return 0;
}

static int
set_slice(void *settings, const char *operand, char why[WHY_MAX])
{
	struct settings *s = settings;

	if (duration_parse(operand, &s->how.slice_ns, why) == -1)
		return -1;
	return s->how.slice_ns > 0 ? 0 : refuse(why, "more than 0");
}

static int
set_cpu(const char *operand, int *cpu, char why[WHY_MAX])
{
	uint64_t n;

	if (count_parse(operand, 0, CPU_SETSIZE - 1, &n, why) == -1)
		return -1;
	*cpu = (int)n;
	return 0;
}

static int
set_server_cpu(void *settings, const char *operand, char why[WHY_MAX])
{
	return set_cpu(operand, &((struct settings *)settings)->how.server_cpu,
	    why);
}

static int
set_load_cpu(void *settings, const char *operand, char why[WHY_MAX])
{
	return set_cpu(operand, &((struct settings *)settings)->how.load_cpu,
	    why);
}

static int
set_against(void *settings, const char *operand, char why[WHY_MAX])
{
	(void)why;
	((struct settings *)settings)->against = operand;
	return 0;
}

static int
set_csv(void *settings, const char *operand, char why[WHY_MAX])
{
	(void)why;
	((struct settings *)settings)->csv = operand;
	return 0;
}

static int set_help(void *, const char *, char *);

static const struct option_row options[] = {
	{ 'm', "mode", "NAME", "ping-pong, bulk, churn or idle [ping-pong]",
	    set_mode },
	{ 'c', "connections", "N", "at once [50]", set_connections },
	{ 'l', "length", "SIZE", "of a message [512]", set_length },
	{ 'n', "cycles", "N", "slices that each server gets [21]",
	    set_cycles },
	{ 's', "slice", "TIME", "length of one [50ms]", set_slice },
	{ '\0', "against", "NAME", "compare with this server [the first]",
	    set_against },
	{ '\0', "server-cpu", "N", "where the servers run", set_server_cpu },
	{ '\0', "load-cpu", "N", "where the load runs", set_load_cpu },
	{ '\0', "csv", "FILE", "append the results to it", set_csv },
	{ 'h', "help", NULL, "print this", set_help },
	{ '\0', NULL, NULL, NULL, NULL }
};

static int
set_help(void *settings, const char *operand, char *why)
{
	(void)settings;
	(void)operand;
	(void)why;
	puts("Usage: versus [OPTION]... NAME=COMMAND...\n"
	    "Compare echo servers in alternating slices of time.  COMMAND, "
	    "for sh(1), serves\non 127.0.0.1 at port $PORT.\n");
	options_print(options);
	exit_printed();
	return 0;
}

/* The first two processors that this process may use, for servers and load. */
static void
choose_processors(struct contest_how *how)
{
	int *places[] = { &how->server_cpu, &how->load_cpu };
	size_t found = 0;
	cpu_set_t set;

	how->server_cpu = how->load_cpu = -1;
	if (sched_getaffinity(0, sizeof(set), &set) == -1 ||
	    CPU_COUNT(&set) < 2)
		return;
	for (int cpu = 0; cpu < CPU_SETSIZE && found < 2; cpu++)
		if (CPU_ISSET(cpu, &set))
			*places[found++] = cpu;
}

static void
raise_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == -1)
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

static struct contestant *
parse_contestants(char *texts[], size_t n)
{
	struct contestant *all = calloc(n, sizeof(*all));
	char *is;

	if (all == NULL)
		err_sys("memory");
	for (size_t i = 0; i < n; i++) {
		is = strchr(texts[i], '=');
		if (is == NULL || is == texts[i])
			usage_error("\"%s\" is not NAME=COMMAND", texts[i]);
		*is = '\0';
		all[i].target.name = texts[i];
		all[i].target.command = is + 1;
	}
	return all;
}

static size_t
index_of(const struct contestant *all, size_t n, const char *name)
{
	if (name == NULL)
		return 0;
	for (size_t i = 0; i < n; i++)
		if (strcmp(all[i].target.name, name) == 0)
			return i;
	usage_error("--against: there is no server \"%s\"", name);
}

static void
append_csv(const struct settings *s, const struct contestant *all, size_t n,
    size_t against)
{
	FILE *file = fopen(s->csv, "ae");

	if (file == NULL)
		err_sys("%s", s->csv);
	standings_print_csv(file, &s->how, all, n, against, ftello(file) == 0);
	if (fclose(file) == EOF)
		err_sys("%s", s->csv);
}

static void
report_out(const struct contestant *all, size_t n)
{
	for (size_t i = 0; i < n; i++)
		err_msg("%s: %s", all[i].target.name, all[i].why);
	err_quit("none of the servers could be measured");
}

int
main(int argc, char *argv[])
{
	struct settings s = { .how = { .connections = 50, .length = 512,
	    .cycles = 21, .slice_ns = 50 * NSEC_PER_MSEC } };
	struct contestant *all;
	int first, against;
	size_t n;

	signal(SIGPIPE, SIG_IGN);
	choose_processors(&s.how);
	first = options_parse(argc, argv, options, &s);
	n = (size_t)(argc - first);
	if (n == 0)
		usage_error("which servers? (see --help)");
	all = parse_contestants(argv + first, n);
	against = (int)index_of(all, n, s.against);
	raise_descriptors();
	Signal(SIGPIPE, SIG_IGN);
	Signal(SIGINT, interrupt);
	Signal(SIGTERM, interrupt);
	against = contest_run(&s.how, all, n, (size_t)against, &interrupted);
	if (interrupted)
		err_quit("interrupted");
	if (against == -1)
		report_out(all, n);
	standings_print(stdout, &s.how, all, n, (size_t)against);
	if (s.csv != NULL)
		append_csv(&s, all, n, (size_t)against);
	exit_printed();
}
