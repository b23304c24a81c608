/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * Prints a file that another process has opened.  Usage: PROGRAM FILE
 *
 * A child opens it and passes the descriptor through a UNIX socket.  The child
 * could have privileges that the parent lacks, or the parent be confined: what
 * goes through the socket is the open file itself, not its number.
 */
#include <unpwrap.h>

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* The message is 0 and the descriptor, or the reason why there is none. */
static void
open_for_other(int sock, const char *path)
{
	int fd = open(path, O_RDONLY), error = errno;

	if (fd == -1) {
		Write(sock, &error, sizeof(error));
		return;
	}
	error = 0;
	Write_fd(sock, &error, sizeof(error), fd);
}

/* Returns a descriptor of the file, or -1 with errno. */
static int
open_by_child(const char *path)
{
	int socks[2], fd, error;
	ssize_t n;
	pid_t pid;

	Socketpair(AF_UNIX, SOCK_STREAM, 0, socks);
	pid = Fork();
	if (pid == 0) {
		Close(socks[0]);
		open_for_other(socks[1], path);
		_exit(0);
	}
	Close(socks[1]);	/* or we would wait for a child that died */
	n = Read_fd(socks[0], &error, sizeof(error), &fd);
	Close(socks[0]);
	Waitpid(pid, NULL, 0);
	if (n != (ssize_t)sizeof(error))
		err_quit("the child has not answered");
	/* It was opened, but there was no room for it here. */
	if (fd == -1)
		errno = error != 0 ? error : EMFILE;
	return fd;
}

int
main(int argc, char *argv[])
{
	char buf[16384];
	ssize_t n;
	int fd;

	if (argc != 2)
		err_quit("usage: %s FILE", argv[0]);
	fd = open_by_child(argv[1]);
	if (fd == -1)
		err_sys("%s", argv[1]);
	while ((n = Read(fd, buf, sizeof(buf))) > 0)
		Write(STDOUT_FILENO, buf, (size_t)n);
	return 0;
}
