/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * For test scripts: senders of datagrams that no netcat can be, and servers
 * that echo them wrongly.  Each command is a row of a table at the end; what
 * they see goes to standard output.
 */
#include <config.h>

#include <sys/socket.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SILENT_MS	1000	/* nothing for so long: nothing comes */
#define PATIENT_MS	10000	/* for an answer that is to come */
#define MOST		65536
#define NAME_MAX_BYTES	100

static unsigned char bytes[MOST], kept[MOST];

static void __attribute__((__noreturn__))
die(const char *what)
{
	fprintf(stderr, "datagram: %s: %s\n", what, strerror(errno));
	exit(1);
}

static socklen_t
address(const char *host, const char *port, struct sockaddr_storage *addr)
{
	struct addrinfo hints = { .ai_socktype = SOCK_DGRAM,
	    .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV }, *ai;
	socklen_t len;

	if (getaddrinfo(host, port, &hints, &ai) != 0)
		die(host);
	len = ai->ai_addrlen;
	memcpy(addr, ai->ai_addr, len);
	freeaddrinfo(ai);
	return len;
}

/*
 * Senders.
 */

/* A socket that may send to everybody, of a PORT, 0 for any, or HOST/PORT. */
static int
sender(const struct sockaddr_storage *to, char *from)
{
	const char *host = to->ss_family == AF_INET6 ? "::" : "0.0.0.0";
	char *slash = strchr(from, '/');
	struct sockaddr_storage own;
	socklen_t len;
	int fd = socket(to->ss_family, SOCK_DGRAM, 0), on = 1;

	if (fd == -1)
		die("socket");
	if (slash != NULL) {
		*slash = '\0';
		host = from;
		from = slash + 1;
	}
	len = address(host, from, &own);
	setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&own, len) == -1)
		die("bind");
	return fd;
}

/* Returns whether one came in that time; it is in bytes, *n long. */
static int
await(int fd, int ms, struct sockaddr_storage *from, ssize_t *n)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	socklen_t len = sizeof(*from);

	if (poll(&ready, 1, ms) != 1)
		return 0;
	*n = recvfrom(fd, bytes, sizeof(bytes), 0, (struct sockaddr *)from,
	    &len);
	if (*n == -1)
		die("recvfrom");
	return 1;
}

/* From there to there, so many bytes: where does the answer come from? */
static int
ask_within(char *argv[], int ms)
{
	struct sockaddr_storage to, from;
	socklen_t len = address(argv[1], argv[2], &to);
	int fd = sender(&to, argv[0]);
	char host[NAME_MAX_BYTES];
	ssize_t n = atoi(argv[3]);

	if (sendto(fd, bytes, (size_t)n, 0, (struct sockaddr *)&to, len) == -1)
		die("sendto");
	if (!await(fd, ms, &from, &n)) {
		puts("no answer");
		return 0;
	}
	getnameinfo((struct sockaddr *)&from, len, host, sizeof(host), NULL,
	    0, NI_NUMERICHOST);
	printf("%zd bytes from %s\n", n, host);
	return 0;
}

static int
ask(char *argv[])
{
	return ask_within(argv, PATIENT_MS);
}

static int
ask_briefly(char *argv[])
{
	return ask_within(argv, SILENT_MS);
}

/* So many at once: how many come back? */
static int
flood(char *argv[])
{
	struct sockaddr_storage to, from;
	socklen_t len = address(argv[0], argv[1], &to);
	char any[] = "0";
	int fd = sender(&to, any), back = 0;
	ssize_t n;

	for (int i = atoi(argv[2]); i > 0; i--)
		if (sendto(fd, bytes, 1, 0, (struct sockaddr *)&to, len) == -1)
			die("sendto");
	while (await(fd, back == 0 ? PATIENT_MS : SILENT_MS, &from, &n))
		back++;
	printf("%d\n", back);
	return 0;
}

/* One byte from a port of 127.0.0.1 that is another's, to another one. */
static int
spoof(char *argv[])
{
	struct { uint16_t from, to, length, sum; } header = {
		htons((uint16_t)atoi(argv[0])), htons((uint16_t)atoi(argv[1])),
		htons(9), 0	/* no checksum */
	};
	struct sockaddr_in to = { .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_RAW, IPPROTO_UDP);

	if (fd == -1)
		die("raw socket");
	memcpy(bytes, &header, sizeof(header));
	bytes[sizeof(header)] = 'x';
	if (sendto(fd, bytes, sizeof(header) + 1, 0, (struct sockaddr *)&to,
	    sizeof(to)) == -1)
		die("sendto");
	return 0;
}

/*
 * Servers, each of which is right about all but the second datagram.
 */

struct turn {
	int	 fd, number;		/* of the datagram, from 1 */
	size_t	 n, kept;		/* it is in bytes, the second in kept */
	struct sockaddr_storage from;
};

static void
answer(const struct turn *t, const void *with, size_t n)
{
	socklen_t len = sizeof(struct sockaddr_in);

	if (sendto(t->fd, with, n, 0, (const struct sockaddr *)&t->from,
	    len) == -1)
		die("sendto");
}

static void
keep(struct turn *t)
{
	memcpy(kept, bytes, t->n);
	t->kept = t->n;
}

static void
lose(struct turn *t)
{
	if (t->number != 2)
		answer(t, bytes, t->n);
}

static void
repeat(struct turn *t)
{
	answer(t, bytes, t->n);
	if (t->number == 2)
		answer(t, bytes, t->n);
}

static void
late(struct turn *t)
{
	if (t->number == 2)
		keep(t);
	if (t->number == 3)
		answer(t, kept, t->kept);
	lose(t);
}

static void
swap(struct turn *t)
{
	lose(t);
	if (t->number == 2)
		keep(t);
	if (t->number == 3)
		answer(t, kept, t->kept);
}

static void
flip(struct turn *t)
{
	bytes[1] ^= t->number == 2;
	answer(t, bytes, t->n);
}

static void
lose_and_flip(struct turn *t)
{
	bytes[1] ^= t->number == 2;
	if (t->number > 1)
		answer(t, bytes, t->n);
}

static void
cut(struct turn *t)
{
	answer(t, bytes, t->n - (t->number == 2));
}

static void
grow(struct turn *t)
{
	answer(t, bytes, t->n + (t->number == 2));
}

static void
silent(struct turn *t)
{
	(void)t;
}

/* Its host answers the second one: nobody has the port. */
static void
leave(struct turn *t)
{
	answer(t, bytes, t->n);
	close(t->fd);
	pause();
}

static const struct {
	const char	*name;
	void		(*serve)(struct turn *);
} kinds[] = {
	{ "cut",	cut },
	{ "flip",	flip },
	{ "grow",	grow },
	{ "late",	late },
	{ "leave",	leave },
	{ "lose",	lose },
	{ "lose-and-flip", lose_and_flip },
	{ "repeat",	repeat },
	{ "silent",	silent },
	{ "swap",	swap },
};

static int
serve(char *argv[])
{
	struct sockaddr_in own = { .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct turn t = { .fd = socket(AF_INET, SOCK_DGRAM, 0) };
	socklen_t len = sizeof(own);
	size_t kind = 0;
	ssize_t n;

	while (strcmp(kinds[kind].name, argv[0]) != 0)
		if (++kind == sizeof(kinds) / sizeof(kinds[0]))
			return 2;
	if (t.fd == -1 || bind(t.fd, (struct sockaddr *)&own, len) == -1 ||
	    getsockname(t.fd, (struct sockaddr *)&own, &len) == -1)
		die("socket");
	printf("%u\n", ntohs(own.sin_port));
	while (await(t.fd, -1, &t.from, &n)) {
		t.n = (size_t)n;
		t.number++;
		kinds[kind].serve(&t);
	}
	return 0;
}

static const struct {
	const char	*name;
	const char	*operands;
	int		 n;		/* of them */
	int		(*run)(char *operands[]);
} commands[] = {
	{ "ask",	"FROM HOST PORT BYTES",		4, ask },
	{ "ask-briefly", "FROM HOST PORT BYTES",	4, ask_briefly },
	{ "flood",	"HOST PORT N",			3, flood },
	{ "serve",	"KIND",				1, serve },
	{ "spoof",	"FROM-PORT PORT",		2, spoof },
};

int
main(int argc, char *argv[])
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (argc == commands[i].n + 2 &&
		    strcmp(commands[i].name, argv[1]) == 0)
			return commands[i].run(argv + 2);
	fprintf(stderr, "datagram: wrong operands\n");
	return 2;
}
