/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "sweep_run.h"

/*
 * Messages: descriptors passed, datagrams, programs' parts.
 */

/* w->fd has a descriptor for the other side to get, which writes into peer. */
static enum outcome
sent_fd(struct world *w)
{
	char byte;

	if (w->n == -1)
		return FAILED;
	return SUCCEEDED(w->n >= 1 && recv(w->peer, &byte, 1, 0) == 1 &&
	    byte == DATA[0]);
}

static enum outcome
run_write_fd(struct world *w)
{
	char data[] = DATA;

	ARM(w->n = write_fd(w->fd, data, DATA_LEN, STDIN_FILENO));
	return sent_fd(w);
}

static enum outcome
run_Write_fd(struct world *w)
{
	char data[] = DATA;

	ARM(w->n = Write_fd(w->fd, data, DATA_LEN, STDIN_FILENO));
	return sent_fd(w);
}

static void
a_passed_fd(struct world *w)
{
	char data[] = DATA;

	a_pair(w);
	write_fd(w->peer, data, DATA_LEN, STDIN_FILENO);
}

static void
a_passed_fd_not_waiting(struct world *w)
{
	a_passed_fd(w);
	fcntl(w->fd, F_SETFL, fcntl(w->fd, F_GETFL) | O_NONBLOCK);
}

static enum outcome
received_fd(struct world *w)
{
	if (w->n == -1)
		return w->got == -1 ? FAILED : WRONG;
	return SUCCEEDED(w->got != -1 && fcntl(w->got, F_GETFD) != -1 &&
	    w->n >= 1 && memcmp(w->buf, DATA, (size_t)w->n) == 0);
}

static enum outcome
run_read_fd(struct world *w)
{
	ARM(w->n = read_fd(w->fd, w->buf, sizeof(w->buf), &w->got));
	return received_fd(w);
}

static enum outcome
run_Read_fd(struct world *w)
{
	ARM(w->n = Read_fd(w->fd, w->buf, sizeof(w->buf), &w->got));
	return received_fd(w);
}

static const struct rule not_waiting_rules[] = {
	{ F_recvmsg,	EAGAIN,	SUCCEEDS,	0,	0 },
	{ F_sendmsg,	EAGAIN,	SUCCEEDS,	0,	0 },
	{ F_fcntl,	0,	FAILS_AS,	EAGAIN,	0 },
	NO_RULES
};

static int
is_datagram_here(struct world *w)
{
	return w->n == DATA_LEN && memcmp(w->buf, DATA, DATA_LEN) == 0;
}

static enum outcome
run_recvfrom_flags(struct world *w)
{
	struct unp_in_pktinfo info;
	int flags = 0;

	w->len = sizeof(w->addr);
	ARM(w->n = recvfrom_flags(w->fd, w->buf, sizeof(w->buf), &flags,
	    (SA *)&w->addr, &w->len, &info));
	if (w->n == -1)
		return FAILED;
	return SUCCEEDED(is_datagram_here(w) &&
	    w->len == sizeof(struct sockaddr_in));
}

static enum outcome
run_Recvfrom_flags(struct world *w)
{
	struct unp_in_pktinfo info;
	int flags = 0;

	w->len = sizeof(w->addr);
	ARM(w->n = Recvfrom_flags(w->fd, w->buf, sizeof(w->buf), &flags,
	    (SA *)&w->addr, &w->len, &info));
	return SUCCEEDED(is_datagram_here(w));
}

static enum outcome
run_Recvfrom(struct world *w)
{
	w->len = sizeof(w->addr);
	ARM(w->n = Recvfrom(w->fd, w->buf, sizeof(w->buf), 0,
	    (SA *)&w->addr, &w->len));
	return SUCCEEDED(is_datagram_here(w) &&
	    w->len == sizeof(struct sockaddr_in));
}

static enum outcome
run_Recvmsg(struct world *w)
{
	struct iovec iov = { w->buf, sizeof(w->buf) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };

	ARM(w->n = Recvmsg(w->fd, &msg, 0));
	return SUCCEEDED(is_datagram_here(w));
}

static enum outcome
run_Recv(struct world *w)
{
	ARM(w->n = Recv(w->fd, w->buf, sizeof(w->buf), 0));
	return SUCCEEDED(w->n > 0 && rest_is_there(w, (size_t)w->n));
}

static enum outcome
run_Read(struct world *w)
{
	ARM(w->n = Read(w->fd, w->buf, sizeof(w->buf)));
	return SUCCEEDED(w->n > 0 && rest_is_there(w, (size_t)w->n));
}

static enum outcome
run_Send(struct world *w)
{
	ARM(Send(w->fd, DATA, DATA_LEN, 0));
	return SUCCEEDED(peer_has_data(w));
}

static enum outcome
run_Sendto(struct world *w)
{
	ARM(Sendto(w->fd, DATA, DATA_LEN, 0, (SA *)&w->addr, w->len));
	return SUCCEEDED(peer_has_data(w));
}

static enum outcome
run_Sendto_stream(struct world *w)
{
	ARM(Sendto(w->fd, DATA, DATA_LEN, 0, NULL, 0));
	return SUCCEEDED(peer_has_data(w));
}

static enum outcome
run_Sendmsg(struct world *w)
{
	struct iovec iov = { w->buf, DATA_LEN };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };

	memcpy(w->buf, DATA, DATA_LEN);
	ARM(Sendmsg(w->fd, &msg, 0));
	return SUCCEEDED(peer_has_data(w));
}

/* DATA, and a newline or none, is what was printed. */
static enum outcome
has_printed(struct world *w)
{
	char buf[2 * DATA_LEN];

	if (fflush(stdout) == EOF)
		return WRONG;
	return SUCCEEDED(pread(w->got, buf, sizeof(buf), 0) ==
	    (ssize_t)DATA_LEN && memcmp(buf, DATA, DATA_LEN) == 0);
}

static enum outcome
run_str_cli(struct world *w)
{
	ARM(str_cli(w->fp, w->fd));
	return has_printed(w);
}

/* That the server is gone is said without an errno; an ENOTCONN at the end of
 * input is left for recv(2) to tell: here it would never come. */
static const struct rule str_cli_rules[] = {
	{ F_read,	EAGAIN,	SUCCEEDS,	0,	0 },
	{ F_recv,	EAGAIN,	SUCCEEDS,	0,	0 },
	{ F_send,	EAGAIN,	SUCCEEDS,	0,	0 },
	{ F_send,	EPIPE,	FAILS_SILENTLY,	0,	0 },
	{ F_send,	ECONNRESET, FAILS_SILENTLY, 0,	0 },
	{ F_shutdown,	ENOTCONN, CANNOT_FAIL,	0,	0 },
	NO_RULES
};

static enum outcome
run_dg_cli(struct world *w)
{
	ARM(dg_cli(w->fp, w->fd, (SA *)&w->addr, w->len));
	return has_printed(w);
}

static void
two_datagrams(struct world *w)
{
	a_datagram(w);
	send(w->peer, DATA, DATA_LEN, 0);
}

/* It ends by an error alone: after two datagrams it gets one. */
static enum outcome
run_dg_echo(struct world *w)
{
	char buf[2 * DATA_LEN];
	volatile int replies = 0, wanted = 2;

	sweep->datagrams = 3;
	w->len = sizeof(w->addr);
	if (sigsetjmp(fatal, 0) == 0) {
		ARM(dg_echo(w->fd, (SA *)&w->addr, w->len));
		return WRONG;
	}
	if (!report_ends_in(strerror(LAST_DATAGRAM_ERROR)) ||
	    sweep->datagrams > 0)
		return FAILED;
	while (recv(w->peer, buf, sizeof(buf), MSG_DONTWAIT) ==
	    (ssize_t)DATA_LEN && memcmp(buf, DATA, DATA_LEN) == 0)
		replies++;
	/* What could not be sent is one client's. */
	if (sweep->fired && sweep->function == F_sendto &&
	    sweep->error != EINTR)
		wanted = 1;
	/* Nor could what is not to be sent at once. */
	if (sweep->modes & MODE_EAGAIN)
		return SUCCEEDED(replies <= wanted);
	return SUCCEEDED(replies == wanted);
}

/* A reply that cannot be sent is one client's, and a socket that is broken is
 * found so by the next recvfrom(2).  What that passes over is what the network
 * says of an earlier reply (EOPNOTSUPP is ICMP's "source route failed"), and
 * what passes. */
static const struct rule dg_echo_rules[] = {
	{ F_sendto,	0,	SUCCEEDS,	0,	0 },
	{ F_recvfrom,	ECONNREFUSED, SUCCEEDS,	0,	0 },
	{ F_recvfrom,	ECONNRESET, SUCCEEDS,	0,	0 },
	{ F_recvfrom,	EOPNOTSUPP, SUCCEEDS,	0,	0 },
	{ F_recvfrom,	ETIMEDOUT, SUCCEEDS,	0,	0 },
	{ F_recvfrom,	EAGAIN,	SUCCEEDS,	0,	0 },
	{ F_recvfrom,	ENOBUFS, SUCCEEDS,	0,	0 },
	NO_RULES
};

const struct scenario message_scenarios[] = {
	{ "write_fd", a_pair, run_write_fd, NULL, 0 },
	{ "write_fd, not waiting", a_pair_not_waiting, run_write_fd,
	    not_waiting_rules, 0 },
	{ "Write_fd", a_pair, run_Write_fd, NULL, 0 },
	{ "read_fd", a_passed_fd, run_read_fd, NULL, 0 },
	{ "read_fd, not waiting", a_passed_fd_not_waiting, run_read_fd,
	    not_waiting_rules, 0 },
	{ "Read_fd", a_passed_fd, run_Read_fd, NULL, 0 },
	{ "recvfrom_flags", a_datagram, run_recvfrom_flags, NULL, 0 },
	{ "Recvfrom_flags", a_datagram, run_Recvfrom_flags, NULL, 0 },
	{ "Recvfrom", a_datagram, run_Recvfrom, NULL, 0 },
	{ "Recvmsg", a_datagram, run_Recvmsg, NULL, 0 },
	{ "Recv", a_pair_of_data, run_Recv, NULL, 0 },
	{ "Read", a_pipe_of_data, run_Read, NULL, 0 },
	{ "Send", a_pair, run_Send, NULL, 0 },
	{ "Sendto", a_udp_pair, run_Sendto, NULL, 0 },
	{ "Sendto, stream", a_pair, run_Sendto_stream, NULL, 0 },
	{ "Sendmsg", a_udp_pair, run_Sendmsg, NULL, 0 },
	{ "str_cli", an_echo, run_str_cli, str_cli_rules, 0 },
	{ "dg_cli", a_udp_echo, run_dg_cli, NULL, 0 },
	{ "dg_echo", two_datagrams, run_dg_echo, dg_echo_rules, 0 },
	{ NULL, NULL, NULL, NULL, 0 }
};
