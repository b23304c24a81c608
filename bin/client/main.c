/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "attempt.h"
#include "deadline.h"
#include "descriptors.h"
#include "exchange.h"
#include "options.h"
#include "pattern.h"
#include "probe.h"
#include "quantity.h"
#include "report.h"
#include "tuning.h"
#include "unpwrap.h"

#include <inttypes.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#define DEFAULT_PORT	8080
#define DEFAULT_LENGTH	1024

/* Options that do not go with every other one. */
enum given {
	ABORT, CONNECT_ONLY, CONNECT_TIMEOUT, COUNT, HALF_CLOSE, IDLE,
	INTERVAL, JSON, KEEPALIVE, LENGTH, NO_HALF_CLOSE, NO_READ, PATTERN,
	REPLY_TIMEOUT, RETRY, SOURCE, TRICKLE, UDP, USER_TIMEOUT, VERDICT,
	GIVEN
};

static const char *const given_names[GIVEN] = {
	[ABORT] = "abort", [CONNECT_ONLY] = "connect-only",
	[CONNECT_TIMEOUT] = "connect-timeout", [COUNT] = "count",
	[HALF_CLOSE] = "half-close", [IDLE] = "idle",
	[INTERVAL] = "interval", [JSON] = "json", [KEEPALIVE] = "keepalive",
	[LENGTH] = "length", [NO_HALF_CLOSE] = "no-half-close",
	[NO_READ] = "no-read", [PATTERN] = "pattern",
	[REPLY_TIMEOUT] = "reply-timeout", [RETRY] = "retry",
	[SOURCE] = "source", [TRICKLE] = "trickle", [UDP] = "udp",
	[USER_TIMEOUT] = "user-timeout", [VERDICT] = "verdict",
};

struct settings {
	struct attempt	 attempt;
	struct probe_how probe;
	struct report_how report;
	int		 given[GIVEN];
};

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
SET_TIME(interval, INTERVAL, probe.interval_ns)
SET_FLAG(abort, given[ABORT])
SET_FLAG(connect_only, given[CONNECT_ONLY])
SET_FLAG(half_close, given[HALF_CLOSE])
SET_FLAG(no_half_close, given[NO_HALF_CLOSE])
SET_FLAG(no_read, given[NO_READ])
SET_FLAG(udp, given[UDP])
SET_FLAG(verdict, given[VERDICT])
SET_FLAG(quiet, report.quiet)
SET_FLAG(verbose, report.verbose)

static int
set_keepalive_time(void *settings, const char *operand, char why[WHY_MAX])
{
	struct settings *s = settings;

	s->given[KEEPALIVE] = 1;
	if (!has_keepalive())
		return refuse(why, "this system cannot set it");
	return timeout_parse(operand, &s->attempt.connect.keepalive_ns, why);
}

static int
set_user_timeout_time(void *settings, const char *operand, char why[WHY_MAX])
{
	struct settings *s = settings;

	s->given[USER_TIMEOUT] = 1;
	if (!has_user_timeout())
		return refuse(why, "this system cannot set it");
	return timeout_parse(operand, &s->attempt.connect.user_timeout_ns,
	    why);
}

static int
set_source(void *settings, const char *operand, char why[WHY_MAX])
{
	struct settings *s = settings;

	s->given[SOURCE] = 1;
	return source_parse(operand, &s->attempt.connect, why);
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

static int
set_length(void *settings, const char *operand, char why[WHY_MAX])
{
	struct settings *s = settings;

	s->given[LENGTH] = 1;
	if (size_parse(operand, &s->attempt.session.length, why) == -1)
		return -1;
	if (s->attempt.session.length > PATTERN_LENGTH_MAX)
		return refuse(why, "a pattern has %" PRIu64 " bytes at most",
		    PATTERN_LENGTH_MAX);
	return 0;
}

static int
set_count(void *settings, const char *operand, char why[WHY_MAX])
{
	struct settings *s = settings;

	s->given[COUNT] = 1;
	return count_parse(operand, 1, UINT32_MAX, &s->probe.count, why);
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
set_expect(void *settings, const char *operand, char why[WHY_MAX])
{
	return expect_parse(operand,
	    &((struct settings *)settings)->report.expectation, why);
}

static int	 print_help(void *, const char *, char [WHY_MAX]);
static int	 print_version(void *, const char *, char [WHY_MAX]);

#define HEADING(text)	{ '\0', text, NULL, NULL, NULL }

static const struct option_row options[] = {
	HEADING("Connection"),
	{ 'w', "connect-timeout", "TIME",
	    "longest wait for each address (the system's)",
	    set_connect_timeout },
	{ '\0', "retry", "N",
	    "try again where it is refused or times out (0)", set_retry },
	{ '\0', "source", "ADDRESS[:PORT]", "connect from here",
	    set_source },
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
	{ 'l', "length", "SIZE", "so many bytes of the pattern (1024)",
	    set_length },
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
	{ 'n', "count", "N", "connect N times, send a pattern, sum up",
	    set_count },
	{ 'i', "interval", "TIME", "from one to the next (1s)",
	    set_interval },
	HEADING("Report"),
	{ '\0', "expect", "VERDICT[,...]",
	    "status 0 for these, 40 for any other", set_expect },
	{ '\0', "verdict", NULL,
	    "one line for scripts in place of the echo", set_verdict },
	{ '\0', "json", NULL, "one JSON object in place of the echo",
	    set_json },
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
	printf("usage: echo-client [OPTION]... HOST [PORT]\n"
	    "       echo-client [OPTION]... ENDPOINT\n"
	    "Send standard input to an echo server, verify the echo, print "
	    "it, and say\nexactly what went wrong.\n\n"
	    "ENDPOINT is PORT, :PORT, HOST, HOST:PORT, [V6]:PORT or unix:PATH;"
	    " without HOST\nit is localhost, without PORT it is %d.\n",
	    DEFAULT_PORT);
	options_print(options);
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

static void
parse_operands(int n, char *operands[], struct endpoint *endpoint)
{
	char why[WHY_MAX];

	if (n == 0)
		usage_error("HOST or ENDPOINT is missing (see --help)");
	if (n > 2)
		usage_error("\"%s\": one operand too many (see --help)",
		    operands[2]);
	if (n == 1 && endpoint_parse(operands[0], DEFAULT_PORT, endpoint,
	    why) == -1)
		usage_error("\"%s\": %s", operands[0], why);
	if (n == 2 && endpoint_parse_two(operands[0], operands[1], endpoint,
	    why) == -1)
		usage_error("\"%s\" \"%s\": %s", operands[0], operands[1], why);
	if (endpoint->path[0] != '\0')
		return;
	if (endpoint->port == 0)
		usage_error("nobody can be connected to on port 0");
	if (endpoint->host[0] == '\0')
		strcpy(endpoint->host, "localhost");
}

/* No two of a row make sense together. */
static const enum given conflicts[][2] = {
	{ ABORT, CONNECT_ONLY }, { ABORT, HALF_CLOSE }, { ABORT, IDLE },
	{ ABORT, LENGTH }, { ABORT, NO_HALF_CLOSE }, { ABORT, NO_READ },
	{ ABORT, PATTERN }, { ABORT, REPLY_TIMEOUT }, { ABORT, TRICKLE },
	{ CONNECT_ONLY, HALF_CLOSE }, { CONNECT_ONLY, IDLE },
	{ CONNECT_ONLY, LENGTH }, { CONNECT_ONLY, NO_HALF_CLOSE },
	{ CONNECT_ONLY, NO_READ }, { CONNECT_ONLY, PATTERN },
	{ CONNECT_ONLY, REPLY_TIMEOUT }, { CONNECT_ONLY, TRICKLE },
	{ HALF_CLOSE, NO_HALF_CLOSE }, { NO_HALF_CLOSE, NO_READ },
	{ JSON, VERDICT }, { COUNT, JSON }, { COUNT, VERDICT },
	{ INTERVAL, JSON }, { INTERVAL, VERDICT },
	{ UDP, ABORT }, { UDP, CONNECT_ONLY }, { UDP, CONNECT_TIMEOUT },
	{ UDP, HALF_CLOSE }, { UDP, IDLE }, { UDP, KEEPALIVE },
	{ UDP, NO_HALF_CLOSE }, { UDP, NO_READ }, { UDP, RETRY },
	{ UDP, TRICKLE }, { UDP, USER_TIMEOUT },
};

/* What a UNIX-domain socket has not. */
static const enum given of_internet[] = {
	KEEPALIVE, SOURCE, UDP, USER_TIMEOUT
};

static void
refuse_conflicts(const int given[GIVEN])
{
	for (size_t i = 0; i < sizeof(conflicts) / sizeof(conflicts[0]); i++)
		if (given[conflicts[i][0]] && given[conflicts[i][1]])
			usage_error("--%s and --%s do not go together",
			    given_names[conflicts[i][0]],
			    given_names[conflicts[i][1]]);
	if (given[LENGTH] && !given[PATTERN] && !given[COUNT] &&
	    !given[INTERVAL])
		usage_error("--length is that of a --pattern: there is none");
}

static void
refuse_for_unix(const int given[GIVEN])
{
	for (size_t i = 0; i < sizeof(of_internet) / sizeof(of_internet[0]);
	    i++)
		if (given[of_internet[i]])
			usage_error("--%s: not of a UNIX-domain socket",
			    given_names[of_internet[i]]);
}

/* A datagram may be lost: its echo is not waited for without end. */
static void
settle_udp(struct attempt *a)
{
	a->connect.udp = 1;
	if (a->session.reply_timeout_ns == 0)
		a->session.reply_timeout_ns = NSEC_PER_SEC;
	if (a->session.has_pattern && a->session.length > EXCHANGE_MAX)
		usage_error("--length: a datagram has %d bytes at most",
		    EXCHANGE_MAX);
}

/* What follows from several options. */
static void
settle(struct settings *s)
{
	struct attempt *a = &s->attempt;
	int repeated = s->given[COUNT] || s->given[INTERVAL];

	refuse_conflicts(s->given);
	if (a->endpoint.path[0] != '\0')
		refuse_for_unix(s->given);
	a->abort = s->given[ABORT];
	a->connect_only = s->given[CONNECT_ONLY];
	a->connect.verbose = s->report.verbose;
	a->connect.narrow = s->given[NO_READ];
	a->session.no_read = s->given[NO_READ];
	a->session.no_half_close = s->given[NO_HALF_CLOSE];
	a->session.has_pattern = s->given[PATTERN] || repeated;
	if (!s->given[LENGTH])
		a->session.length = DEFAULT_LENGTH;
	if (s->given[UDP])
		settle_udp(a);
	s->report.line = s->given[VERDICT];
	s->report.json = s->given[JSON];
	a->session.no_print = a->session.has_pattern || s->report.line ||
	    s->report.json;
	if (s->probe.interval_ns == 0)
		s->probe.interval_ns = NSEC_PER_SEC;
}

/* No two programs are likely to have the same at a time. */
static uint32_t
any_seed(void)
{
	uint64_t now = (uint64_t)monotonic_ns();

	return (uint32_t)((now ^ now >> 24 ^ (uint64_t)getpid() << 8) &
	    PATTERN_SEED_MAX);
}

int
main(int argc, char *argv[])
{
	struct settings s = {
		.attempt.connect.stopfd = -1,
		.attempt.session = { .stopfd = -1, .seed = any_seed() },
	};
	struct outcome outcome;
	int first;

	open_standard_descriptors();
	signal(SIGPIPE, SIG_IGN);
	first = options_parse(argc, argv, options, &s);
	parse_operands(argc - first, argv + first, &s.attempt.endpoint);
	settle(&s);
	if (s.given[COUNT] || s.given[INTERVAL])
		return probe_run(&s.attempt, &s.probe, &s.report);
	attempt_run(&s.attempt, &outcome);
	report(&outcome, &s.report);
	return expect_status(&s.report.expectation, outcome.verdict);
}
