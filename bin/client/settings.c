/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "deadline.h"
#include "exchange.h"
#include "options.h"
#include "pattern.h"
#include "quantity.h"
#include "settings.h"
#include "settings_table.h"
#include "unpwrap.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DEFAULT_LENGTH	1024
#define DEFAULT_TIME_NS	(10 * NSEC_PER_SEC)
#define DEFAULT_PATIENCE_NS	(10 * NSEC_PER_SEC)
#define MESSAGE_MAX	(UINT64_C(1) << 30)	/* of a load */
#define OPENING		64	/* connections of a load, at once */

static void
settle_endpoint(struct endpoint *endpoint)
{
	if (endpoint->path[0] != '\0')
		return;
	if (endpoint->port == 0)
		usage_error("port 0 cannot be connected to");
	if (endpoint->host[0] == '\0')
		strcpy(endpoint->host, "localhost");
}

static void
parse_endpoint(const char *operand, struct endpoint *endpoint)
{
	char why[WHY_MAX];

	if (endpoint_parse(operand, DEFAULT_PORT, endpoint, why) == -1)
		usage_error("\"%s\": %s", operand, why);
	settle_endpoint(endpoint);
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
	if (n == 1) {
		parse_endpoint(operands[0], endpoint);
		return;
	}
	if (endpoint_parse_two(operands[0], operands[1], endpoint, why) == -1)
		usage_error("\"%s\" \"%s\": %s", operands[0], operands[1], why);
	settle_endpoint(endpoint);
}

static void
parse_rivals(int n, char *operands[], struct settings *s)
{
	if (n < 2)
		usage_error("--versus: two endpoints are the least (see "
		    "--help)");
	s->endpoints = Calloc((size_t)n, sizeof(*s->endpoints));
	s->n_endpoints = (size_t)n;
	for (int i = 0; i < n; i++)
		parse_endpoint(operands[i], &s->endpoints[i]);
	s->attempt.endpoint = s->endpoints[0];
}

static void
refuse_length(const struct settings *s)
{
	if (!s->given[PATTERN] && !s->is_load && !s->is_probe)
		usage_error("--length is that of a --pattern: there is none");
	if (!s->is_load && s->length_max != s->length)
		usage_error("--length: SIZE:MAX is for loads only");
	if (s->is_load && s->length == 0)
		usage_error("--length: a message has 1 byte or more");
	if (s->is_load && s->length_max > MESSAGE_MAX)
		usage_error("--length: a message of a load has 1 GiB at most");
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

/* Some connections would then never be opened. */
static void
refuse_ramp(const struct campaign *c)
{
	int64_t length = c->run.omit_ns + c->run.time_ns;

	if (c->run.time_ns != 0 && c->load.ramp_ns >= length)
		usage_error("--ramp: the load, of %g s, would be over before "
		    "all connections are open",
		    in_seconds(length));
}

static void
refuse_fail_if(const struct settings *s)
{
	const struct threshold *t = thresholds_of_messages(
	    &s->campaign.conclude.fail_if);

	if (s->given[BULK] && t != NULL)
		usage_error("--fail-if: --bulk has no \"%s\", only "
		    "throughput, bytes, elapsed, connects, errors and "
		    "retransmits", t->figure->name);
}

static void
settle_load(struct settings *s)
{
	struct campaign *c = &s->campaign;

	refuse_beside_load(s->given);
	if (c->threads > c->load.connections)
		usage_error("--threads: more than --connections, which is %zu",
		    c->load.connections);
	c->endpoint = s->attempt.endpoint;
	c->connect = s->attempt.connect;
	c->load.mode = s->given[BULK] ? LOAD_BULK : s->given[CHURN] ?
	    LOAD_CHURN : LOAD_PING_PONG;
	c->load.opening = OPENING;
	c->load.length = (size_t)s->length;
	c->load.length_max = (size_t)s->length_max;
	c->load.give_up = !s->given[RECONNECT];
	c->load.seed = s->attempt.session.seed;
	c->load.patience_ns = s->attempt.session.reply_timeout_ns != 0 ?
	    s->attempt.session.reply_timeout_ns : DEFAULT_PATIENCE_NS;
	c->load.connect_ns = c->connect.timeout_ns;
	c->run.count = s->count;
	c->interval_ns = s->interval_ns;
	if (!s->given[TIME] && !s->given[COUNT])
		c->run.time_ns = DEFAULT_TIME_NS;
	refuse_ramp(c);
	refuse_fail_if(s);
}

static void
settle_probe(struct settings *s)
{
	s->probe.count = s->count;
	s->probe.interval_ns = s->interval_ns != 0 ? s->interval_ns :
	    NSEC_PER_SEC;
	if (s->given[JSON] || s->given[VERDICT])
		usage_error("--%s and --%s do not go together",
		    s->given[COUNT] ? "count" : "interval",
		    s->given[JSON] ? "json" : "verdict");
}

/* What a single connection is to do, or each probe. */
static void
settle_attempt(struct settings *s)
{
	struct attempt *a = &s->attempt;

	if (a->connect.origins.n > 1)
		usage_error("--source: more than one address needs a load, "
		    "such as -c");
	a->abort = s->given[ABORT];
	a->connect_only = s->given[CONNECT_ONLY];
	a->connect.narrow = s->given[NO_READ];
	a->session.no_read = s->given[NO_READ];
	a->session.no_half_close = s->given[NO_HALF_CLOSE];
	a->session.has_pattern = s->given[PATTERN] || s->is_probe;
	a->session.length = s->length;
	if (s->given[UDP])
		settle_udp(a);
	a->session.no_print = a->session.has_pattern || s->report.line ||
	    s->report.json;
}

static void
settle_merge(struct settings *s, int n, char *operands[])
{
	refuse_beside_merge(s->given);
	refuse_conflicts(s->given);
	if (n == 0)
		usage_error("--merge: FILE is missing (see --help)");
	s->files = operands;
	s->n_files = n;
}

/* What follows from several options. */
static void
settle(struct settings *s)
{
	s->is_load = given_of_load(s->given) != GIVEN;
	s->is_probe = !s->is_load && (s->given[COUNT] || s->given[INTERVAL]);
	refuse_conflicts(s->given);
	if (s->attempt.endpoint.path[0] != '\0')
		refuse_beside_unix(s->given);
	for (size_t i = 0; i < s->n_endpoints; i++)
		if (s->endpoints[i].path[0] != '\0')
			refuse_beside_unix(s->given);
	if (s->given[LENGTH])
		refuse_length(s);
	else
		s->length = s->length_max = DEFAULT_LENGTH;
	s->attempt.connect.verbose = s->report.verbose;
	s->report.line = s->given[VERDICT];
	if (s->is_load)
		settle_load(s);
	else
		settle_attempt(s);
	if (s->is_probe)
		settle_probe(s);
}

/* No two programs are likely to have the same at a time. */
static uint32_t
any_seed(void)
{
	uint64_t now = (uint64_t)monotonic_ns();

	return (uint32_t)((now ^ now >> 24 ^ (uint64_t)getpid() << 8) &
	    PATTERN_SEED_MAX);
}

void
settings_parse(int argc, char *argv[], struct settings *s)
{
	int first;

	memset(s, 0, sizeof(*s));
	s->attempt.connect.stopfd = s->attempt.session.stopfd = -1;
	s->attempt.session.seed = any_seed();
	s->campaign.load.connections = s->campaign.threads = 1;
	first = options_parse(argc, argv, client_options, s);
	s->report.quiet = s->given[QUIET];
	s->report.verbose = s->given[VERBOSE];
	s->report.json = s->given[JSON] || s->given[JSON_STREAM];
	s->campaign.conclude.csv = s->given[CSV];
	s->campaign.stream = s->given[JSON_STREAM];
	if (s->given[MERGE]) {
		settle_merge(s, argc - first, argv + first);
		return;
	}
	if (s->given[VERSUS])
		parse_rivals(argc - first, argv + first, s);
	else
		parse_operands(argc - first, argv + first,
		    &s->attempt.endpoint);
	settle(s);
}

void
settings_free(struct settings *s)
{
	origins_free(&s->attempt.connect.origins);
	free(s->endpoints);
}
