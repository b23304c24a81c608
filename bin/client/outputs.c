/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "options.h"
#include "outputs.h"
#include "unpwrap.h"

#include <sys/stat.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int
can_be_made(const char *path)
{
	const char *slash = strrchr(path, '/');
	size_t n = slash == NULL ? 0 : (size_t)(slash - path) + 1;
	char *directory = slash == NULL ? strdup(".") : strndup(path, n);
	int can, error;

	if (directory == NULL)
		err_sys("memory");
	can = access(directory, W_OK | X_OK) == 0;
	error = errno;
	free(directory);
	errno = error;		/* before POSIX.1-2024 free may change it */
	return can;
}

static int
can_be_written(const char *path)
{
	struct stat st;

	if (stat(path, &st) == -1)
		return errno == ENOENT && can_be_made(path);
	if (!S_ISDIR(st.st_mode))
		return access(path, W_OK) == 0;
	errno = EISDIR;
	return 0;
}

void
outputs_check(const char *hdr, const char *plot)
{
	if (hdr != NULL && plot != NULL && strcmp(hdr, plot) == 0)
		usage_error("--hdr and --plot: \"%s\" cannot be both", hdr);
	if (hdr != NULL && !can_be_written(hdr))
		err_sys("--hdr: \"%s\"", hdr);
	if (plot != NULL && !can_be_written(plot))
		err_sys("--plot: \"%s\"", plot);
}
