/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * A concurrency model is one row of a table, and a file model-NAME.c.
 */
#ifndef MODEL_H
#define MODEL_H

#include "server.h"
#include "why.h"

struct model {
	const char	*name;		/* operand of --model, e.g. "fork" */
	const char	*help;		/* one line for --help */
	unsigned	 workers;	/* where --workers is not given; 0: some
					   for each processor */
	unsigned	 threads;	/* of a worker where --threads is not
					   given; 0: it has no pool of them */
	int		(*probe)(char why[WHY_MAX]);	/* 0, or -1: why this
					   host cannot run it; NULL: can */
	/* Serves in a worker until its stopfd is readable; what is returned is
	 * the worker's exit status.  NULL: it stands for model_best. */
	int		(*serve)(struct server *);
};

/* Ends with a row whose name is NULL; the first one is the default. */
extern const struct model models[];
/* NULL: there is none of that name. */
const struct model *model_find(const char *name);
/* The one that costs least, of those that this host can run. */
const struct model *model_best(void);

int	 serve_fork(struct server *);
int	 serve_iterative(struct server *);
int	 serve_poll(struct server *);
int	 probe_epoll(char why[WHY_MAX]);
int	 serve_epoll(struct server *);
int	 serve_prethread(struct server *);
int	 serve_thread(struct server *);
int	 probe_uring(char why[WHY_MAX]);
int	 serve_uring(struct server *);

#endif
