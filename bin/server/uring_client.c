/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "log.h"
#include "looks.h"
#include "uring_bulk.h"
#include "uring_data.h"
#include "uring_loop.h"

#include <errno.h>
#include <stdlib.h>

void
uring_client_start(struct uring_loop *l, int fd, int is_direct)
{
	struct uring_client *c = uring_clients_new(&l->clients);
	struct uring_client lost = { .fd = fd, .flags = CLIENT_DIRECT };

	if (c == NULL) {
		log_error("cannot serve a connection", errno);
		acceptor_discount(&l->acceptor);
		if (!is_direct) {
			refuse_connection(l->server, fd);
			return;
		}
		uring_client_close(l, &lost);
		count(&l->server->part->refused, 1);
		return;
	}
	l->active++;
	c->fd = fd;
	c->flags = is_direct ? CLIENT_DIRECT : 0;
	uring_carry_on(l, c, connection_start(&c->connection, NULL, NULL));
}

/* Data is put aside while we wait for the client to take its echo, and thrown
 * away if the connection is about to end. */
static void
take_data(struct uring_loop *l, struct uring_client *c, uint16_t id)
{
	if (c->want != WANT_READ && c->want != WANT_WRITE) {
		uring_buffer_return(&l->buffers, id);
		return;
	}
	l->in += l->buffers.length[id];
	c->quiet = 0;
	if (c->want == WANT_WRITE && c->connection.buffer != NULL)
		uring_data_put_aside(l, c, id);
	else
		uring_data_chain(l, c, id);
}

/* ENOBUFS and a full completion queue end only the operation.  What ended it
 * first is what counts: bytes for which there was no memory, then the end. */
static void
take_end(struct uring_client *c, int result)
{
	if (c->ended == ENOMEM || result > 0 || result == -ENOBUFS ||
	    result == -ECANCELED || result == -EINTR || result == -EAGAIN)
		return;
	c->flags |= CLIENT_ENDED;
	c->ended = -result;
}

void
uring_client_received(struct uring_loop *l, struct uring_client *c,
    const struct io_uring_cqe *cqe)
{
	if ((cqe->flags & IORING_CQE_F_MORE) == 0)
		c->flags &= (unsigned char)~CLIENT_RECEIVING;
	if ((cqe->flags & IORING_CQE_F_BUFFER) != 0) {
		uint16_t id = (uint16_t)(cqe->flags >>
		    IORING_CQE_BUFFER_SHIFT);

		uring_buffer_take(&l->buffers, id, cqe->res > 0 ?
		    (uint32_t)cqe->res : 0);
		if (cqe->res > 0)
			take_data(l, c, id);
		else
			uring_buffer_return(&l->buffers, id);
	}
	if (cqe->res == -ENOBUFS)
		uring_buffers_lacked(&l->buffers);
	take_end(c, cqe->res);
	if (c->want != WANT_WRITE)
		uring_client_list(l, c);
}

void
uring_client_sent(struct uring_loop *l, struct uring_client *c, int result)
{
	enum want want;

	c->flags &= (unsigned char)~CLIENT_SENDING;
	if (c->want == WAIT_BULK) {
		uring_carry_on(l, c, uring_bulk_ready(l, c, result));
		return;
	}
	if (c->want != WANT_WRITE) {
		uring_client_list(l, c);
		return;
	}
	if (result == -EINTR || result == -EAGAIN) {
		uring_carry_on(l, c, WANT_WRITE);
		return;
	}
	if (result < 0) {
		uring_carry_on(l, c,
		    connection_failed(&c->connection, -result));
		return;
	}
	l->out += (uint32_t)result;
	c->quiet = 0;
	want = connection_wrote(&c->connection, (size_t)result);
	if (want != WANT_WRITE) {
		free(c->connection.buffer);
		c->connection.buffer = NULL;
	}
	uring_carry_on(l, c, want);
}

/* The client takes no more for now, so we receive no more. */
static enum want
sent_short(struct uring_loop *l, struct uring_client *c,
    const struct sent *sent, uint32_t n)
{
	enum want want = WANT_WRITE;

	if (n > 0)
		want = connection_wrote(&c->connection, n);
	if (uring_data_keep_rest(l, c, sent->first, n) == -1)
		return connection_failed(&c->connection, errno);
	uring_data_spill(l, c);
	if ((c->flags & CLIENT_RECEIVING) != 0)
		uring_cancel(&l->ring, completion_of(c, ON_RECEIVE));
	return want;
}

static enum want
settle(struct uring_loop *l, const struct sent *sent)
{
	struct uring_client *c = sent->client;
	uint32_t n = sent->result > 0 ? (uint32_t)sent->result : 0;

	if (sent->result < 0 && sent->result != -EAGAIN &&
	    sent->result != -EINTR)
		return connection_failed(&c->connection, -sent->result);
	l->out += n;
	if (n < c->connection.end)
		return sent_short(l, c, sent, n);
	c->want = WANT_READ;
	connection_wrote(&c->connection, n);
	if (c->got > 0 || (c->flags & CLIENT_ENDED) != 0 ||
	    (c->flags & CLIENT_RECEIVING) == 0)
		uring_client_list(l, c);
	return WANT_NOTHING;
}

void
uring_clients_settle(struct uring_loop *l)
{
	for (unsigned i = 0; i < l->nsent; i++) {
		struct sent *sent = &l->sent[i];
		enum want want = settle(l, sent);

		uring_data_return(l, sent->first);
		uring_carry_on(l, sent->client, want);
	}
	l->nsent = l->npieces = 0;
	l->is_in_haste = 0;
}

static void
go_on(struct uring_loop *l, struct uring_client *c)
{
	if (c->want != WANT_FINISH)
		uring_carry_on(l, c, (enum want)c->want);
	else if ((c->flags & CLIENT_ENDED) != 0)
		uring_carry_on(l, c, WANT_CLOSE);
	else
		uring_client_receive(l, c);
}

void
uring_clients_go_on(struct uring_loop *l)
{
	struct uring_client *c = l->todo, *next;

	l->todo = NULL;
	l->todo_end = &l->todo;
	l->credit = l->buffers.offered - l->buffers.taken;
	for (; c != NULL; c = next) {
		next = c->next;
		c->flags &= (unsigned char)~CLIENT_LISTED;
		go_on(l, c);
	}
}

static int
is_sending(const struct uring_loop *l, const struct uring_client *c)
{
	return c->want == WANT_WRITE || uring_bulk_is_sending(l, c);
}

static int64_t
limit_of(const struct uring_loop *l, const struct uring_client *c)
{
	if (c->want == WANT_FINISH)
		return FINISH_NS;
	return is_sending(l, c) ? l->server->limits.write_ns :
	    l->server->limits.idle_ns;
}

void
uring_client_look(struct uring_loop *l, struct uring_client *c)
{
	c->quiet = looks_one_more(c->quiet);
	if (!looks_over(c->quiet, l->look_ns, limit_of(l, c)))
		return;
	if (c->want == WANT_FINISH)
		uring_carry_on(l, c, WANT_CLOSE);
	else if (is_sending(l, c))
		uring_carry_on(l, c, connection_write_timeout(&c->connection));
	else if (c->want == WANT_READ || c->want == WAIT_BULK)
		uring_carry_on(l, c, connection_read_timeout(&c->connection));
}
