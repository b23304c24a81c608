/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "connect.h"
#include "descriptors.h"
#include "options.h"
#include "quantity.h"
#include "session.h"
#include "unpwrap.h"
#include "verdict.h"

#include <inttypes.h>
#include <signal.h>
#include <string.h>

#define DEFAULT_PORT	8080

struct settings {
	int64_t	 connect_timeout_ns;
	int64_t	 reply_timeout_ns;
	int	 quiet;
	int	 verbose;
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

static int
set_connect_timeout(void *settings, const char *operand, char why[WHY_MAX])
{
	struct settings *s = settings;

	return timeout_parse(operand, &s->connect_timeout_ns, why);
}

static int
set_reply_timeout(void *settings, const char *operand, char why[WHY_MAX])
{
	struct settings *s = settings;

	return timeout_parse(operand, &s->reply_timeout_ns, why);
}

static int
set_quiet(void *settings, const char *operand, char why[WHY_MAX])
{
	(void)operand;
	(void)why;
	((struct settings *)settings)->quiet = 1;
	return 0;
}

static int
set_verbose(void *settings, const char *operand, char why[WHY_MAX])
{
	(void)operand;
	(void)why;
	((struct settings *)settings)->verbose = 1;
	return 0;
}

static int	 print_help(void *, const char *, char [WHY_MAX]);
static int	 print_version(void *, const char *, char [WHY_MAX]);

static const struct option_row options[] = {
	{ 'w', "connect-timeout", "TIME",
	    "longest wait for each address (the system's)",
	    set_connect_timeout },
	{ 'W', "reply-timeout", "TIME",
	    "longest wait for the next byte of the echo (none)",
	    set_reply_timeout },
	{ 'q', "quiet", NULL, "no verdict, the exit status tells",
	    set_quiet },
	{ 'v', "verbose", NULL, "tell addresses, bytes and time",
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
	    "ENDPOINT is PORT, :PORT, HOST, HOST:PORT or [V6]:PORT; without "
	    "HOST it is\nlocalhost, without PORT it is %d.\n\n", DEFAULT_PORT);
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
	printf("echo-client (%s) %s\n", PACKAGE_NAME, PACKAGE_VERSION);
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
	if (endpoint->port == 0)
		usage_error("nobody can be connected to on port 0");
	if (endpoint->host[0] == '\0')
		strcpy(endpoint->host, "localhost");
}

static void
report(const struct outcome *o, const struct settings *settings)
{
	char text[VERDICT_TEXT_MAX];

	if (settings->verbose && o->connected)
		err_msg("%" PRIu64 " bytes sent, %" PRIu64 " echoed and "
		    "verified, %.3f s", o->sent, o->echoed,
		    (double)o->elapsed_ns / (double)NSEC_PER_SEC);
	if (o->verdict != VERDICT_OK && !settings->quiet)
		err_msg("%s", verdict_text(o, text));
}

int
main(int argc, char *argv[])
{
	struct settings settings = { 0 };
	struct connect_how how;
	struct endpoint endpoint = { 0 };
	struct session_how session = { .stopfd = -1 };
	struct outcome outcome;
	int fd, first;

	open_standard_descriptors();
	signal(SIGPIPE, SIG_IGN);
	first = options_parse(argc, argv, options, &settings);
	parse_operands(argc - first, argv + first, &endpoint);
	how.timeout_ns = settings.connect_timeout_ns;
	how.verbose = settings.verbose;
	session.reply_timeout_ns = settings.reply_timeout_ns;
	fd = connect_endpoint(&endpoint, &how, &outcome);
	if (fd != -1)
		session_run(fd, &session, &outcome);
	report(&outcome, &settings);
	return verdicts[outcome.verdict].status;
}
