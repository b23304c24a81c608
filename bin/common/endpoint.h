/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * An endpoint as a user types it: PORT, :PORT, HOST, HOST:PORT, [V6],
 * [V6]:PORT, a bare V6 or unix:PATH.  PORT is a number or the name of a
 * service.  No HOST is "unix": what is printed can be read again, and is the
 * same then.
 */
#ifndef ENDPOINT_H
#define ENDPOINT_H

#include <sys/socket.h>
#include <sys/un.h>

#include "why.h"

#define DEFAULT_PORT		8080
#define ENDPOINT_UNIX		"unix:"
#define ENDPOINT_HOST_MAX	256
#define ENDPOINT_PATH_MAX	sizeof(((struct sockaddr_un *)0)->sun_path)
#define ENDPOINT_TEXT_MAX	(ENDPOINT_HOST_MAX + 16)

struct endpoint {
	char	 host[ENDPOINT_HOST_MAX];	/* "": none was given */
	int	 port;				/* 0 to 65535 */
	/* Of a UNIX-domain socket, which has no host or port; "": of none. */
	char	 path[ENDPOINT_PATH_MAX];
};

/* Fills *endpoint; a port that text lacks is default_port. */
int	 endpoint_parse(const char *text, int default_port,
	    struct endpoint *endpoint, char why[WHY_MAX]);
/* The host and the port as two operands. */
int	 endpoint_parse_two(const char *host, const char *port,
	    struct endpoint *endpoint, char why[WHY_MAX]);
/* "host:port", "[v6]:port", "*:port" or "unix:path", in plain text; returns
 * it. */
char	*endpoint_text(const struct endpoint *endpoint,
	    char text[ENDPOINT_TEXT_MAX]);
/* The address of one with a path. */
void	 endpoint_unix(const struct endpoint *, struct sockaddr_un *);

#endif
