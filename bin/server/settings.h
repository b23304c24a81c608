/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * What the command line says.
 */
#ifndef SETTINGS_H
#define SETTINGS_H

#include "server.h"
#include "transport.h"

#define NONE		(-1)

struct settings {
	struct server	 server;
	struct fault_source faults;
	struct transport transport;
	int		 has_udp_rate;
	uint64_t	 workers;	/* 0: as the model has it */
	int64_t		 drain_ns;
	const char	*log_path;
	int		 log_json;
	int		 print_port;
	int		 ready_fd;	/* NONE: there is none */
};

/* Fills in the settings.  Returns the index of the first endpoint; an option
 * that is wrong ends the program, as --help and --version do. */
int	 settings_parse(int argc, char *argv[], struct settings *);

#endif
