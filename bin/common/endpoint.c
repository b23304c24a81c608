/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "endpoint.h"
#include "plain.h"
#include "quantity.h"

#include <arpa/inet.h>

#include <netdb.h>
#include <stdio.h>
#include <string.h>

static int
port_parse(const char *text, int *port, char why[WHY_MAX])
{
	const struct servent *service;
	uint64_t number;

	if (text[0] == '\0')
		return refuse(why, "the port is missing");
	if (text[strspn(text, "0123456789")] == '\0') {
		if (count_parse(text, 0, 65535, &number, why) == -1)
			return refuse(why,
			    "port %.20s is not between 0 and 65535", text);
		*port = (int)number;
		return 0;
	}
	service = getservbyname(text, "tcp");
	if (service == NULL)
		service = getservbyname(text, "udp");
	if (service == NULL)
		return refuse(why, "\"%.40s\" is neither a port nor a service",
		    text);
	*port = ntohs((uint16_t)service->s_port);
	return 0;
}

static int
host_copy(const char *from, size_t n, struct endpoint *endpoint,
    char why[WHY_MAX])
{
	if (n >= sizeof(endpoint->host))
		return refuse(why, "the host name is longer than %zu bytes",
		    sizeof(endpoint->host) - 1);
	memcpy(endpoint->host, from, n);
	endpoint->host[n] = '\0';
	/* With its port it would read as a path. */
	if (strcmp(endpoint->host, "unix") == 0)
		return refuse(why, "a host \"unix\" is written \"unix.\" or "
		    "by its address");
	return 0;
}

static int
path_copy(const char *from, struct endpoint *endpoint, char why[WHY_MAX])
{
	size_t n = strlen(from);

	if (n == 0)
		return refuse(why, "the path is missing");
	if (n >= sizeof(endpoint->path))
		return refuse(why, "the path is longer than %zu bytes",
		    sizeof(endpoint->path) - 1);
	memcpy(endpoint->path, from, n + 1);
	return 0;
}

static int
is_unix(const char *text)
{
	return strncmp(text, ENDPOINT_UNIX, strlen(ENDPOINT_UNIX)) == 0;
}

/* A zone, as in fe80::1%eth0, is left to getaddrinfo(3). */
static int
is_v6(const char *text)
{
	char address[INET6_ADDRSTRLEN];
	size_t n = strcspn(text, "%");
	struct in6_addr in6;

	if (n >= sizeof(address))
		return 0;
	memcpy(address, text, n);
	address[n] = '\0';
	return inet_pton(AF_INET6, address, &in6) == 1;
}

static int
bracketed_parse(const char *text, struct endpoint *endpoint,
    char why[WHY_MAX])
{
	const char *end = strchr(text, ']');

	if (end == NULL)
		return refuse(why, "\"]\" is missing");
	if (host_copy(text + 1, (size_t)(end - text - 1), endpoint, why) == -1)
		return -1;
	if (!is_v6(endpoint->host))
		return refuse(why, "\"%.60s\" is not an IPv6 address",
		    endpoint->host);
	if (end[1] == '\0')
		return 0;
	if (end[1] != ':')
		return refuse(why, "after \"]\" comes \":PORT\" or nothing");
	return port_parse(end + 2, &endpoint->port, why);
}

int
endpoint_parse(const char *text, int default_port, struct endpoint *endpoint,
    char why[WHY_MAX])
{
	const char *colon = strchr(text, ':');

	endpoint->host[0] = endpoint->path[0] = '\0';
	endpoint->port = default_port;
	if (text[0] == '\0')
		return refuse(why, "it is empty");
	if (is_unix(text))
		return path_copy(text + strlen(ENDPOINT_UNIX), endpoint, why);
	if (text[0] == '[')
		return bracketed_parse(text, endpoint, why);
	if (text[strspn(text, "0123456789")] == '\0')
		return port_parse(text, &endpoint->port, why);
	if (colon == NULL || is_v6(text))
		return host_copy(text, strlen(text), endpoint, why);
	if (strncmp(colon, "://", 3) == 0)
		return refuse(why, "it is a URL: write HOST:PORT");
	if (strchr(colon + 1, ':') != NULL)
		return refuse(why, "an IPv6 address with a port is written "
		    "[ADDRESS]:PORT");
	if (host_copy(text, (size_t)(colon - text), endpoint, why) == -1)
		return -1;
	return port_parse(colon + 1, &endpoint->port, why);
}

int
endpoint_parse_two(const char *host, const char *port,
    struct endpoint *endpoint, char why[WHY_MAX])
{
	endpoint->host[0] = endpoint->path[0] = '\0';
	endpoint->port = 0;
	if (host[0] == '\0')
		return refuse(why, "the host is empty");
	if (is_unix(host))
		return refuse(why, "a UNIX-domain socket has no port");
	if (host[0] == '[') {
		if (host[strlen(host) - 1] != ']')
			return refuse(why, "the port is given twice");
		if (bracketed_parse(host, endpoint, why) == -1)
			return -1;
	} else if (strchr(host, ':') != NULL && !is_v6(host)) {
		return refuse(why, "the port is given twice");
	} else if (host_copy(host, strlen(host), endpoint, why) == -1) {
		return -1;
	}
	return port_parse(port, &endpoint->port, why);
}

char *
endpoint_text(const struct endpoint *endpoint, char text[ENDPOINT_TEXT_MAX])
{
	const char *format = "%s:%d";

	if (endpoint->path[0] != '\0') {
		snprintf(text, ENDPOINT_TEXT_MAX, ENDPOINT_UNIX "%s",
		    endpoint->path);
		return plain(text);
	}
	if (strchr(endpoint->host, ':') != NULL)
		format = "[%s]:%d";
	snprintf(text, ENDPOINT_TEXT_MAX, format,
	    endpoint->host[0] != '\0' ? endpoint->host : "*", endpoint->port);
	return plain(text);
}

void
endpoint_unix(const struct endpoint *endpoint, struct sockaddr_un *addr)
{
	memset(addr, 0, sizeof(*addr));
	addr->sun_family = AF_UNIX;
	memcpy(addr->sun_path, endpoint->path, sizeof(addr->sun_path));
}
