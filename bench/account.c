/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "account.h"
#include "quantity.h"

#include <sys/stat.h>

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Where control groups, version 2, are mounted, and where this process is. */
static int
own_group(char *path, size_t size)
{
	char line[1024], mount[256] = "", own[256] = "";
	FILE *file = fopen("/proc/self/mountinfo", "re");

	while (file != NULL && fgets(line, sizeof(line), file) != NULL)
		if (strstr(line, " - cgroup2 ") != NULL)
			sscanf(line, "%*s %*s %*s %*s %255s", mount);
	if (file != NULL)
		fclose(file);
	file = fopen("/proc/self/cgroup", "re");
	while (file != NULL && fgets(line, sizeof(line), file) != NULL)
		sscanf(line, "0::%255s", own);
	if (file != NULL)
		fclose(file);
	if (mount[0] == '\0' || own[0] == '\0')
		return -1;
	snprintf(path, size, "%s%s", mount, own);
	return 0;
}

void
account_make(struct account *account)
{
	static int number;
	char parent[400], path[sizeof(account->group) + 16];

	memset(account, 0, sizeof(*account));
	account->statfd = -1;
	if (own_group(parent, sizeof(parent)) == -1)
		return;
	snprintf(account->group, sizeof(account->group), "%s/bench-%ld-%d",
	    parent, (long)getpid(), ++number);
	snprintf(path, sizeof(path), "%s/cpu.stat", account->group);
	if (mkdir(account->group, 0755) == 0 &&
	    (account->statfd = open(path, O_RDONLY | O_CLOEXEC)) != -1)
		return;
	rmdir(account->group);
	account->group[0] = '\0';
}

void
account_join(const struct account *account)
{
	char path[sizeof(account->group) + 16];
	int fd;

	if (account->group[0] == '\0')
		return;
	snprintf(path, sizeof(path), "%s/cgroup.procs", account->group);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd == -1 || write(fd, "0", 1) != 1)
		_exit(126);
	close(fd);
}

/* A group is busy for a moment after its last process. */
void
account_end(struct account *account)
{
	struct timespec moment = { .tv_nsec = NSEC_PER_MSEC };

	if (account->group[0] == '\0')
		return;
	close(account->statfd);
	for (int i = 0; i < 500 && rmdir(account->group) == -1; i++)
		nanosleep(&moment, NULL);
	account->group[0] = '\0';
}

/* The whole of a small file of /proc, as a string. */
static int
slurp(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd == -1)
		return -1;
	n = read(fd, text, size - 1);
	close(fd);
	if (n <= 0)
		return -1;
	text[n] = '\0';
	return 0;
}

struct process {
	pid_t	 pid, parent;
	uint64_t faults;	/* with those of children that are gone */
	uint64_t child_ticks;	/* of those */
};

static int
look_at(pid_t pid, struct process *process)
{
	char path[64], text[1024], *behind;
	unsigned long faults, child_faults;
	unsigned long child_user, child_system;
	int parent;

	snprintf(path, sizeof(path), "/proc/%ld/stat", (long)pid);
	if (slurp(path, text, sizeof(text)) == -1 ||
	    (behind = strrchr(text, ')')) == NULL ||
	    sscanf(behind + 1, " %*c %d %*d %*d %*d %*d %*u %lu %lu %*u %*u "
	    "%*u %*u %lu %lu", &parent, &faults, &child_faults, &child_user,
	    &child_system) != 5)
		return -1;
	process->pid = pid;
	process->parent = parent;
	process->faults = faults + child_faults;
	process->child_ticks = child_user + child_system;
	return 0;
}

static pid_t *
append(pid_t *pids, size_t *n, pid_t pid)
{
	pid_t *more = pids;

	if ((*n & (*n - 1)) == 0)
		more = realloc(pids, (*n == 0 ? 1 : 2 * *n) * sizeof(*pids));
	if (more == NULL)
		abort();
	more[(*n)++] = pid;
	return more;
}

static pid_t *
pids_of_group(const struct account *account, size_t *n)
{
	char path[sizeof(account->group) + 16];
	pid_t *pids = NULL;
	long pid;
	FILE *file;

	snprintf(path, sizeof(path), "%s/cgroup.procs", account->group);
	file = fopen(path, "re");
	while (file != NULL && fscanf(file, "%ld", &pid) == 1)
		pids = append(pids, n, (pid_t)pid);
	if (file != NULL)
		fclose(file);
	return pids;
}

static int
is_one_of(pid_t pid, const pid_t *pids, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (pids[i] == pid)
			return 1;
	return 0;
}

/* Of the processes of the machine, those whose parent is known to be one of the
 * server's; until no more are found. */
static pid_t *
pids_of_tree(pid_t root, size_t *n)
{
	pid_t *pids = append(NULL, n, root);
	struct dirent *entry;
	struct process one;
	size_t before;
	DIR *dir;

	do {
		before = *n;
		dir = opendir("/proc");
		while (dir != NULL && (entry = readdir(dir)) != NULL)
			if (look_at((pid_t)atol(entry->d_name), &one) == 0 &&
			    is_one_of(one.parent, pids, *n) &&
			    !is_one_of(one.pid, pids, *n))
				pids = append(pids, n, one.pid);
		if (dir != NULL)
			closedir(dir);
	} while (*n > before);
	return pids;
}

pid_t *
account_pids(const struct account *account, size_t *n)
{
	*n = 0;
	if (account->group[0] != '\0')
		return pids_of_group(account, n);
	return pids_of_tree(account->root, n);
}

static int64_t
cpu_of_process(pid_t pid)
{
	struct timespec used = { .tv_sec = 0 };
	struct process process;
	int64_t ns = 0;
	clockid_t clock;

	if (clock_getcpuclockid(pid, &clock) == 0 &&
	    clock_gettime(clock, &used) == 0)
		ns = used.tv_sec * NSEC_PER_SEC + used.tv_nsec;
	if (look_at(pid, &process) == 0)
		ns += (int64_t)process.child_ticks * NSEC_PER_SEC /
		    sysconf(_SC_CLK_TCK);
	return ns;
}

int64_t
account_cpu(const struct account *account)
{
	char text[512];
	int64_t ns = 0;
	long us;
	size_t count;
	pid_t *pids;
	ssize_t n;

	if (account->statfd != -1) {
		n = pread(account->statfd, text, sizeof(text) - 1, 0);
		text[n > 0 ? n : 0] = '\0';
		return sscanf(text, "usage_usec %ld", &us) == 1 ?
		    (int64_t)us * 1000 : 0;
	}
	pids = account_pids(account, &count);
	for (size_t i = 0; i < count; i++)
		ns += cpu_of_process(pids[i]);
	free(pids);
	return ns;
}

uint64_t
account_faults(const struct account *account)
{
	struct process process;
	uint64_t faults = 0;
	size_t n;
	pid_t *pids = account_pids(account, &n);

	for (size_t i = 0; i < n; i++)
		if (look_at(pids[i], &process) == 0)
			faults += process.faults;
	free(pids);
	return faults;
}

static uint64_t
pss_of_process(pid_t pid)
{
	char path[64], text[2048], *at;
	unsigned long kib = 0;

	snprintf(path, sizeof(path), "/proc/%ld/smaps_rollup", (long)pid);
	if (slurp(path, text, sizeof(text)) == -1 ||
	    (at = strstr(text, "\nPss:")) == NULL)
		return 0;
	sscanf(at, "\nPss: %lu", &kib);
	return (uint64_t)kib * 1024;
}

uint64_t
account_pss(const struct account *account)
{
	uint64_t bytes = 0;
	size_t n;
	pid_t *pids = account_pids(account, &n);

	for (size_t i = 0; i < n; i++)
		bytes += pss_of_process(pids[i]);
	free(pids);
	return bytes;
}

size_t
account_processes(const struct account *account)
{
	size_t n;

	free(account_pids(account, &n));
	return n;
}
