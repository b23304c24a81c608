/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
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

void *
Realloc(void *memory, size_t size)
{
	void *moved = realloc(memory, size);

	if (moved == NULL && size != 0)
		err_sys("realloc error for %zu bytes", size);
	return moved;
}
EXPORT(Realloc);

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

	RETRIED(got, read(fd, buf, one_call(n)));
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

#ifdef HAVE_DUP3

void
Dup3(int from, int to, int flags)
{
	int result;

	RETRIED(result, dup3(from, to, flags));
	if (result == -1)
		err_sys("dup3 error for descriptors %d, %d", from, to);
}
EXPORT(Dup3);

#endif

#ifdef HAVE_PIPE2

void
Pipe2(int fds[2], int flags)
{
	if (pipe2(fds, flags) == -1)
		err_sys("pipe2 error");
}
EXPORT(Pipe2);

#endif

void
Gettimeofday(struct timeval *now, void *zone)
{
	if (gettimeofday(now, zone) == -1)
		err_sys("gettimeofday error");
}
EXPORT(Gettimeofday);

int
Ioctl(int fd, int request, void *arg)
{
	int result;

	/* By way of unsigned: a request such as SIOCGIFCONF on the BSDs has
	 * the upper bit set. */
	RETRIED(result, ioctl(fd, (unsigned)request, arg));
	if (result == -1)
		err_sys("ioctl error for descriptor %d", fd);
	return result;
}
EXPORT(Ioctl);

int
Mkstemp(char *template)
{
	int fd = mkstemp(template);

	if (fd == -1)
		err_sys("mkstemp error for %s", template);
	return fd;
}
EXPORT(Mkstemp);

void *
Mmap(void *addr, size_t len, int protection, int flags, int fd, int64_t offset)
{
	void *mapped = mmap(addr, len, protection, flags, fd, offset);

	if (mapped == MAP_FAILED)
		err_sys("mmap error for %zu bytes", len);
	return mapped;
}
EXPORT(Mmap);

void
Munmap(void *addr, size_t len)
{
	if (munmap(addr, len) == -1)
		err_sys("munmap error for %zu bytes", len);
}
EXPORT(Munmap);

/* As with open(2), the caller passes a mode if a file may be created.  A mode_t
 * that is narrower than int is passed as an int. */
int
Open(const char *path, int flags, ...)
{
	int fd, mode = 0;
	va_list args;

	va_start(args, flags);
#ifdef O_TMPFILE
	if ((flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE)
#else
	if (flags & O_CREAT)
#endif
		mode = va_arg(args, int);
	va_end(args);
	RETRIED(fd, open(path, flags, (mode_t)mode));
	if (fd == -1)
		err_sys("open error for %s", path);
	return fd;
}
EXPORT(Open);

/* -1 with errno unchanged is an answer: there is no limit. */
long
Sysconf(int name)
{
	long value;

	errno = 0;
	value = sysconf(name);
	if (value == -1 && errno != 0)
		err_sys("sysconf error for name %d", name);
	return value;
}
EXPORT(Sysconf);

void
Unlink(const char *path)
{
	if (unlink(path) == -1)
		err_sys("unlink error for %s", path);
}
EXPORT(Unlink);
