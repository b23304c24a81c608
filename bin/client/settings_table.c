/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "crew.h"
#include "moment.h"
#include "output.h"
#include "pattern.h"
#include "plot.h"
#include "quantity.h"
#include "settings.h"
#include "settings_table.h"
#include "tuning.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define CONNECTIONS_MAX	1000000
#define DEPTH_MAX	65536
#define RATE_LEAST	0.001
#define RATE_MAX	1e8

static int
timeout_parse(const char *text, int64_t *ns, char why[WHY_MAX])
{
	if (duration_parse(text, ns, why) == -1)
		return -1;
	if (*ns == 0)
		return refuse(why, "no time at all");
	return 0;
}

/* The rows of the table that are alike: one that takes a time, one that takes
 * nothing. */
#define SET_TIME(name, NAME, member)				\
static int								\
set_##name(void *settings, const char *operand, char why[WHY_MAX])	\
{									\
	struct settings *s = settings;					\
									\
	s->given[NAME] = 1;						\
	return timeout_parse(operand, &s->member, why);			\
}

#define SET_FLAG(name, member)						\
static int								\
set_##name(void *settings, const char *operand, char why[WHY_MAX])	\
{									\
	(void)operand;							\
	(void)why;							\
	((struct settings *)settings)->member = 1;			\
	return 0;							\
}

SET_TIME(connect_timeout, CONNECT_TIMEOUT, attempt.connect.timeout_ns)
SET_TIME(reply_timeout, REPLY_TIMEOUT, attempt.session.reply_timeout_ns)
SET_TIME(idle, IDLE, attempt.session.idle_ns)
SET_TIME(trickle, TRICKLE, attempt.session.trickle_ns)
SET_TIME(interval, INTERVAL, interval_ns)
SET_TIME(omit, OMIT, campaign.run.omit_ns)
SET_TIME(ramp, RAMP, campaign.load.ramp_ns)
SET_TIME(time, TIME, campaign.run.time_ns)
SET_FLAG(abort, given[ABORT])
SET_FLAG(bulk, given[BULK])
SET_FLAG(churn, given[CHURN])
SET_FLAG(csv, given[CSV])
SET_FLAG(connect_only, given[CONNECT_ONLY])
SET_FLAG(half_close, given[HALF_CLOSE])
SET_FLAG(no_half_close, given[NO_HALF_CLOSE])
SET_FLAG(no_read, given[NO_READ])
SET_FLAG(reconnect, given[RECONNECT])
SET_FLAG(udp, given[UDP])
SET_FLAG(verdict, given[VERDICT])
SET_FLAG(versus, given[VERSUS])
SET_FLAG(quiet, given[QUIET])
SET_FLAG(verbose, given[VERBOSE])

static int
set_keepalive_time(void *settings, const char *operand, char why[WHY_MAX])
{
	struct settings *s = settings;

	s->given[KEEPALIVE] = 1;
	if (!has_keepalive())
		return refuse(why, "this system cannot set it");
	if (timeout_parse(operand, &s->attempt.connect.keepalive_ns,
	    why) == -1)
		return -1;
	if (s->attempt.connect.keepalive_ns > 9 * 3600 * NSEC_PER_SEC)
		return refuse(why, "longer than 9h");
	return 0;
}

static int
set_user_timeout_time(void *settings, const char *operand, char why[WHY_MAX])
{
	struct settings *s = settings;

	s->given[USER_TIMEOUT] = 1;
	if (!has_user_timeout())
		return refuse(why, "this system cannot set it");
	if (timeout_parse(operand, &s->attempt.connect.user_timeout_ns,
	    why) == -1)
		return -1;
	if (s->attempt.connect.user_timeout_ns > 24 * 24 * 3600 * NSEC_PER_SEC)
		return refuse(why, "longer than 24 days");
	return 0;
}

static int
set_source(void *settings, const char *operand, char why[WHY_MAX])
{
	struct settings *s = settings;

	s->given[SOURCE] = 1;
	return origins_parse(operand, &s->attempt.connect.origins, why);
}

static int
set_retry(void *settings, const char *operand, char why[WHY_MAX])
{
	struct settings *s = settings;
	uint64_t n;

	s->given[RETRY] = 1;
	if (count_parse(operand, 0, 1000, &n, why) == -1)
		return -1;
	s->attempt.connect.retries = (unsigned)n;
	return 0;
}

static int
set_pattern(void *settings, const char *operand, char why[WHY_MAX])
{
	struct settings *s = settings;
	uint64_t seed = s->attempt.session.seed;

	s->given[PATTERN] = 1;
	if (operand != NULL &&
	    count_parse(operand, 0, PATTERN_SEED_MAX, &seed, why) == -1)
		return -1;
	s->attempt.session.seed = (uint32_t)seed;
	return 0;
}

/* SIZE[:MAX] */
static int
set_length(void *settings, const char *operand, char why[WHY_MAX])
{
	struct settings *s = settings;
	size_t n = strcspn(operand, ":");
	char size[32];

	s->given[LENGTH] = 1;
	if (n >= sizeof(size))
		return refuse(why, "too long");
	memcpy(size, operand, n);
	size[n] = '\0';
	if (size_parse(size, &s->length, why) == -1)
		return -1;
	s->length_max = s->length;
	if (operand[n] == ':' &&
	    size_parse(operand + n + 1, &s->length_max, why) == -1)
		return -1;
	if (s->length_max < s->length)
		return refuse(why, "the second one is the larger one");
	if (s->length_max > PATTERN_LENGTH_MAX)
		return refuse(why, "a pattern has %" PRIu64 " bytes at most",
		    PATTERN_LENGTH_MAX);
	return 0;
}

static int
set_count(void *settings, const char *operand, char why[WHY_MAX])
{
	struct settings *s = settings;

	s->given[COUNT] = 1;
	return count_parse(operand, 1, UINT32_MAX, &s->count, why);
}

static int
set_connections(void *settings, const char *operand, char why[WHY_MAX])
{
	struct settings *s = settings;
	uint64_t n;

	s->given[CONNECTIONS] = 1;
	if (count_parse(operand, 1, CONNECTIONS_MAX, &n, why) == -1)
		return -1;
	s->campaign.load.connections = (size_t)n;
	return 0;
}

static int
set_threads(void *settings, const char *operand, char why[WHY_MAX])
{
	struct settings *s = settings;
	uint64_t n;

	s->given[THREADS] = 1;
	if (count_parse(operand, 1, CREW_MAX, &n, why) == -1)
		return -1;
	s->campaign.threads = (size_t)n;
	return 0;
}

static int
set_verify(void *settings, const char *operand, char why[WHY_MAX])
{
	struct settings *s = settings;

	s->given[VERIFY] = 1;
	if (strcmp(operand, "on") != 0 && strcmp(operand, "off") != 0)
		return refuse(why, "not on or off");
	s->campaign.load.no_verify = strcmp(operand, "off") == 0;
	return 0;
}

static int
set_depth(void *settings, const char *operand, char why[WHY_MAX])
{
	struct settings *s = settings;
	uint64_t n;

	s->given[DEPTH] = 1;
	if (count_parse(operand, 1, DEPTH_MAX, &n, why) == -1)
		return -1;
	s->campaign.load.depth = (size_t)n;
	return 0;
}

/* N or N/s: a rate, in messages a second. */
static int
set_rate(void *settings, const char *operand, char why[WHY_MAX])
{
	struct settings *s = settings;
	size_t n = strcspn(operand, "/");
	char number[32];
	double rate;

	s->given[RATE] = 1;
	if (operand[n] != '\0' && strcmp(operand + n, "/s") != 0)
		return refuse(why, "not a number a second, such as 1000/s");
	if (n >= sizeof(number))
		return refuse(why, "too long");
	memcpy(number, operand, n);
	number[n] = '\0';
	if (number_parse(number, &rate, why) == -1)
		return -1;
	if (rate < RATE_LEAST || rate > RATE_MAX)
		return refuse(why, "not between %g and %.0f", RATE_LEAST,
		    RATE_MAX);
	s->campaign.load.rate = rate;
	return 0;
}

static int
set_json(void *settings, const char *operand, char why[WHY_MAX])
{
	(void)operand;
	((struct settings *)settings)->given[JSON] = 1;
	if (!report_has_json())
		return refuse(why, "built without jansson");
	return 0;
}

static int
set_json_stream(void *settings, const char *operand, char why[WHY_MAX])
{
	(void)operand;
	((struct settings *)settings)->given[JSON_STREAM] = 1;
	if (!report_has_json())
		return refuse(why, "built without jansson");
	return 0;
}

static int
set_expect(void *settings, const char *operand, char why[WHY_MAX])
{
	struct settings *s = settings;

	s->given[EXPECT] = 1;
	return expect_parse(operand, &s->report.expectation, why);
}

static int
set_fail_if(void *settings, const char *operand, char why[WHY_MAX])
{
	struct settings *s = settings;

	s->given[FAIL_IF] = 1;
	return thresholds_parse(operand, &s->campaign.conclude.fail_if, why);
}

static int
set_hdr(void *settings, const char *operand, char why[WHY_MAX])
{
	struct settings *s = settings;

	s->given[HDR] = 1;
	s->campaign.conclude.hdr = operand;
	return operand[0] != '\0' ? 0 : refuse(why, "the name is empty");
}

static int
set_plot(void *settings, const char *operand, char why[WHY_MAX])
{
	struct settings *s = settings;

	s->given[PLOT] = 1;
	s->campaign.conclude.plot = operand;
	return plot_can(operand) ? 0 : refuse(why, "the name ends neither in "
	    ".svg nor in .png");
}

static int
set_merge(void *settings, const char *operand, char why[WHY_MAX])
{
	(void)operand;
	((struct settings *)settings)->given[MERGE] = 1;
	if (!report_has_json())
		return refuse(why, "built without jansson");
	return 0;
}

static int
set_start_at(void *settings, const char *operand, char why[WHY_MAX])
{
	struct settings *s = settings;
	int64_t past;

	s->given[START_AT] = 1;
	if (moment_parse(operand, &s->campaign.start_at, why) == -1)
		return -1;
	past = moment_now() - s->campaign.start_at;
	if (past >= 0)
		return refuse(why, "that was %.3f s ago",
		    (double)past / (double)NSEC_PER_SEC);
	return 0;
}

static int	 print_help(void *, const char *, char [WHY_MAX]);
static int	 print_version(void *, const char *, char [WHY_MAX]);

#define HEADING(text)	{ '\0', text, NULL, NULL, NULL }

const struct option_row client_options[] = {
	HEADING("Connection"),
	{ 'w', "connect-timeout", "TIME",
	    "longest wait for each address (the system's)",
	    set_connect_timeout },
	{ '\0', "retry", "N",
	    "try again where it is refused or times out (0)", set_retry },
	{ '\0', "source", "ADDRESS[:PORT]",
	    "connect from here; of a load: A,B-C, in turn", set_source },
	{ '\0', "keepalive", "TIME",
	    "notice a dead host after about so long", set_keepalive_time },
	{ '\0', "user-timeout", "TIME",
	    "longest wait for an acknowledgement", set_user_timeout_time },
	{ 'z', "connect-only", NULL, "connect, send nothing",
	    set_connect_only },
	{ 'u', "udp", NULL, "send each line as a datagram", set_udp },
	HEADING("Echo"),
	{ 'W', "reply-timeout", "TIME",
	    "longest wait for the next byte of the echo (none)",
	    set_reply_timeout },
	{ '\0', "pattern", "[=SEED]",
	    "send bytes that tell their place, not the input", set_pattern },
	{ 'l', "length", "SIZE[:MAX]",
	    "bytes of the pattern, or of each message (1024)", set_length },
	{ '\0', "half-close", NULL,
	    "close this side at the end of input (default)", set_half_close },
	{ '\0', "no-half-close", NULL,
	    "do not, end with the last byte of the echo",
	    set_no_half_close },
	HEADING("Misbehaviour"),
	{ '\0', "abort", NULL, "reset the connection once it is there",
	    set_abort },
	{ '\0', "idle", "TIME", "send nothing for so long first", set_idle },
	{ '\0', "no-read", NULL, "read nothing until the server gives up",
	    set_no_read },
	{ '\0', "trickle", "TIME", "one byte, so much time, the next byte",
	    set_trickle },
	HEADING("Repetition"),
	{ 'n', "count", "N", "connect N times; of a load: send N messages",
	    set_count },
	{ 'i', "interval", "TIME",
	    "from one to the next (1s); of a load: report",
	    set_interval },
	HEADING("Load"),
	{ 'c', "connections", "N", "so many at a time (1)", set_connections },
	{ 't', "time", "TIME", "for so long (10s, or --count messages)",
	    set_time },
	{ 'r', "rate", "N", "messages a second, whatever comes back",
	    set_rate },
	{ '\0', "depth", "N", "messages under way on each connection (1)",
	    set_depth },
	{ '\0', "bulk", NULL, "as many bytes as it takes, both ways",
	    set_bulk },
	{ '\0', "churn", NULL, "each message on a connection of its own",
	    set_churn },
	{ '\0', "ramp", "TIME", "open the connections in so long",
	    set_ramp },
	{ '\0', "omit", "TIME", "begin to count after so long", set_omit },
	{ '\0', "start-at", "TIME",
	    "begin at 2026-11-22T10:00:00Z, or @SECONDS", set_start_at },
	{ '\0', "reconnect", NULL, "make those that fail anew",
	    set_reconnect },
	{ '\0', "threads", "N", "by so many threads (1)", set_threads },
	{ '\0', "verify", "on|off",
	    "compare what comes back, byte by byte (on)", set_verify },
	{ '\0', "versus", NULL,
	    "compare the operands, each an ENDPOINT, in turn", set_versus },
	HEADING("Report"),
	{ '\0', "expect", "VERDICT[,...]",
	    "status 0 for these, 40 for any other", set_expect },
	{ '\0', "verdict", NULL,
	    "one line for scripts in place of the echo", set_verdict },
	{ '\0', "json", NULL, "one JSON object in place of the echo",
	    set_json },
	{ '\0', "json-stream", NULL,
	    "of a load: one each --interval, one at the end",
	    set_json_stream },
	{ '\0', "csv", NULL, "of a load: names and values for programs",
	    set_csv },
	{ '\0', "hdr", "FILE", "of a load: write its percentiles",
	    set_hdr },
	{ '\0', "plot", "FILE",
	    "of a load: draw them, as .svg or .png (gnuplot)", set_plot },
	{ '\0', "fail-if", "CONDITION[,...]",
	    "of a load: status 40 if one holds, e.g. p99>5ms", set_fail_if },
	{ '\0', "merge", NULL,
	    "the operands are files of --json: make them one", set_merge },
	{ 'q', "quiet", NULL, "no verdict, the exit status tells",
	    set_quiet },
	{ 'v', "verbose", NULL, "tell addresses, bytes, time, evidence",
	    set_verbose },
	{ 'h', "help", NULL, "print this and exit", print_help },
	{ 'V', "version", NULL, "print the version and exit",
	    print_version },
	{ '\0', NULL, NULL, NULL, NULL }
};

static int
print_help(void *settings, const char *operand, char why[WHY_MAX])
{
	(void)settings;
	(void)operand;
	(void)why;
	printf("Usage: echo-client [OPTION]... HOST [PORT]\n"
	    "       echo-client [OPTION]... ENDPOINT\n"
	    "       echo-client --versus [OPTION]... ENDPOINT...\n"
	    "       echo-client --merge [OPTION]... FILE...\n"
	    "Send standard input to an echo server, verify the echo, print "
	    "it, and say\nexactly what went wrong.\n\n"
	    "ENDPOINT is PORT, :PORT, HOST, HOST:PORT, [V6]:PORT or unix:PATH;"
	    " without HOST\nit is localhost, without PORT it is %d.\n",
	    DEFAULT_PORT);
	options_print(client_options);
	printf("\nExit status:\n");
	for (int i = 0; i < VERDICTS; i++)
		printf("  %2d  %-24s %s\n", verdicts[i].status,
		    verdicts[i].token, verdicts[i].clause);
	exit_printed();
}

static int
print_version(void *settings, const char *operand, char why[WHY_MAX])
{
	(void)settings;
	(void)operand;
	(void)why;
	printf("echo-client (%s) %s\njansson (JSON): %s\n", PACKAGE_NAME,
	    PACKAGE_VERSION, report_has_json() ? "yes" : "no");
	exit_printed();
}
