/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * For test scripts: "storm PORT SECONDS CONNECTIONS SEED" has so many clients
 * at a time on 127.0.0.1 that do what comes: send little or much, and then
 * close, half-close, reset, go away in the middle, or stop reading for a while.
 * It compares every byte that comes back, and prints what happened:
 *
 *	opened N bytes N cut N short N wrong N
 *
 * cut: connections that the server ended before the client had done so; short:
 * after that, but before all was echoed; wrong: those that had bytes which were
 * not theirs.
 */
#include <config.h>

#include <sys/socket.h>

#include <netinet/in.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define MOST		256	/* connections */
#define PIECE		65536
#define STALL_MS	300

enum ending { CLOSE, HALF_CLOSE, RESET, LEAVE, STALL, ENDINGS };

struct one {
	int		 fd;		/* -1: to be opened */
	enum ending	 ending;
	uint64_t	 seed;
	uint64_t	 whole;		/* bytes to be sent */
	uint64_t	 until;		/* bytes of the echo, then it ends */
	uint64_t	 sent, echoed;
	int64_t		 stalled;	/* since when, in ms; 0: it reads */
	int		 half_closed;
};

static struct one ones[MOST];
static struct sockaddr_in server = { .sin_family = AF_INET };
static uint64_t state, opened, bytes, cut, too_short, wrong;

static uint64_t
rnd(uint64_t below)
{
	state = state * UINT64_C(6364136223846793005) +
	    UINT64_C(1442695040888963407);
	return (state >> 33) % below;
}

static int64_t
now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Of each connection another one, and of each place in it. */
static unsigned char
byte_at(const struct one *o, uint64_t offset)
{
	return (unsigned char)((offset * 31 + (offset >> 8) * 7 +
	    (offset >> 16) + o->seed) & 0xff);
}

static void
end(struct one *o, int with_reset)
{
	static const struct linger reset = { .l_onoff = 1, .l_linger = 0 };

	if (with_reset)
		setsockopt(o->fd, SOL_SOCKET, SO_LINGER, &reset,
		    sizeof(reset));
	close(o->fd);
	o->fd = -1;
}

static uint64_t
any_length(void)
{
	static const uint64_t most[] = { 1, 100, 5000, 200000, 3000000 };

	return 1 + rnd(most[rnd(sizeof(most) / sizeof(most[0]))]);
}

static void
open_one(struct one *o)
{
	o->fd = socket(AF_INET, SOCK_STREAM, 0);
	if (o->fd == -1) {
		perror("socket");
		exit(1);
	}
	fcntl(o->fd, F_SETFL, O_NONBLOCK);
	connect(o->fd, (struct sockaddr *)&server, sizeof(server));
	o->ending = (enum ending)rnd(ENDINGS);
	o->seed = rnd(256);
	o->whole = any_length();
	o->until = o->ending == CLOSE || o->ending == HALF_CLOSE ? o->whole :
	    rnd(o->whole);
	o->sent = o->echoed = 0;
	o->stalled = 0;
	o->half_closed = 0;
	opened++;
}

static void
send_some(struct one *o)
{
	unsigned char piece[PIECE];
	uint64_t left = o->whole - o->sent;
	size_t len = left < PIECE ? (size_t)left : PIECE;
	ssize_t n;

	for (size_t i = 0; i < len; i++)
		piece[i] = byte_at(o, o->sent + i);
	n = send(o->fd, piece, len, 0);
	if (n > 0)
		o->sent += (uint64_t)n;
	else if (errno != EAGAIN && errno != EINTR && errno != ENOTCONN) {
		cut++;
		end(o, 0);
	}
}

static int
is_right(const struct one *o, const unsigned char *piece, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (o->echoed + i >= o->sent ||
		    piece[i] != byte_at(o, o->echoed + i))
			return 0;
	return 1;
}

/* What the ending asks for, once enough has come. */
static void
finish(struct one *o)
{
	if (o->ending == STALL && o->stalled == 0)
		o->stalled = now_ms();
	else if (o->ending != HALF_CLOSE && o->ending != STALL)
		end(o, o->ending == RESET);
}

static void
read_some(struct one *o)
{
	unsigned char piece[PIECE];
	ssize_t n = recv(o->fd, piece, sizeof(piece), 0);

	if (n > 0) {
		if (!is_right(o, piece, (size_t)n)) {
			wrong++;
			end(o, 1);
			return;
		}
		o->echoed += (uint64_t)n;
		bytes += (uint64_t)n;
		if (o->echoed >= o->until)
			finish(o);
		return;
	}
	if (n == -1 && (errno == EAGAIN || errno == EINTR ||
	    errno == ENOTCONN))
		return;
	if (!o->half_closed)
		cut++;
	else if (o->echoed < o->sent)
		too_short++;
	end(o, 0);
}

static short
events_of(const struct one *o)
{
	short events = o->stalled != 0 ? 0 : POLLIN;

	if (o->sent < o->whole)
		events |= POLLOUT;
	return events;
}

static void
serve_one(struct one *o, short revents)
{
	if (o->stalled != 0 && now_ms() - o->stalled > STALL_MS) {
		o->stalled = 0;
		o->ending = HALF_CLOSE;
	}
	if ((revents & POLLOUT) != 0 && o->sent < o->whole)
		send_some(o);
	if (o->fd != -1 && o->sent == o->whole && o->ending == HALF_CLOSE &&
	    !o->half_closed) {
		shutdown(o->fd, SHUT_WR);
		o->half_closed = 1;
	}
	if (o->fd != -1 && (revents & (POLLIN | POLLHUP | POLLERR)) != 0)
		read_some(o);
}

static void
turn(unsigned n)
{
	struct pollfd ready[MOST];

	for (unsigned i = 0; i < n; i++) {
		if (ones[i].fd == -1)
			open_one(&ones[i]);
		ready[i].fd = ones[i].fd;
		ready[i].events = events_of(&ones[i]);
	}
	poll(ready, n, 50);
	for (unsigned i = 0; i < n; i++)
		serve_one(&ones[i], ready[i].revents);
}

int
main(int argc, char *argv[])
{
	int64_t end_ms;
	unsigned n;

	if (argc != 5 || atoi(argv[3]) < 1 || atoi(argv[3]) > MOST) {
		fputs("usage: storm PORT SECONDS CONNECTIONS SEED\n", stderr);
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	server.sin_port = htons((uint16_t)atoi(argv[1]));
	server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	n = (unsigned)atoi(argv[3]);
	state = strtoull(argv[4], NULL, 10);
	for (unsigned i = 0; i < n; i++)
		ones[i].fd = -1;
	end_ms = now_ms() + atoi(argv[2]) * INT64_C(1000);
	while (now_ms() < end_ms)
		turn(n);
	printf("opened %llu bytes %llu cut %llu short %llu wrong %llu\n",
	    (unsigned long long)opened, (unsigned long long)bytes,
	    (unsigned long long)cut, (unsigned long long)too_short,
	    (unsigned long long)wrong);
	return 0;
}
