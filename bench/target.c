/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "deadline.h"
#include "quantity.h"
#include "target.h"
#include "unpwrap.h"

#include <sys/wait.h>

#include <netinet/in.h>

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define START_NS	(10 * NSEC_PER_SEC)
#define STOP_NS		(2 * NSEC_PER_SEC)

int
run_on(int cpu)
{
	cpu_set_t set;

	if (cpu == -1)
		return 0;
	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	return sched_setaffinity(0, sizeof(set), &set);
}

static void
pause_ms(long ms)
{
	struct timespec time = { .tv_nsec = ms * 1000000 };

	nanosleep(&time, NULL);
}

/* One that is free now. */
static int
choose_port(struct target *target)
{
	struct sockaddr_in *in = (struct sockaddr_in *)&target->address;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	memset(in, 0, sizeof(*in));
	in->sin_family = AF_INET;
	in->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	target->address_len = sizeof(*in);
	if (fd == -1 || bind(fd, (struct sockaddr *)in, sizeof(*in)) == -1 ||
	    getsockname(fd, (struct sockaddr *)in,
	    &target->address_len) == -1)
		err_sys("a port for %s", target->name);
	close(fd);
	return ntohs(in->sin_port);
}

static void
run(const struct target *target, int port, int cpu, int errors, pid_t parent)
{
	char text[8];
	int null = open("/dev/null", O_RDWR);

	setpgid(0, 0);
	unpwrap_end_with_parent(parent);
	account_join(&target->account);
	if (run_on(cpu) == -1)
		_exit(126);
	snprintf(text, sizeof(text), "%d", port);
	setenv("PORT", text, 1);
	dup2(null, 0);
	dup2(null, 1);
	dup2(errors, 2);
	execl("/bin/sh", "sh", "-c", target->command, (char *)NULL);
	_exit(127);
}

static int
answers(const struct target *target)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0), status;

	if (fd == -1)
		return 0;
	status = connect(fd, (const struct sockaddr *)&target->address,
	    target->address_len);
	close(fd);
	return status == 0;
}

/* The last line of what it said. */
static void
last_words(int errors, char why[WHY_MAX])
{
	off_t size = lseek(errors, 0, SEEK_END);
	char *line;
	ssize_t n;

	n = pread(errors, why, WHY_MAX - 1,
	    size > WHY_MAX - 1 ? size - (WHY_MAX - 1) : 0);
	why[n > 0 ? n : 0] = '\0';
	while (n > 0 && why[n - 1] == '\n')
		why[--n] = '\0';
	line = strrchr(why, '\n');
	if (line != NULL)
		memmove(why, line + 1, strlen(line));
	if (why[0] == '\0')
		snprintf(why, WHY_MAX, "it does not listen");
}

int
target_start(struct target *target, int cpu, char why[WHY_MAX])
{
	int port = choose_port(target), status, started = 0;
	int64_t until = monotonic_ns() + START_NS;
	FILE *errors = tmpfile();
	pid_t parent = getpid();

	if (errors == NULL)
		err_sys("a temporary file");
	account_make(&target->account);
	target->pid = fork();
	if (target->pid == -1)
		err_sys("fork");
	if (target->pid == 0)
		run(target, port, cpu, fileno(errors), parent);
	setpgid(target->pid, target->pid);
	target->account.root = target->pid;
	while (!(started = answers(target)) && monotonic_ns() < until &&
	    waitpid(target->pid, &status, WNOHANG) == 0)
		pause_ms(5);
	if (!started) {
		last_words(fileno(errors), why);
		target_stop(target);
	}
	fclose(errors);
	return started ? 0 : -1;
}

/* Zombies that wait for another parent do not count, where that can be seen. */
static int
has_ended(const struct target *target)
{
	int reaped = waitpid(target->pid, NULL, WNOHANG);

	if (reaped == 0)
		return 0;
	if (target->account.group[0] != '\0')
		return account_processes(&target->account) == 0;
	return kill(-target->pid, 0) == -1 && errno == ESRCH;
}

/* Those that left the process group are in the control group still. */
static void
kill_all(const struct target *target)
{
	size_t n = 0;
	pid_t *pids = NULL;

	kill(-target->pid, SIGKILL);
	if (target->account.group[0] != '\0')
		pids = account_pids(&target->account, &n);
	for (size_t i = 0; i < n; i++)
		kill(pids[i], SIGKILL);
	free(pids);
}

static void
wait_end(const struct target *target)
{
	int64_t until = monotonic_ns() + STOP_NS;

	while (!has_ended(target) && monotonic_ns() < until)
		pause_ms(1);
}

void
target_stop(struct target *target)
{
	if (target->pid == 0)
		return;
	kill(-target->pid, SIGTERM);
	wait_end(target);
	kill_all(target);
	wait_end(target);
	account_end(&target->account);
	target->pid = 0;
}
