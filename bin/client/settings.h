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
#include "given.h"
#include "probe.h"
#include "report.h"

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
void	 settings_free(struct settings *);

#endif
