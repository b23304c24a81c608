/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * For test scripts: the clients that no netcat can be, and what a shell cannot
 * do.  Each command is a row of the table at the end.  Clients connect to
 * PEER_HOST, an address, by default 127.0.0.1, or where PORT is unix:PATH to
 * that; what they see goes to standard output, in words that scripts compare.
 */
#include <config.h>

#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>
#include <sys/wait.h>
#ifdef HAVE_SYS_PRCTL_H
#include <sys/prctl.h>
#endif

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE_MS	30000	/* no answer for so long: none will come */
#define STUCK_MS	200	/* no room for so long: none soon */
#define CHUNK		16384
#define NARROW		4096	/* a receive buffer that fills soon */

static void __attribute__((__noreturn__))
die(const char *what)
{
	fprintf(stderr, "peer: %s: %s\n", what, strerror(errno));
	exit(1);
}

static long
number(const char *text)
{
	char *end;
	long n = strtol(text, &end, 10);

	if (end == text || *end != '\0' || n < 0) {
		errno = EINVAL;
		die(text);
	}
	return n;
}

static int64_t
now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

static void
sleep_ms(int ms)
{
	poll(NULL, 0, ms);
}

/*
 * Connections.
 */

static const char *unix_path;	/* of a UNIX-domain socket */

/* What --ready-fd has printed. */
static long
port_of(const char *text)
{
	if (strncmp(text, "unix:", 5) != 0)
		return number(text);
	unix_path = text + 5;
	return 0;
}

static socklen_t
fill_path(struct sockaddr_un *addr)
{
	if (strlen(unix_path) >= sizeof(addr->sun_path)) {
		errno = ENAMETOOLONG;
		die(unix_path);
	}
	addr->sun_family = AF_UNIX;
	strcpy(addr->sun_path, unix_path);
	return sizeof(*addr);
}

static socklen_t
fill_address(struct sockaddr_storage *addr, long port)
{
	struct sockaddr_in6 *six = (struct sockaddr_in6 *)addr;
	struct sockaddr_in *four = (struct sockaddr_in *)addr;
	const char *host = getenv("PEER_HOST");

	memset(addr, 0, sizeof(*addr));
	if (unix_path != NULL)
		return fill_path((struct sockaddr_un *)addr);
	if (host == NULL)
		host = "127.0.0.1";
	if (inet_pton(AF_INET6, host, &six->sin6_addr) == 1) {
		six->sin6_family = AF_INET6;
		six->sin6_port = htons((uint16_t)port);
		return sizeof(*six);
	}
	if (inet_pton(AF_INET, host, &four->sin_addr) != 1) {
		errno = EINVAL;
		die(host);
	}
	four->sin_family = AF_INET;
	four->sin_port = htons((uint16_t)port);
	return sizeof(*four);
}

static int
new_socket(const struct sockaddr_storage *addr)
{
	int fd = socket(addr->ss_family, SOCK_STREAM, 0);

	if (fd == -1)
		die("socket");
	return fd;
}

/* receive_buffer 0: as the system has it. */
static int
connect_to(long port, int receive_buffer)
{
	struct timeval patience = { .tv_sec = PATIENCE_MS / 1000 };
	struct sockaddr_storage addr;
	socklen_t len = fill_address(&addr, port);
	int fd = new_socket(&addr), on = 1;

	if (receive_buffer != 0)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer,
		    sizeof(receive_buffer));
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	if (connect(fd, (struct sockaddr *)&addr, len) == -1)
		die("connect");
	return fd;
}

static int
start_connect(long port)
{
	struct sockaddr_storage addr;
	socklen_t len = fill_address(&addr, port);
	int fd = new_socket(&addr);

	fcntl(fd, F_SETFL, O_NONBLOCK);
	/* EAGAIN: a UNIX-domain socket's queue is full. */
	while (connect(fd, (struct sockaddr *)&addr, len) == -1 &&
	    errno != EINPROGRESS) {
		if (errno != EAGAIN)
			die("connect");
		sleep_ms(1);
	}
	return fd;
}

static void
reset(int fd)
{
	static const struct linger linger = { .l_onoff = 1, .l_linger = 0 };

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
	close(fd);
}

static const char *
error_word(int error)
{
	static const struct {
		int		 error;
		const char	*word;
	} words[] = {
		{ 0,		"FIN" },
		{ ECONNREFUSED,	"ECONNREFUSED" },
		{ ECONNRESET,	"ECONNRESET" },
		{ EPIPE,	"EPIPE" },
		{ EAGAIN,	"no answer" },
		{ ETIMEDOUT,	"ETIMEDOUT" },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (words[i].error == error)
			return words[i].word;
	return strerror(error);
}

/* What client n sends as its byte i: no two clients' bytes look the same, nor
 * do those of one that are shifted. */
static unsigned char
pattern(unsigned n, size_t i)
{
	return (unsigned char)(n * 37 + i * 7 + (i >> 8) * 3 + (i >> 16));
}

static void
fill_pattern(unsigned char *to, unsigned n, size_t from, size_t len)
{
	for (size_t i = 0; i < len; i++)
		to[i] = pattern(n, from + i);
}

static int
is_pattern(const unsigned char *bytes, unsigned n, size_t from, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (bytes[i] != pattern(n, from + i))
			return 0;
	return 1;
}

static void
wait_for_input_end(void)
{
	char byte;

	while (read(STDIN_FILENO, &byte, 1) > 0)
		continue;
}

/*
 * Many clients that verify their echo.
 */

enum outcome { SERVED, REFUSED, FAILED, OUTCOMES };

struct client {
	int	 fd;		/* -1: none */
	unsigned n;
	int	 connected;
	size_t	 size, sent, got;
};

struct crowd {
	long	 port;
	struct client *clients;
	struct pollfd *ready;	/* of each client */
	unsigned at_once, left, running, connected;
	int	 is_deaf;	/* for now, no client reads */
	size_t	 least, most;	/* bytes of a client */
	unsigned outcomes[OUTCOMES];
};

static void
finish(struct crowd *crowd, struct client *c, enum outcome outcome,
    const char *why)
{
	if (outcome == FAILED)
		fprintf(stderr, "peer: client %u: %s, %zu of %zu sent, %zu "
		    "back\n", c->n, why, c->sent, c->size, c->got);
	crowd->outcomes[outcome]++;
	crowd->running--;
	close(c->fd);
	c->fd = -1;
}

/* Ended by FIN (error 0) or an error: before the first byte it is a refusal. */
static void
finish_early(struct crowd *crowd, struct client *c, int error)
{
	int is_end = error == 0 || error == ECONNRESET || error == EPIPE;

	finish(crowd, c, is_end && c->connected && c->got == 0 ? REFUSED :
	    FAILED, error_word(error));
}

static size_t
size_of(const struct crowd *crowd, unsigned n)
{
	uint32_t random = n * UINT32_C(2654435761);

	random ^= random >> 15;
	return crowd->least + random % (crowd->most - crowd->least + 1);
}

static void
begin(struct crowd *crowd, struct client *c)
{
	c->n = crowd->left--;
	c->connected = 0;
	c->size = size_of(crowd, c->n);
	c->sent = c->got = 0;
	c->fd = start_connect(crowd->port);
	crowd->running++;
}

static void
has_connected(struct crowd *crowd, struct client *c)
{
	socklen_t len = sizeof(int);
	int error = 0;

	getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &len);
	c->connected = error == 0 || error == ECONNRESET;
	if (error != 0) {
		finish_early(crowd, c, error);
		return;
	}
	crowd->connected++;
	if (c->size == 0)
		shutdown(c->fd, SHUT_WR);
}

static void
send_some(struct crowd *crowd, struct client *c)
{
	unsigned char bytes[CHUNK];
	size_t len = c->size - c->sent;
	ssize_t n;

	if (len > sizeof(bytes))
		len = sizeof(bytes);
	fill_pattern(bytes, c->n, c->sent, len);
	n = send(c->fd, bytes, len, 0);
	if (n == -1 && errno != EAGAIN)
		finish_early(crowd, c, errno);
	if (n <= 0)
		return;
	c->sent += (size_t)n;
	if (c->sent == c->size)
		shutdown(c->fd, SHUT_WR);
}

static void
receive_some(struct crowd *crowd, struct client *c)
{
	unsigned char bytes[4 * CHUNK];
	ssize_t n = recv(c->fd, bytes, sizeof(bytes), 0);

	if (n == -1 && errno == EAGAIN)
		return;
	if (n == 0 && c->got == c->size && c->sent == c->size)
		finish(crowd, c, SERVED, NULL);
	else if (n <= 0)
		finish_early(crowd, c, n == 0 ? 0 : errno);
	else if (c->got + (size_t)n > c->sent)
		finish(crowd, c, FAILED, "surplus bytes");
	else if (!is_pattern(bytes, c->n, c->got, (size_t)n))
		finish(crowd, c, FAILED, "other bytes");
	else
		c->got += (size_t)n;
}

static void
attend(struct crowd *crowd, struct client *c, short revents)
{
	if (!c->connected)
		has_connected(crowd, c);
	else if (revents & (POLLIN | POLLHUP | POLLERR))
		receive_some(crowd, c);
	else
		send_some(crowd, c);
}

/* Returns 0 when nothing has happened for too long. */
static int
attend_all(struct crowd *crowd)
{
	for (unsigned i = 0; i < crowd->at_once; i++) {
		struct client *c = &crowd->clients[i];

		if (c->fd == -1 && crowd->left > 0)
			begin(crowd, c);
		crowd->ready[i].fd = c->fd;
		crowd->ready[i].events = crowd->is_deaf ? 0 : POLLIN;
		if (!c->connected || c->sent < c->size)
			crowd->ready[i].events |= POLLOUT;
	}
	if (poll(crowd->ready, crowd->at_once, crowd->is_deaf ? STUCK_MS :
	    PATIENCE_MS) <= 0)
		return 0;
	for (unsigned i = 0; i < crowd->at_once; i++)
		if (crowd->ready[i].fd != -1 && crowd->ready[i].revents != 0)
			attend(crowd, &crowd->clients[i],
			    crowd->ready[i].revents);
	return 1;
}

static void
crowd_open(struct crowd *crowd, char *argv[])
{
	memset(crowd, 0, sizeof(*crowd));
	crowd->port = port_of(argv[0]);
	crowd->left = (unsigned)number(argv[1]);
	crowd->at_once = (unsigned)number(argv[2]);
	crowd->least = (size_t)number(argv[3]);
	crowd->most = (size_t)number(argv[4]);
	crowd->clients = calloc(crowd->at_once, sizeof(*crowd->clients));
	crowd->ready = calloc(crowd->at_once, sizeof(*crowd->ready));
	if (crowd->clients == NULL || crowd->ready == NULL ||
	    crowd->least > crowd->most)
		die("clients");
	for (unsigned i = 0; i < crowd->at_once; i++)
		crowd->clients[i].fd = -1;
}

static int
crowd_run(struct crowd *crowd)
{
	while (crowd->left + crowd->running > 0 && attend_all(crowd))
		continue;
	for (unsigned i = 0; i < crowd->at_once; i++)
		if (crowd->clients[i].fd != -1)
			finish(crowd, &crowd->clients[i], FAILED, "no answer");
	printf("served %u refused %u failed %u\n", crowd->outcomes[SERVED],
	    crowd->outcomes[REFUSED], crowd->outcomes[FAILED] + crowd->left);
	free(crowd->clients);
	free(crowd->ready);
	return 0;
}

static int
clients(char *argv[])
{
	struct crowd crowd;

	crowd_open(&crowd, argv);
	return crowd_run(&crowd);
}

/* As clients, all at once; says when all are connected. */
static int
queue(char *argv[])
{
	char *all[] = { argv[0], argv[1], argv[1], argv[2], argv[2] };
	struct crowd crowd;
	unsigned n;

	crowd_open(&crowd, all);
	n = crowd.at_once;
	while (crowd.left + crowd.running > 0 && crowd.connected < n &&
	    attend_all(&crowd))
		continue;
	printf("connected %u\n", crowd.connected);
	return crowd_run(&crowd);
}

/* One client that does not read at first, until the server can write no more,
 * and goes on at the end of standard input. */
static int
deaf(char *argv[])
{
	char *one[] = { argv[0], "1", "1", argv[1], argv[1] };
	struct crowd crowd;

	crowd_open(&crowd, one);
	crowd.is_deaf = 1;
	while (attend_all(&crowd))
		continue;
	puts("stuck");
	wait_for_input_end();
	crowd.is_deaf = 0;
	return crowd_run(&crowd);
}

/*
 * One client with a behaviour of its own.
 */

/* One byte, its echo, the next byte. */
static int
dribble(char *argv[])
{
	int fd = connect_to(port_of(argv[0]), 0);
	long n = number(argv[1]);
	unsigned char byte, back;

	for (long i = 0; i < n; i++) {
		byte = pattern(0, (size_t)i);
		if (send(fd, &byte, 1, 0) != 1)
			die("send");
		if (recv(fd, &back, 1, 0) != 1 || back != byte) {
			printf("byte %ld is not echoed\n", i);
			return 1;
		}
	}
	shutdown(fd, SHUT_WR);
	if (recv(fd, &back, 1, 0) != 0)
		die("no end");
	printf("echoed %ld\n", n);
	return 0;
}

/* A client gives up between its connect() and the server's accept(). */
static int
abort_connections(char *argv[])
{
	long port = port_of(argv[0]);

	for (long n = number(argv[1]); n > 0; n--)
		reset(connect_to(port, 0));
	return 0;
}

/* One that gives up once it has said all: the server reads that, and writes to
 * nobody. */
static int
vanish(char *argv[])
{
	static const char bytes[1000];
	long port = port_of(argv[0]);
	int fd;

	for (long n = number(argv[1]); n > 0; n--) {
		fd = connect_to(port, 0);
		if (send(fd, bytes, sizeof(bytes), 0) != sizeof(bytes))
			die("send");
		shutdown(fd, SHUT_WR);
		reset(fd);
	}
	return 0;
}

/* Connections that say nothing, until standard input ends. */
static int
hold(char *argv[])
{
	long port = port_of(argv[0]), n = number(argv[1]);

	for (long i = 0; i < n; i++)
		connect_to(port, 0);
	printf("held %ld\n", n);
	wait_for_input_end();
	return 0;
}

/* How many of so many connections are made in so many milliseconds. */
static int
knock(char *argv[])
{
	long port = port_of(argv[0]), n = number(argv[1]), made = 0;
	struct pollfd *knocks = calloc((size_t)n, sizeof(*knocks));
	int64_t end = now_ms() + number(argv[2]), left;

	if (knocks == NULL)
		die("knock");
	for (long i = 0; i < n; i++) {
		knocks[i].fd = start_connect(port);
		knocks[i].events = POLLOUT;
	}
	while ((left = end - now_ms()) > 0) {
		if (poll(knocks, (nfds_t)n, (int)left) <= 0)
			continue;
		for (long i = 0; i < n; i++) {
			if (knocks[i].revents == 0)
				continue;
			made++;
			knocks[i].fd = -1;	/* stays open until we exit */
			knocks[i].revents = 0;
		}
	}
	printf("made %ld of %ld\n", made, n);
	free(knocks);
	return 0;
}

/* Sends and never reads: what ends it. */
static int
unread(char *argv[])
{
	int fd = connect_to(port_of(argv[0]), NARROW);
	size_t left = (size_t)number(argv[1]);
	unsigned char bytes[CHUNK];
	ssize_t n;

	memset(bytes, 'x', sizeof(bytes));
	while (left > 0) {
		n = send(fd, bytes, left < sizeof(bytes) ? left :
		    sizeof(bytes), 0);
		if (n == -1) {
			puts(error_word(errno));
			return 0;
		}
		left -= (size_t)n;
	}
	puts("sent");
	return 0;
}

/* What comes back, up to the end: returns its length. */
static size_t
read_pattern(int fd, int *error)
{
	unsigned char bytes[NARROW];
	size_t got = 0;
	ssize_t n;

	while ((n = recv(fd, bytes, sizeof(bytes), 0)) > 0) {
		if (!is_pattern(bytes, 0, got, (size_t)n))
			die("other bytes");
		got += (size_t)n;
	}
	*error = n == 0 ? 0 : errno;
	return got;
}

/*
 * Sends, lets the echo wait in the server's kernel for so many milliseconds,
 * sends a little more, which the server will perhaps not read any more, and
 * reads all: is anything of the first lost?
 */
static int
stall(char *argv[])
{
	int fd = connect_to(port_of(argv[0]), NARROW), error;
	size_t size = (size_t)number(argv[1]), got;
	unsigned char *bytes = malloc(size + 1);
	ssize_t n;

	if (bytes == NULL)
		die("stall");
	fill_pattern(bytes, 0, 0, size + 1);
	if (send(fd, bytes, size, 0) != (ssize_t)size)
		die("send");
	sleep_ms((int)number(argv[2]));
	n = send(fd, bytes + size, 1, 0);
	(void)n;
	sleep_ms(100);
	got = read_pattern(fd, &error);
	printf("lost %zu, %s\n", size - (got < size ? got : size),
	    error_word(error));
	free(bytes);
	return 0;
}

static void
send_descriptor(int fd, const char *text)
{
	union {
		struct cmsghdr	 header;
		char		 room[64];
	} control;
	struct iovec iov = { .iov_base = (char *)text,
	    .iov_len = strlen(text) };
	struct msghdr message = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = CMSG_SPACE(sizeof(int)),
	};
	int one = STDIN_FILENO;

	memset(&control, 0, sizeof(control));
	control.header.cmsg_level = SOL_SOCKET;
	control.header.cmsg_type = SCM_RIGHTS;
	control.header.cmsg_len = CMSG_LEN(sizeof(one));
	memcpy(CMSG_DATA(&control.header), &one, sizeof(one));
	if (sendmsg(fd, &message, 0) == -1)
		die("sendmsg");
}

/* Sends N bytes and what recv(2) stops at with more behind it: TCP's urgent
 * mark, whose byte is not among the others, or a descriptor.  Prints what was
 * echoed behind the N. */
static int
marks(char *argv[])
{
	int fd = connect_to(port_of(argv[0]), 0);
	char back[16] = "", *before;
	size_t got = 0, n_before = (size_t)number(argv[1]);
	ssize_t n = 1;

	before = calloc(1, n_before + 1);
	if (before == NULL)
		die("calloc");
	if (send(fd, before, n_before, 0) != (ssize_t)n_before ||
	    send(fd, "before", 6, 0) != 6)
		die("send");
	if (unix_path != NULL)
		send_descriptor(fd, "|");
	else if (send(fd, "!|", 2, MSG_OOB) != 2)
		die("send");
	if (send(fd, "behind", 6, 0) != 6)
		die("send");
	if (n_before > 0)
		shutdown(fd, SHUT_WR);
	puts("sent");
	if (recv(fd, before, n_before, MSG_WAITALL) != (ssize_t)n_before)
		die("recv");
	free(before);
	while (got < 13 && n > 0) {
		n = recv(fd, back + got, sizeof(back) - 1 - got, 0);
		got += n > 0 ? (size_t)n : 0;
	}
	puts(back);
	return 0;
}

/* Executes the command with a terminal as its standard error, at which nobody
 * looks. */
static int
terminal(char *argv[])
{
	int viewer = posix_openpt(O_RDWR | O_NOCTTY), fd;
	const char *name = NULL;

	if (viewer != -1 && grantpt(viewer) == 0 && unlockpt(viewer) == 0)
		name = ptsname(viewer);
	fd = name == NULL ? -1 : open(name, O_WRONLY | O_NOCTTY);
	if (fd == -1)
		die("terminal");
	dup2(fd, STDERR_FILENO);
	close(fd);
	execvp(argv[0], argv);
	die(argv[0]);
}

/* Waits for the server's end, and then writes twice. */
static int
write_after_end(char *argv[])
{
	int fd = connect_to(port_of(argv[0]), 0);
	struct pollfd ready = { .fd = fd, .events = 0 };
	char byte = 'a';

	if (send(fd, &byte, 1, 0) != 1 || recv(fd, &byte, 1, 0) != 1)
		die("echo");
	puts("connected");
	if (recv(fd, &byte, 1, 0) != 0)
		die("end");
	puts("end");
	puts(send(fd, &byte, 1, 0) == 1 ? "sent" : error_word(errno));
	if (poll(&ready, 1, PATIENCE_MS) != 1)
		die("poll");
	puts(send(fd, &byte, 1, 0) == 1 ? "sent" : error_word(errno));
	return 0;
}

/*
 * A dialogue between standard input and a server, line by line.
 */

struct dialogue {
	int	 fd;
	unsigned sent, echoed;	/* lines */
	int	 half_closed;
};

static void
hear_user(struct dialogue *d)
{
	char bytes[NARROW];
	ssize_t n = read(STDIN_FILENO, bytes, sizeof(bytes));

	if (n <= 0) {
		d->half_closed = 1;
		shutdown(d->fd, SHUT_WR);
		return;
	}
	for (ssize_t i = 0; i < n; i++)
		d->sent += bytes[i] == '\n';
	if (send(d->fd, bytes, (size_t)n, 0) != n)
		printf("cannot send: %s\n", error_word(errno));
}

/* Returns 0 at the end. */
static int
hear_server(struct dialogue *d)
{
	char bytes[NARROW];
	ssize_t n = recv(d->fd, bytes, sizeof(bytes), 0);

	if (n <= 0) {
		if (n == 0 && d->half_closed && d->echoed == d->sent)
			puts("closed");
		else
			printf("ended by %s\n", error_word(n == 0 ? 0 :
			    errno));
		return 0;
	}
	for (ssize_t i = 0; i < n; i++)
		if (bytes[i] == '\n')
			printf("echoed %u\n", ++d->echoed);
	return 1;
}

static int
dialogue(char *argv[])
{
	struct dialogue d = { .fd = connect_to(port_of(argv[0]), 0) };
	struct pollfd ready[] = {
		{ .fd = STDIN_FILENO, .events = POLLIN },
		{ .fd = d.fd, .events = POLLIN },
	};

	puts("connected");
	for (;;) {
		if (d.half_closed)
			ready[0].fd = -1;
		if (poll(ready, 2, -1) <= 0)
			continue;
		if (ready[1].revents != 0 && !hear_server(&d))
			return 0;
		if (ready[0].revents != 0)
			hear_user(&d);
	}
}

/*
 * What a shell cannot do.
 */

/* Fills the pipe that is standard output. */
static int
fill(char *argv[])
{
	static const char zeros[CHUNK];
	int flags = fcntl(STDOUT_FILENO, F_GETFL);

	(void)argv;
	fcntl(STDOUT_FILENO, F_SETFL, flags | O_NONBLOCK);
	while (write(STDOUT_FILENO, zeros, sizeof(zeros)) > 0)
		continue;
	while (write(STDOUT_FILENO, zeros, 1) > 0)
		continue;
	fcntl(STDOUT_FILENO, F_SETFL, flags);
	return 0;
}

#define NAMED(error)	{ #error, error }
static const struct {
	const char	*name;
	int		 error;
} errors[] = {
	NAMED(EACCES), NAMED(EADDRINUSE), NAMED(EADDRNOTAVAIL),
	NAMED(ECONNREFUSED), NAMED(EHOSTUNREACH), NAMED(EISDIR),
	NAMED(ENAMETOOLONG), NAMED(ENETUNREACH), NAMED(ENOENT), NAMED(ENOSPC),
	NAMED(ENOTDIR), NAMED(ETIMEDOUT),
};

/* An unknown name has a text, too: a pattern without any would match all. */
static int
print_strerror(char *argv[])
{
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		if (strcmp(errors[i].name, argv[0]) != 0)
			continue;
		puts(strerror(errors[i].error));
		return 0;
	}
	printf("%s: unknown to peer\n", argv[0]);
	return 1;
}

/* A port that nobody has, just now. */
static int
free_port(char *argv[])
{
	struct sockaddr_storage addr;
	socklen_t len = fill_address(&addr, 0);
	int fd = new_socket(&addr);

	(void)argv;
	if (bind(fd, (struct sockaddr *)&addr, len) == -1 ||
	    getsockname(fd, (struct sockaddr *)&addr, &len) == -1)
		die("bind");
	printf("%u\n", ntohs(((struct sockaddr_in *)&addr)->sin_port));
	return 0;
}

/*
 * Runs a script in a process group of its own, for a limited time, and sees
 * that no process of it is left behind.
 */

struct script {
	pid_t	 pid;
	int	 ended;
	int	 status;
	long	 seconds;
	int	 is_late;
};

static pid_t
parent_of(const char *pid, char name[64])
{
	char path[64];
	FILE *file;
	int parent = 0;

	snprintf(path, sizeof(path), "/proc/%.20s/stat", pid);
	file = fopen(path, "re");
	if (file == NULL)
		return 0;
	if (fscanf(file, "%*d (%63[^)]) %*c %d", name, &parent) != 2)
		parent = 0;
	fclose(file);
	return parent;
}

static void
kill_leftovers(void)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	char name[64];

	if (proc == NULL)
		return;
	while ((entry = readdir(proc)) != NULL) {
		if (!isdigit((unsigned char)entry->d_name[0]) ||
		    parent_of(entry->d_name, name) != getpid())
			continue;
		printf("# left behind: %s (%s)\n", entry->d_name, name);
		kill((pid_t)number(entry->d_name), SIGKILL);
	}
	closedir(proc);
}

/* Returns whether there are children left. */
static int
reap(struct script *script)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid != script->pid)
			continue;
		script->ended = 1;
		script->status = WIFEXITED(status) ? WEXITSTATUS(status) :
		    128 + WTERMSIG(status);
	}
	return pid == 0;
}

static void
time_is_over(struct script *script)
{
	if (!script->is_late)
		printf("Bail out! not finished after %ld seconds\n",
		    script->seconds);
	kill(-script->pid, script->is_late ? SIGKILL : SIGTERM);
	script->is_late = 1;
	alarm(5);
}

static void
run(struct script *script, char *argv[], const sigset_t *old)
{
	script->pid = fork();
	if (script->pid == -1)
		die("fork");
	if (script->pid != 0) {
		setpgid(script->pid, script->pid);
		return;
	}
	setpgid(0, 0);
	sigprocmask(SIG_SETMASK, old, NULL);
	execvp(argv[0], argv);
	die(argv[0]);
}

static int
bounded(char *argv[])
{
	static const int signals[] = { SIGHUP, SIGINT, SIGTERM, SIGCHLD,
	    SIGALRM };
	struct script script = { .seconds = number(argv[0]) };
	sigset_t set, old;
	int signo, left = 1;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaddset(&set, signals[i]);
	sigprocmask(SIG_BLOCK, &set, &old);
#ifdef PR_SET_CHILD_SUBREAPER
	prctl(PR_SET_CHILD_SUBREAPER, 1);
#endif
	run(&script, argv + 1, &old);
	alarm((unsigned)script.seconds);
	while (!script.ended) {
		sigwait(&set, &signo);
		if (signo == SIGALRM)
			time_is_over(&script);
		else if (signo != SIGCHLD)
			kill(-script.pid, signo);
		reap(&script);
	}
	for (int i = 0; i < 200 && (left = reap(&script)); i++)
		sleep_ms(10);
	if (!left)
		return script.status;
	for (int i = 0; i < 200 && reap(&script); i++) {
		kill_leftovers();
		sleep_ms(10);
	}
	return script.status != 0 ? script.status : 1;
}

static const struct {
	const char	*name;
	const char	*operands;
	int		 n;		/* of them, at least */
	int		(*run)(char *operands[]);
} commands[] = {
	{ "abort",	"PORT N",		2, abort_connections },
	{ "bounded",	"SECONDS COMMAND...",	2, bounded },
	{ "clients",	"PORT N AT-ONCE LEAST MOST",	5, clients },
	{ "deaf",	"PORT BYTES",		2, deaf },
	{ "dialogue",	"PORT",			1, dialogue },
	{ "dribble",	"PORT BYTES",		2, dribble },
	{ "fill",	"",			0, fill },
	{ "free-port",	"",			0, free_port },
	{ "hold",	"PORT N",		2, hold },
	{ "knock",	"PORT N MILLISECONDS",	3, knock },
	{ "marks",	"PORT N",		2, marks },
	{ "queue",	"PORT N BYTES",		3, queue },
	{ "stall",	"PORT BYTES MILLISECONDS",	3, stall },
	{ "strerror",	"ERRNO-NAME",		1, print_strerror },
	{ "terminal",	"COMMAND...",		1, terminal },
	{ "unread",	"PORT BYTES",		2, unread },
	{ "vanish",	"PORT N",		2, vanish },
	{ "write-after-end",	"PORT",		1, write_after_end },
};
#define COMMANDS	(sizeof(commands) / sizeof(commands[0]))

int
main(int argc, char *argv[])
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (size_t i = 0; i < COMMANDS && argc > 1; i++) {
		if (strcmp(commands[i].name, argv[1]) != 0 ||
		    argc - 2 < commands[i].n)
			continue;
		if (commands[i].run != bounded)
			signal(SIGPIPE, SIG_IGN);
		return commands[i].run(argv + 2);
	}
	for (size_t i = 0; i < COMMANDS; i++)
		fprintf(stderr, "peer %s %s\n", commands[i].name,
		    commands[i].operands);
	return 2;
}
