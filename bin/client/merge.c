/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "merge.h"
#include "unpwrap.h"

#include <sys/stat.h>

#include <stdlib.h>

/* Which file one is, by whatever name. */
struct identity {
	dev_t	 device;
	ino_t	 inode;
};

/* The i-th file, with those before it. */
static void
refuse_again(char *const files[], int i, FILE *file, struct identity *known)
{
	struct stat st;

	if (fstat(fileno(file), &st) == -1)
		err_sys("%s", files[i]);
	known[i].device = st.st_dev;
	known[i].inode = st.st_ino;
	for (int j = 0; j < i; j++)
		if (known[j].device == st.st_dev &&
		    known[j].inode == st.st_ino)
			err_quit("%s: is the same file as %s", files[i],
			    files[j]);
}

static void
add(char *const files[], int i, struct identity *known, struct result *r)
{
	struct result *one = calloc(1, sizeof(*one));
	const char *path = files[i];
	char why[WHY_MAX];
	FILE *file = fopen(path, "r");

	if (file == NULL)
		err_sys("%s", path);
	refuse_again(files, i, file, known);
	if (one == NULL)
		err_sys("memory");
	if (result_read(file, one, why) == -1 ||
	    result_check(one, why) == -1 || result_merge(r, one, why) == -1)
		err_quit("%s: %s", path, why);
	fclose(file);
	free(one);
}

/* Of streams there is no message, and no latency. */
static void
refuse_of_bulk(const char *path, const struct conclude_how *more)
{
	const struct threshold *t = thresholds_of_messages(&more->fail_if);

	if (t != NULL)
		err_quit("%s: a stream has no \"%s\" (see --fail-if)", path,
		    t->figure->name);
	if (more->hdr != NULL || more->plot != NULL)
		err_quit("%s: a stream has no latencies (see --%s)", path,
		    more->hdr != NULL ? "hdr" : "plot");
}

int
merge_run(char *const files[], int n, const struct report_how *how,
    const struct conclude_how *more)
{
	struct identity *known = calloc((size_t)n, sizeof(*known));
	struct result *r = calloc(1, sizeof(*r));
	int status;

	if (known == NULL || r == NULL)
		err_sys("memory");
	for (int i = 0; i < n; i++)
		add(files, i, known, r);
	free(known);
	if (r->mode == LOAD_BULK)
		refuse_of_bulk(files[0], more);
	status = conclude(r, how, more);
	free(r);
	return status;
}
