/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * Endpoints: the whole input as one, and its two lines as a host and a port.
 */
#include "endpoint.h"
#include "fuzz.h"
#include "plain.h"

#include <string.h>

static void
check(const struct endpoint *endpoint)
{
	must(memchr(endpoint->host, 0, sizeof(endpoint->host)) != NULL);
	must(memchr(endpoint->path, 0, sizeof(endpoint->path)) != NULL);
	must(0 <= endpoint->port && endpoint->port <= 65535);
}

static void
check_refused(const char why[WHY_MAX])
{
	must(why[0] != '\0' && memchr(why, 0, WHY_MAX) != NULL);
}

/* A zone is not looked into: one with a bracket is the resolver's to refuse. */
static int
is_name(const char *host)
{
	return host[0] != '\0' && strpbrk(host, "[]") == NULL &&
	    host[strspn(host, "0123456789")] != '\0';
}

/* What is written can be read, but for what is not printable. */
static void
check_text(const struct endpoint *endpoint)
{
	char text[ENDPOINT_TEXT_MAX], why[WHY_MAX];
	struct endpoint again;

	endpoint_text(endpoint, text);
	must(strlen(text) < sizeof(text) && is_plain(text));
	if (!is_plain(endpoint->path) || !is_plain(endpoint->host))
		return;
	if (!is_name(endpoint->host) && endpoint->path[0] == '\0')
		return;
	must(endpoint_parse(text, 1, &again, why) == 0);
	must(strcmp(again.path, endpoint->path) == 0);
	must(strcmp(again.host, endpoint->host) == 0);
	must(again.port == endpoint->port || endpoint->path[0] != '\0');
}

static void
parse(const char *text)
{
	struct endpoint endpoint;
	char why[WHY_MAX] = "";

	if (endpoint_parse(text, 7, &endpoint, why) == -1) {
		check_refused(why);
		return;
	}
	check(&endpoint);
	check_text(&endpoint);
}

static void
parse_two(const char *host, const char *port)
{
	struct endpoint endpoint;
	char why[WHY_MAX] = "";

	if (endpoint_parse_two(host, port, &endpoint, why) == -1) {
		check_refused(why);
		return;
	}
	check(&endpoint);
	check_text(&endpoint);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_string(data, size), *rest = text;
	char *host;

	parse(text);
	host = strsep(&rest, "\n");
	if (rest != NULL)
		parse_two(host, rest);
	free(text);
	return 0;
}
