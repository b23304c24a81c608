/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * What a client wants, a function for each; WANT_NOTHING: it waits, or is gone.
 */
#include <config.h>

#include "drive.h"
#include "reset.h"
#include "uring_bulk.h"
#include "uring_data.h"
#include "uring_loop.h"

#include <sys/socket.h>

#include <string.h>

/* Of Linux 6.7, which liburing 2.3 does not know. */
#define CMD_SETSOCKOPT	3

void
uring_client_aim(struct io_uring_sqe *sqe, const struct uring_client *c,
    unsigned flags, uint64_t data)
{
	if ((c->flags & CLIENT_DIRECT) != 0)
		flags |= IOSQE_FIXED_FILE;
	sqe->flags = (__u8)flags;
	io_uring_sqe_set_data64(sqe, data);
}

void
uring_client_list(struct uring_loop *l, struct uring_client *c)
{
	if ((c->flags & CLIENT_LISTED) != 0)
		return;
	c->flags |= CLIENT_LISTED;
	c->next = NULL;
	*l->todo_end = c;
	l->todo_end = &c->next;
}

/* With no buffer free, the kernel would end the receive at once, and we would
 * do nothing but ask again. */
enum want
uring_client_receive(struct uring_loop *l, struct uring_client *c)
{
	struct io_uring_sqe *sqe;

	if ((c->flags & CLIENT_RECEIVING) != 0)
		return WANT_NOTHING;
	if (l->credit == 0) {
		uring_client_list(l, c);
		return WANT_NOTHING;
	}
	l->credit--;
	c->flags |= CLIENT_RECEIVING;
	sqe = uring_sqe(&l->ring, 1);
	io_uring_prep_recv_multishot(sqe, c->fd, NULL, 0, 0);
	uring_client_aim(sqe, c, IOSQE_BUFFER_SELECT,
	    completion_of(c, ON_RECEIVE));
	sqe->buf_group = BUFFER_GROUP;
	return WANT_NOTHING;
}

/* What it receives until the ring has let go of it is echoed first. */
static void
tell_bulky(struct uring_loop *l, struct uring_client *c)
{
	if ((c->flags & CLIENT_BULKY) != 0)
		return;
	c->flags |= CLIENT_BULKY;
	if ((c->flags & CLIENT_RECEIVING) != 0)
		uring_cancel(&l->ring, completion_of(c, ON_RECEIVE));
}

static enum want
wait_to_read(struct uring_loop *l, struct uring_client *c)
{
	if ((c->flags & CLIENT_BULKY) == 0)
		return uring_client_receive(l, c);
	if ((c->flags & CLIENT_RECEIVING) != 0)
		return WANT_NOTHING;
	c->flags &= (unsigned char)~CLIENT_BULKY;
	if (uring_bulk_begin(l, c) == -1)
		return uring_client_receive(l, c);
	c->want = WAIT_BULK;
	return WANT_NOTHING;
}

static enum want
carry_read(struct uring_loop *l, struct uring_client *c)
{
	uint32_t n = c->got;

	c->want = WANT_READ;
	if (n >= DRIVE_BUFFER)
		tell_bulky(l, c);
	if (n > 0) {
		c->connection.buffer = c->spill;
		c->spill = NULL;
		c->got = 0;
		return connection_read(&c->connection, n);
	}
	if ((c->flags & CLIENT_ENDED) == 0)
		return wait_to_read(l, c);
	return c->ended == 0 ? connection_read(&c->connection, 0) :
	    connection_failed(&c->connection, c->ended);
}

static void
prepare_pieces(struct uring_loop *l, struct io_uring_sqe *sqe, int fd,
    uint16_t first, int flags)
{
	struct msghdr *message = &l->messages[l->nsent];

	*message = (struct msghdr){ .msg_iov = &l->pieces[l->npieces] };
	for (uint16_t id = first; id != NO_BUFFER; id = l->buffers.next[id]) {
		l->pieces[l->npieces++] = (struct iovec){
			.iov_base = uring_buffer(&l->buffers, id),
			.iov_len = l->buffers.length[id]
		};
		message->msg_iovlen++;
	}
	io_uring_prep_sendmsg(sqe, fd, message, (unsigned)flags);
}

/* Either all of it goes at once, without a completion, or a completion says how
 * much went. */
static enum want
send_chain(struct uring_loop *l, struct uring_client *c)
{
	const int flags = MSG_DONTWAIT | MSG_WAITALL;
	struct io_uring_sqe *sqe = uring_sqe(&l->ring, 1);
	uint16_t first = c->first;

	if (l->buffers.next[first] == NO_BUFFER)
		io_uring_prep_send(sqe, c->fd, uring_buffer(&l->buffers, first),
		    l->buffers.length[first], flags);
	else
		prepare_pieces(l, sqe, c->fd, first, flags);
	uring_client_aim(sqe, c, IOSQE_CQE_SKIP_SUCCESS,
	    completion_data(ON_SHORT, l->nsent));
	l->sent[l->nsent++] = (struct sent){
		.client = c, .first = first,
		.result = (int32_t)(c->connection.end - c->connection.start),
	};
	if ((c->flags & CLIENT_RECEIVING) == 0)
		l->is_in_haste = 1;
	return WANT_NOTHING;
}

/* Not MSG_WAITALL: room that the client makes starts its time anew. */
static enum want
send_own(struct uring_loop *l, struct uring_client *c)
{
	struct io_uring_sqe *sqe = uring_sqe(&l->ring, 1);
	struct connection *connection = &c->connection;

	io_uring_prep_send(sqe, c->fd, connection->buffer + connection->start,
	    connection->end - connection->start, 0);
	uring_client_aim(sqe, c, 0, completion_of(c, ON_SEND));
	c->flags |= CLIENT_SENDING;
	return WANT_NOTHING;
}

static enum want
carry_write(struct uring_loop *l, struct uring_client *c)
{
	c->want = WANT_WRITE;
	return c->connection.buffer == NULL ? send_chain(l, c) :
	    send_own(l, c);
}

/* The ring's shutdown runs some time later, in a kernel thread, which looks up
 * a direct descriptor only then: the client stays until it has. */
static void
shut_sending(struct uring_loop *l, struct uring_client *c)
{
	int fd = (c->flags & CLIENT_DIRECT) == 0 ? c->fd :
	    uring_bulk_descriptor(l, c);
	struct io_uring_sqe *sqe;

	if (fd != -1) {
		shutdown(fd, SHUT_WR);
		return;
	}
	sqe = uring_sqe(&l->ring, 1);
	io_uring_prep_shutdown(sqe, c->fd, SHUT_WR);
	uring_client_aim(sqe, c, 0, completion_of(c, ON_SEND));
	c->flags |= CLIENT_SENDING;
}

static enum want
carry_finish(struct uring_loop *l, struct uring_client *c)
{
	c->want = WANT_FINISH;
	c->quiet = 0;
	uring_data_forget(l, c);
	if ((c->flags & CLIENT_ENDED) == 0)
		shut_sending(l, c);
	uring_bulk_leave(l, c);
	return (c->flags & CLIENT_ENDED) != 0 ? WANT_CLOSE :
	    uring_client_receive(l, c);
}

static void
cancel(struct uring_loop *l, struct uring_client *c)
{
	if ((c->flags & CLIENT_RECEIVING) != 0)
		uring_cancel(&l->ring, completion_of(c, ON_RECEIVE));
	if ((c->flags & CLIENT_SENDING) != 0)
		uring_cancel(&l->ring, completion_of(c, ON_SEND));
	c->flags |= CLIENT_CANCELLED;
}

/* The next operation is the close.  If we use direct descriptors, Linux is new
 * enough for this command, too, which came with 6.7. */
static void
prepare_reset(struct uring_loop *l, struct uring_client *c)
{
	const __u32 option[] = { SOL_SOCKET, SO_LINGER };
	struct io_uring_sqe *sqe;

	if ((c->flags & CLIENT_DIRECT) == 0) {
		reset_at_close(c->fd);
		return;
	}
	sqe = uring_sqe(&l->ring, 2);
	io_uring_prep_rw(IORING_OP_URING_CMD, sqe, c->fd, NULL, 0, 0);
	sqe->cmd_op = CMD_SETSOCKOPT;
	memcpy(&sqe->addr, option, sizeof(option));
	sqe->file_index = sizeof(linger_for_reset);
	sqe->addr3 = (uintptr_t)&linger_for_reset;
	uring_client_aim(sqe, c, IOSQE_CQE_SKIP_SUCCESS | IOSQE_IO_HARDLINK,
	    URING_IGNORED);
}

void
uring_client_close(struct uring_loop *l, const struct uring_client *c)
{
	struct io_uring_sqe *sqe = uring_sqe(&l->ring, 1);

	if ((c->flags & CLIENT_DIRECT) != 0)
		io_uring_prep_close_direct(sqe, (unsigned)c->fd);
	else
		io_uring_prep_close(sqe, c->fd);
	sqe->flags |= IOSQE_CQE_SKIP_SUCCESS;
	io_uring_sqe_set_data64(sqe, URING_IGNORED);
}

/* An operation under way holds the socket: closed before that, it would send no
 * FIN. */
static int
is_at_rest(struct uring_loop *l, struct uring_client *c)
{
	if ((c->flags & (CLIENT_RECEIVING | CLIENT_SENDING)) != 0) {
		if ((c->flags & CLIENT_CANCELLED) == 0)
			cancel(l, c);
		return 0;
	}
	return (c->flags & CLIENT_LISTED) == 0;
}

static enum want
end(struct uring_loop *l, struct uring_client *c, int with_reset)
{
	if (!is_at_rest(l, c))
		return WANT_NOTHING;
	uring_data_forget(l, c);
	uring_bulk_leave(l, c);
	if (with_reset)
		prepare_reset(l, c);
	count(&l->server->part->ended[c->connection.cause], 1);
	uring_client_close(l, c);
	uring_clients_delete(&l->clients, c);
	l->active--;
	return WANT_NOTHING;
}

static enum want
carry_close(struct uring_loop *l, struct uring_client *c)
{
	c->want = WANT_CLOSE;
	return end(l, c, 0);
}

static enum want
carry_reset(struct uring_loop *l, struct uring_client *c)
{
	c->want = WANT_RESET;
	return end(l, c, 1);
}

/* Without faults there are no others. */
static enum want (*const carry_out[WANT_NOTHING])(struct uring_loop *,
    struct uring_client *) = {
	[WANT_READ]	= carry_read,
	[WANT_WRITE]	= carry_write,
	[WANT_FINISH]	= carry_finish,
	[WANT_CLOSE]	= carry_close,
	[WANT_RESET]	= carry_reset,
};

void
uring_carry_on(struct uring_loop *l, struct uring_client *c,
    enum want want)
{
	while (want != WANT_NOTHING)
		want = carry_out[want](l, c);
}
