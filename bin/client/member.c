/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "connect.h"
#include "member.h"
#include "pattern.h"

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Not a multiple of any usual message length, so that neighbours differ; small
 * enough to stay in a second-level cache; whole cache lines, as STEP is, so
 * that what is compared is aligned, as memcmp likes it. */
#define LINE	64
#define PERIOD	(131072 - LINE)
#define STEP	LINE	/* from one member's place to the next one's */

static unsigned char *
lines(size_t n)
{
	void *memory;

	return posix_memalign(&memory, LINE, n) == 0 ? memory : NULL;
}

int
tape_make(struct tape *tape, uint32_t seed)
{
	size_t n = PERIOD + TAPE_PIECE;

	tape->stream = lines(n);
	tape->received = lines(TAPE_PIECE);
	if (tape->stream == NULL || tape->received == NULL) {
		tape_free(tape);
		return ENOMEM;
	}
	pattern_bytes(seed, 0, tape->stream, PERIOD);
	for (size_t at = PERIOD; at < n; at++)
		tape->stream[at] = tape->stream[at - PERIOD];
	return 0;
}

void
tape_free(struct tape *tape)
{
	free(tape->stream);
	free(tape->received);
	tape->stream = tape->received = NULL;
}

static const unsigned char *
at(const struct tape *tape, const struct member *member, uint64_t offset)
{
	return tape->stream + (member->place + offset) % PERIOD;
}

void
member_make(struct member *member, size_t index, struct message *ring)
{
	memset(member, 0, sizeof(*member));
	member->fd = -1;
	member->messages = ring;
	member->place = (uint32_t)(index * STEP % PERIOD);
}

/* Returns 0, or an errno value. */
static int
prepare(int fd, const struct member_path *path, size_t nth)
{
	int one = 1;

	if (fcntl(fd, F_SETFD, FD_CLOEXEC) == -1 ||
	    fcntl(fd, F_SETFL, O_NONBLOCK) == -1)
		return errno;
	if (path->to.ss_family != AF_UNIX && setsockopt(fd, IPPROTO_TCP,
	    TCP_NODELAY, &one, sizeof(one)) == -1)
		return errno;
	if (path->n_from == 0)
		return 0;
	/* A port that is given serves one connection after another. */
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
#ifdef IP_BIND_ADDRESS_NO_PORT
	/* One source port then serves for several destinations. */
	setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof(one));
#endif
	return bind(fd,
	    (const struct sockaddr *)&path->from[nth % path->n_from],
	    path->from_len) == -1 ? errno : 0;
}

void
member_adopt(struct member *member, int fd)
{
	member->fd = fd;
	member->state = MEMBER_CONNECTING;
	member->sent = member->got = member->whole = member->goal = 0;
	member->retransmits = member->first = member->n = 0;
	member->busy = member->full = member->gone = 0;
	member->fresh = 1;
}

int
member_connect(struct member *member, const struct member_path *path,
    size_t nth)
{
	int error;

	member->fd = socket(path->to.ss_family, SOCK_STREAM, 0);
	if (member->fd == -1)
		return errno;
	error = prepare(member->fd, path, nth);
	if (error == 0 && connect(member->fd,
	    (const struct sockaddr *)&path->to, path->to_len) == -1 &&
	    errno != EINPROGRESS)
		error = errno;
	if (error != 0) {
		member_close(member);
		return error;
	}
	member_adopt(member, member->fd);
	return 0;
}

int
member_connected(struct member *member)
{
	int error = 0;
	socklen_t len = sizeof(error);

	if (getsockopt(member->fd, SOL_SOCKET, SO_ERROR, &error, &len) == -1)
		return errno;
	if (error == 0 && is_connected_to_itself(member->fd))
		error = ECONNREFUSED;
	if (error == 0)
		member->state = MEMBER_OPEN;
	return error;
}

int
member_send(struct member *member, const struct tape *tape)
{
	uint64_t left = member->goal - member->sent;
	size_t piece = left < TAPE_PIECE ? (size_t)left : TAPE_PIECE;
	ssize_t n = send(member->fd, at(tape, member, member->sent), piece, 0);

	if (n == -1)
		return errno;
	member->sent += (uint64_t)n;
	return (size_t)n < piece ? EAGAIN : 0;
}

int
member_receive(struct member *member, const struct tape *tape, size_t *n)
{
	ssize_t got = recv(member->fd, tape->received, TAPE_PIECE, 0);

	if (got == -1)
		return errno;
	*n = (size_t)got;
	if (member->got + *n > member->sent)
		return MEMBER_SURPLUS;
	if (!tape->no_verify && memcmp(tape->received,
	    at(tape, member, member->got), *n) != 0)
		return MEMBER_MISMATCH;
	member->got += *n;
	return 0;
}

void
member_finish(struct member *member)
{
	shutdown(member->fd, SHUT_WR);
	member->state = MEMBER_CLOSING;
}

void
member_close(struct member *member)
{
	close(member->fd);
	member->fd = -1;
	member->state = MEMBER_CLOSED;
	member->busy = member->fresh = 0;
	member->n = 0;
}

enum verdict
member_verdict(const struct member *member, int error)
{
	struct tcp_facts facts = { .known = 0 };

	tcp_facts_read(member->fd, &facts);
	return verdict_of_reply_error(error, member->got, &facts);
}

enum verdict
member_silence(const struct member *member)
{
	struct tcp_facts facts = { .known = 0 };

	if (member->state == MEMBER_CONNECTING)
		return VERDICT_CONNECT_TIMEOUT;
	tcp_facts_read(member->fd, &facts);
	return verdict_of_silence(&facts);
}

unsigned
member_retransmits(struct member *member)
{
	unsigned before = member->retransmits;
	struct tcp_facts facts;

	tcp_facts_read(member->fd, &facts);
	member->retransmits = facts.all_retransmits;
	return facts.all_retransmits - before;
}
