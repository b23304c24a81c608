/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * For test scripts: echo servers, none of them ours, that go wrong in a way of
 * their own.  "misbehave KIND BYTES" listens on a port of 127.0.0.1, prints it,
 * and serves one client after the other until it is killed.  Kinds are rows of
 * the table at the end: some do it after so many bytes of the echo, some read
 * all first and send it back changed at that offset.
 */
#include <config.h>

#include <sys/socket.h>
#include <sys/time.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef HAVE_LINUX_FILTER_H
#include <linux/filter.h>
#endif

#define MOST	(1024 * 1024)
#define SOME	100	/* bytes that are lost, repeated, exchanged */
#define NARROW	4096

static unsigned char data[MOST + SOME], before[MOST];

static void __attribute__((__noreturn__))
die(const char *what)
{
	fprintf(stderr, "misbehave: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* Up to most bytes, or the client's end. */
static size_t
read_most(int fd, unsigned char *bytes, size_t most)
{
	size_t n = 0;
	ssize_t got;

	while (n < most && (got = read(fd, bytes + n, most - n)) != 0) {
		if (got == -1) {
			puts(errno == ECONNRESET ? "reset" : strerror(errno));
			break;
		}
		n += (size_t)got;
	}
	return n;
}

static void
write_all(int fd, const unsigned char *bytes, size_t n)
{
	size_t done = 0;
	ssize_t some;

	while (done < n && (some = write(fd, bytes + done, n - done)) > 0)
		done += (size_t)some;
}

static void
reset(int fd)
{
	static const struct linger none = { .l_onoff = 1, .l_linger = 0 };

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &none, sizeof(none));
	close(fd);
}

/*
 * After so many bytes.
 */

static void
echo_some(int fd, size_t n)
{
	n = read_most(fd, data, n);
	write_all(fd, data, n);
}

static void
echo(int fd, size_t n)
{
	ssize_t got;

	(void)n;
	while ((got = read(fd, data, sizeof(data))) > 0)
		write_all(fd, data, (size_t)got);
	if (got == -1)
		puts(errno == ECONNRESET ? "reset" : strerror(errno));
	close(fd);
}

/* A close with input unread would be a reset. */
static void
fin(int fd, size_t n)
{
	echo_some(fd, n);
	shutdown(fd, SHUT_WR);
	while (read(fd, data, sizeof(data)) > 0)
		continue;
	close(fd);
}

static void
rst(int fd, size_t n)
{
	echo_some(fd, n);
	read_most(fd, data, 1);
	reset(fd);
}

/* Stays open, and nobody reads it. */
static void
hang(int fd, size_t n)
{
	echo_some(fd, n);
}

/* Drops whatever comes, as a host that is dead: the filter is there before the
 * echo has come back. */
static void
silence(int fd, size_t n)
{
#ifdef HAVE_LINUX_FILTER_H
	struct sock_filter none = BPF_STMT(BPF_RET | BPF_K, 0);
	struct sock_fprog program = { .len = 1, .filter = &none };

	n = read_most(fd, data, n);
	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program,
	    sizeof(program)) == -1)
		die("SO_ATTACH_FILTER");
	write_all(fd, data, n);
#else
	(void)fd;
	(void)n;
#endif
}

/* And resets once a line is typed. */
static void
reboot(int fd, size_t n)
{
	char byte;

	silence(fd, n);
	while (read(STDIN_FILENO, &byte, 1) == 1 && byte != '\n')
		continue;
	reset(fd);
}

/* Echoes until the client takes no more. */
static void
impatient(int fd, size_t n)
{
	struct timeval patience = { .tv_usec = 300000 };
	ssize_t got, done;

	(void)n;
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	do {
		got = read(fd, data, NARROW);
		done = got > 0 ? write(fd, data, (size_t)got) : 0;
	} while (got > 0 && done == got);
	if (got > 0)
		reset(fd);
	else
		close(fd);
}

/*
 * All is read first.
 */

static void
send_back(int fd, size_t n)
{
	write_all(fd, data, n);
	close(fd);
}

static void
flip(int fd, size_t at)
{
	size_t n = read_most(fd, data, MOST);

	data[at] ^= 0x20;
	send_back(fd, n);
}

static void
lose(int fd, size_t at)
{
	size_t n = read_most(fd, data, MOST);

	memmove(data + at, data + at + SOME, n - at - SOME);
	send_back(fd, n - SOME);
}

static void
repeat(int fd, size_t at)
{
	size_t n = read_most(fd, data, MOST);

	memmove(data + at, data + at - SOME, n - at + SOME);
	send_back(fd, n + SOME);
}

static void
swap(int fd, size_t at)
{
	unsigned char kept[SOME];
	size_t n = read_most(fd, data, MOST);

	memcpy(kept, data + at, SOME);
	memcpy(data + at, data + at + SOME, SOME);
	memcpy(data + at + SOME, kept, SOME);
	send_back(fd, n);
}

static void
insert(int fd, size_t at)
{
	size_t n = read_most(fd, data, MOST);

	memmove(data + at + 6, data + at, n - at);
	memcpy(data + at, "hello\n", 6);
	send_back(fd, n + 6);
}

/* From that offset on what the client before had sent. */
static void
stale(int fd, size_t at)
{
	static unsigned char now[MOST];
	size_t n = read_most(fd, now, MOST);

	memcpy(data, now, n);
	memcpy(data + at, before + at, n - at);
	memcpy(before, now, n);
	send_back(fd, n);
}

static const struct {
	const char	*name;
	void		(*serve)(int fd, size_t bytes);
	int		 is_narrow;	/* it takes little unread */
	int		 is_linux;
} kinds[] = {
	{ "echo",	echo,		0, 0 },
	{ "fin",	fin,		0, 0 },
	{ "flip",	flip,		0, 0 },
	{ "hang",	hang,		0, 0 },
	{ "impatient",	impatient,	0, 0 },
	{ "insert",	insert,		0, 0 },
	{ "lose",	lose,		0, 0 },
	{ "reboot",	reboot,		0, 1 },
	{ "repeat",	repeat,		0, 0 },
	{ "rst",	rst,		0, 0 },
	{ "silence",	silence,	0, 1 },
	{ "stale",	stale,		0, 0 },
	{ "swap",	swap,		0, 0 },
	{ "zero-window", hang,		1, 0 },
};
#define KINDS	(sizeof(kinds) / sizeof(kinds[0]))

static int
listen_on_any(int is_narrow)
{
	struct sockaddr_in addr = { .sin_family = AF_INET };
	socklen_t len = sizeof(addr);
	int fd = socket(AF_INET, SOCK_STREAM, 0), narrow = NARROW;

	addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (is_narrow)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &narrow, sizeof(narrow));
	if (fd == -1 || bind(fd, (struct sockaddr *)&addr, len) == -1 ||
	    listen(fd, 16) == -1 ||
	    getsockname(fd, (struct sockaddr *)&addr, &len) == -1)
		die("listen");
	printf("%u\n", ntohs(addr.sin_port));
	return fd;
}

static void __attribute__((__noreturn__))
serve(size_t kind, size_t bytes)
{
	int listenfd = listen_on_any(kinds[kind].is_narrow), fd;
	struct sockaddr_in from;
	socklen_t len;
	char text[INET_ADDRSTRLEN];

	for (;;) {
		len = sizeof(from);
		fd = accept(listenfd, (struct sockaddr *)&from, &len);
		if (fd == -1)
			die("accept");
		printf("from %s:%u\n", inet_ntop(AF_INET, &from.sin_addr,
		    text, sizeof(text)), ntohs(from.sin_port));
		kinds[kind].serve(fd, bytes);
	}
}

int
main(int argc, char *argv[])
{
	int has_filters = 0;

#ifdef HAVE_LINUX_FILTER_H
	has_filters = 1;
#endif
	setvbuf(stdout, NULL, _IOLBF, 0);
	signal(SIGPIPE, SIG_IGN);
	for (size_t i = 0; i < KINDS && argc == 3; i++) {
		if (strcmp(kinds[i].name, argv[1]) != 0)
			continue;
		if (kinds[i].is_linux && !has_filters)
			return 77;
		serve(i, (size_t)strtoul(argv[2], NULL, 10));
	}
	fprintf(stderr, "usage: misbehave KIND BYTES\n");
	return 2;
}
