/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RETRIED(result, call) do					\
	(result) = (call);						\
while ((result) == -1 && errno == EINTR)

void *
Calloc(size_t n, size_t size)
{
	void *memory = calloc(n, size);

	if (memory == NULL && n != 0 && size != 0)
		err_sys("calloc error for %zu times %zu bytes", n, size);
	return memory;
}
EXPORT(Calloc);

void *
Malloc(size_t size)
{
	void *memory = malloc(size);

	if (memory == NULL && size != 0)
		err_sys("malloc error for %zu bytes", size);
	return memory;
}
EXPORT(Malloc);

char *
Strdup(const char *str)
{
	char *copy = strdup(str);

	if (copy == NULL)
		err_sys("strdup error");
	return copy;
}
EXPORT(Strdup);

/* Linux and the BSDs have released the descriptor when close(2) is interrupted;
 * a second call might hit another thread's new one. */
void
Close(int fd)
{
	if (close(fd) == -1 && errno != EINTR)
		err_sys("close error for descriptor %d", fd);
}
EXPORT(Close);

void
Dup2(int from, int to)
{
	int result;

	RETRIED(result, dup2(from, to));
	if (result == -1)
		err_sys("dup2 error for descriptors %d, %d", from, to);
}
EXPORT(Dup2);

int
Fcntl(int fd, int command, int arg)
{
	int result;

	RETRIED(result, fcntl(fd, command, arg));
	if (result == -1)
		err_sys("fcntl error for descriptor %d", fd);
	return result;
}
EXPORT(Fcntl);

pid_t
Fork(void)
{
	pid_t pid = fork();

	if (pid == -1)
		err_sys("fork error");
	return pid;
}
EXPORT(Fork);

void
Pipe(int fds[2])
{
	if (pipe(fds) == -1)
		err_sys("pipe error");
}
EXPORT(Pipe);

ssize_t
Read(int fd, void *buf, size_t n)
{
	ssize_t got;

	RETRIED(got, read(fd, buf, n));
	if (got == -1)
		err_sys("read error");
	return got;
}
EXPORT(Read);

void
Write(int fd, const void *buf, size_t n)
{
	if (writen(fd, buf, n) == -1)
		err_sys("write error");
}
EXPORT(Write);

pid_t
Wait(int *status)
{
	return Waitpid(-1, status, 0);
}
EXPORT(Wait);

pid_t
Waitpid(pid_t pid, int *status, int options)
{
	pid_t ended;

	RETRIED(ended, waitpid(pid, status, options));
	if (ended == -1)
		err_sys("waitpid error");
	return ended;
}
EXPORT(Waitpid);
