/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * An endpoint as a user types it: PORT, :PORT, HOST, HOST:PORT, [V6], [V6]:PORT
 * or a bare V6.  PORT is a number or the name of a service.
 */
#ifndef ENDPOINT_H
#define ENDPOINT_H

#include "why.h"

#define ENDPOINT_HOST_MAX	256
#define ENDPOINT_TEXT_MAX	(ENDPOINT_HOST_MAX + 16)

struct endpoint {
	char	 host[ENDPOINT_HOST_MAX];	/* "": none was given */
	int	 port;				/* 0 to 65535 */
};

/* Fills *endpoint; a port that text lacks is default_port. */
int	 endpoint_parse(const char *text, int default_port,
	    struct endpoint *endpoint, char why[WHY_MAX]);
/* The host and the port as two operands. */
int	 endpoint_parse_two(const char *host, const char *port,
	    struct endpoint *endpoint, char why[WHY_MAX]);
/* "host:port", "[v6]:port" or "*:port"; returns text. */
char	*endpoint_text(const struct endpoint *endpoint,
	    char text[ENDPOINT_TEXT_MAX]);

#endif
