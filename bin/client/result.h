/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * What a load was and what came of it, in forms for people and programs.
 */
#ifndef RESULT_H
#define RESULT_H

#include <stdio.h>

#include "endpoint.h"
#include "load.h"
#include "why.h"

struct result {
	char	 server[ENDPOINT_TEXT_MAX];	/* plain text */
	enum load_mode mode;
	uint64_t connections, depth, length, length_max;
	double	 rate;		/* of the schedule; 0: none */
	struct load_sum sum;
};

double	 result_rate(const struct result *);	/* echoes a second */
double	 result_bytes(const struct result *);	/* a second, each way */
/* "closed", "open", "bulk" or "churn". */
const char *result_loop(const struct result *);

/* A table, and latencies as a picture; 80 columns. */
void	 result_table(FILE *, const struct result *);
/* One line that tells what the load was. */
void	 result_head(FILE *, const struct result *);
/* One line of values below one of names. */
void	 result_csv(FILE *, const struct result *);
/* The values of the names from server to scheduled_rate. */
void	 result_csv_settings(FILE *, const struct result *);
/* Latencies in milliseconds by percentile, as plotters of HdrHistogram read
 * them. */
void	 result_hdr(FILE *, const struct result *);

/* One object, on one line.  Ends the process where there is no memory. */
void	 result_json(FILE *, const struct result *, int status);
/* The same of the part of a load between these times since its start. */
void	 result_json_interval(FILE *, const struct load_sum *, int64_t from_ns,
	    int64_t to_ns);
/* Fills *result, which is all 0, with what result_json has written.  Returns -1
 * if the file is not that; why says where. */
int	 result_read(FILE *, struct result *, char why[WHY_MAX]);
/* Returns -1 where one member contradicts another, which why names. */
int	 result_check(const struct result *, char why[WHY_MAX]);
/* As if both had been one load; *into is all 0 before the first time.  Returns
 * -1 where they cannot have been, and *into is as it was. */
int	 result_merge(struct result *into, const struct result *,
	    char why[WHY_MAX]);

/* "950ns", "12.3us", "1.23ms": in at most 7 columns; returns text. */
#define DURATION_TEXT_MAX	16
char	*duration_text(double ns, char text[DURATION_TEXT_MAX]);

#endif
