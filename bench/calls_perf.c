/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "calls.h"

#include <linux/perf_event.h>

#include <sys/syscall.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct calls {
	size_t	 n;
	int	*fds;
};

static const char *const tracing[] = { "/sys/kernel/tracing",
    "/sys/kernel/debug/tracing" };

/* The number of the trace point of all system calls. */
static long
trace_point(void)
{
	char path[128];
	long id = -1;
	FILE *file;

	for (size_t i = 0; i < sizeof(tracing) / sizeof(tracing[0]); i++) {
		snprintf(path, sizeof(path),
		    "%s/events/raw_syscalls/sys_enter/id", tracing[i]);
		file = fopen(path, "re");
		if (file == NULL)
			continue;
		if (fscanf(file, "%ld", &id) != 1)
			id = -1;
		fclose(file);
		return id;
	}
	return -1;
}

static int
count_thread(struct calls *calls, pid_t thread, long id)
{
	struct perf_event_attr attr;
	int *more = realloc(calls->fds, (calls->n + 1) * sizeof(*more));

	if (more == NULL)
		return -1;
	calls->fds = more;
	memset(&attr, 0, sizeof(attr));
	attr.size = sizeof(attr);
	attr.type = PERF_TYPE_TRACEPOINT;
	attr.config = (uint64_t)id;
	attr.inherit = 1;
	more[calls->n] = (int)syscall(SYS_perf_event_open, &attr, thread, -1,
	    -1, PERF_FLAG_FD_CLOEXEC);
	if (more[calls->n] == -1)
		return -1;
	calls->n++;
	return 0;
}

static void
count_process(struct calls *calls, pid_t pid, long id)
{
	struct dirent *entry;
	char path[64];
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%ld/task", (long)pid);
	dir = opendir(path);
	while (dir != NULL && (entry = readdir(dir)) != NULL)
		if (entry->d_name[0] != '.')
			count_thread(calls, (pid_t)atol(entry->d_name), id);
	if (dir != NULL)
		closedir(dir);
}

struct calls *
calls_begin(const struct account *account)
{
	struct calls *calls = calloc(1, sizeof(*calls));
	long id = trace_point();
	pid_t *pids;
	size_t n;

	if (calls == NULL)
		return NULL;
	pids = account_pids(account, &n);
	for (size_t i = 0; i < n && id != -1; i++)
		count_process(calls, pids[i], id);
	free(pids);
	if (calls->n > 0)
		return calls;
	calls_end(calls);
	return NULL;
}

uint64_t
calls_end(struct calls *calls)
{
	uint64_t all = 0, one;

	for (size_t i = 0; i < calls->n; i++) {
		if (read(calls->fds[i], &one, sizeof(one)) == sizeof(one))
			all += one;
		close(calls->fds[i]);
	}
	free(calls->fds);
	free(calls);
	return all;
}
