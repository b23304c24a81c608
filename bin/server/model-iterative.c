/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "acceptor.h"
#include "blocking.h"
#include "drive.h"
#include "log.h"
#include "model.h"

#include <errno.h>

int
serve_iterative(struct server *server)
{
	char buffer[DRIVE_BUFFER];
	struct acceptor acceptor;
	struct peer peer;
	int fd;

	if (acceptor_open(&acceptor, server, 0) == -1) {
		log_error("cannot serve", errno);
		return 1;
	}
	while ((fd = acceptor_next(&acceptor, &peer)) >= 0)
		serve_blocking(server, fd, &peer, buffer);
	acceptor_close(&acceptor);
	return 0;
}
