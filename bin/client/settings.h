/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * What the command line asks for.
 */
#ifndef SETTINGS_H
#define SETTINGS_H

#include "attempt.h"
#include "campaign.h"
#include "probe.h"
#include "report.h"

/* Options that do not go with every other one. */
enum given {
	ABORT, BULK, CHURN, CONNECT_ONLY, CONNECT_TIMEOUT, CONNECTIONS, COUNT,
	CSV, DEPTH, FAIL_IF, HALF_CLOSE, HDR, IDLE, INTERVAL, JSON, KEEPALIVE,
	LENGTH, MERGE, NO_HALF_CLOSE, NO_READ, OMIT, PATTERN, RAMP, RATE,
	RECONNECT, REPLY_TIMEOUT, RETRY, SOURCE, TIME, TRICKLE, UDP, USER_TIMEOUT,
	VERDICT, VERSUS, GIVEN
};

struct settings {
	struct attempt	 attempt;
	struct probe_how probe;
	struct campaign	 campaign;
	struct report_how report;
	uint64_t	 count, length, length_max;
	int64_t		 interval_ns;
	int		 is_load, is_probe;	/* else a single connection */
	char		**files;	/* what is to be merged */
	int		 n_files;
	struct endpoint	 *endpoints;	/* what is to be compared */
	size_t		 n_endpoints;
	char		 given[GIVEN];
};

/* Fills in *settings, or ends the process with a usage_error. */
void	 settings_parse(int argc, char *argv[], struct settings *);

#endif
