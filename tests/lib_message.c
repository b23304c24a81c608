/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "support.h"

#include <sys/syscall.h>
#include <sys/uio.h>


#include <fcntl.h>

#include <unp.h>

#define BIG		1000000
#define TOO_LONG	70000	/* for a datagram */

/*
 * recvfrom(2) as the library sees it: it first is interrupted as often as a
 * test has said, and then has spoiled *len.
 */
static int recvfrom_interruptions;

ssize_t
recvfrom(int fd, void *buf, size_t n, int flags, struct sockaddr *from,
    socklen_t *len)
{
	if (recvfrom_interruptions > 0) {
		recvfrom_interruptions--;
		if (len != NULL)
			*len = 0;
		errno = EINTR;
		return -1;
	}
	return syscall(SYS_recvfrom, fd, buf, n, flags, from, len);
}

/* A pair of UNIX datagram sockets. */
static void
datagram_pair(int fds[2])
{
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_DGRAM, 0, fds), 0);
}

/*
 * Recvfrom, Sendto.
 */

START_TEST(datagram_there_and_back)
{
	struct sockaddr_storage to, own, from;
	socklen_t to_len, own_len, len = sizeof(from);
	int server = datagram_socket(&to, &to_len, AF_INET);
	int client = datagram_socket(&own, &own_len, AF_INET);
	char buf[10];

	Sendto(client, "abc", 3, 0, generic(&to), to_len);
	ck_assert_int_eq(Recvfrom(server, buf, sizeof(buf), 0, generic(&from),
	    &len), 3);
	ck_assert_mem_eq(buf, "abc", 3);
	ck_assert_int_eq(len, own_len);
	ck_assert_mem_eq(&from, &own, sizeof(struct sockaddr_in));

	/* One of no bytes, and one whose sender nobody asks for. */
	Sendto(server, "", 0, 0, generic(&from), len);
	Sendto(server, "defg", 4, 0, generic(&from), len);
	len = sizeof(from);
	ck_assert_int_eq(Recvfrom(client, buf, sizeof(buf), 0, generic(&from),
	    &len), 0);
	ck_assert_int_eq(Recvfrom(client, buf, 2, 0, NULL, NULL), 2);
	ck_assert_mem_eq(buf, "de", 2);
}
END_TEST

START_TEST(sendto_nobody_is_to_the_peer)
{
	struct sockaddr_storage to, own;
	socklen_t to_len, own_len;
	int server = datagram_socket(&to, &to_len, AF_INET);
	int client = datagram_socket(&own, &own_len, AF_INET);
	char buf[10];

	Connect(client, generic(&to), to_len);
	Sendto(client, "abc", 3, 0, NULL, 0);
	Sendto(client, "de", 2, 0, NULL, to_len);
	ck_assert_int_eq(Recvfrom(server, buf, sizeof(buf), 0, NULL, NULL), 3);
	ck_assert_int_eq(Recvfrom(server, buf, sizeof(buf), 0, NULL, NULL), 2);
}
END_TEST

START_TEST(recvfrom_says_the_end_of_a_stream)
{
	int fds[2];
	char buf[10];

	socket_pair(fds);
	close(fds[1]);
	ck_assert_int_eq(Recvfrom(fds[0], buf, sizeof(buf), 0, NULL, NULL), 0);
}
END_TEST

START_TEST(flags_are_handed_on)
{
	struct iovec iov;
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	char buf[10];
	int fds[2];

	socket_pair(fds);
	iov.iov_base = buf;
	iov.iov_len = sizeof(buf);
	ck_assert_fatal(Recvfrom(fds[0], buf, sizeof(buf), MSG_DONTWAIT, NULL,
	    NULL), EAGAIN, "recvfrom error");
	ck_assert_fatal(Recvmsg(fds[0], &msg, MSG_DONTWAIT), EAGAIN,
	    "recvmsg error");
	Sendto(fds[1], "abc", 3, 0, NULL, 0);
	ck_assert_int_eq(Recvfrom(fds[0], buf, sizeof(buf), MSG_PEEK, NULL,
	    NULL), 3);
	ck_assert_int_eq(Recvmsg(fds[0], &msg, MSG_PEEK), 3);
	ck_assert_int_eq(Recvmsg(fds[0], &msg, 0), 3);
}
END_TEST

START_TEST(recvfrom_keeps_the_size_of_the_address)
{
	struct sockaddr_storage to, from;
	socklen_t to_len, len = sizeof(from);
	int fd = datagram_socket(&to, &to_len, AF_INET);
	char buf[10];

	Sendto(fd, "abc", 3, 0, generic(&to), to_len);
	Sendto(fd, "abc", 3, 0, generic(&to), to_len);
	recvfrom_interruptions = 3;
	ck_assert_int_eq(Recvfrom(fd, buf, sizeof(buf), 0, generic(&from),
	    &len), 3);
	ck_assert_int_eq(recvfrom_interruptions, 0);
	ck_assert_int_eq(len, to_len);
	ck_assert_mem_eq(&from, &to, sizeof(struct sockaddr_in));
	recvfrom_interruptions = 3;
	ck_assert_int_eq(Recvfrom(fd, buf, sizeof(buf), 0, NULL, NULL), 3);
}
END_TEST

START_TEST(messages_fail_by_the_policy)
{
	struct sockaddr_in addr = inet_address("192.0.2.1", 9);
	struct sockaddr odd = { .sa_family = AF_UNSPEC };
	struct msghdr msg;
	char buf[10];

	memset(&msg, 0, sizeof(msg));
	ck_assert_fatal(Recvfrom(-1, buf, sizeof(buf), 0, NULL, NULL), EBADF,
	    "recvfrom error");
	ck_assert_fatal(Recvmsg(-1, &msg, 0), EBADF, "recvmsg error");
	ck_assert_fatal(Sendto(-1, "abc", 3, 0, NULL, 0), EBADF,
	    "sendto error");
	ck_assert_fatal(Sendto(-1, "abc", 3, 0, generic(&addr), sizeof(addr)),
	    EBADF, "sendto error to 192.0.2.1:9");
	ck_assert_fatal(Sendto(-1, "abc", 3, 0, &odd, sizeof(odd)), EBADF,
	    "sendto error to ?");
	ck_assert_fatal(Sendmsg(-1, &msg, 0), EBADF, "sendmsg error");
}
END_TEST

START_TEST(too_long_a_datagram_is_an_error)
{
	static char buf[TOO_LONG];
	struct sockaddr_in addr = inet_address("127.0.0.1", 9);
	struct iovec iov = { .iov_base = buf, .iov_len = sizeof(buf) };
	struct msghdr msg = { .msg_name = &addr, .msg_namelen = sizeof(addr),
	    .msg_iov = &iov, .msg_iovlen = 1 };
	int fd = Socket(AF_INET, SOCK_DGRAM, 0);

	ck_assert_fatal(Sendto(fd, buf, sizeof(buf), 0, generic(&addr),
	    sizeof(addr)), EMSGSIZE, "sendto error to 127.0.0.1:9");
	ck_assert_fatal(Sendmsg(fd, &msg, 0), EMSGSIZE, "sendmsg error");
}
END_TEST

/*
 * Recvmsg, Sendmsg.
 */

START_TEST(pieces_of_a_message)
{
	char abc[] = "abc", defgh[] = "defgh", first[2], second[10];
	struct iovec out[] = { { abc, 3 }, { NULL, 0 }, { defgh, 5 } };
	struct iovec in[] = { { first, sizeof(first) },
	    { second, sizeof(second) } };
	struct sockaddr_storage own, from;
	socklen_t own_len;
	int fd = datagram_socket(&own, &own_len, AF_INET);
	struct msghdr msg = { .msg_name = &own, .msg_namelen = own_len,
	    .msg_iov = out, .msg_iovlen = 3 };

	Sendmsg(fd, &msg, 0);
	memset(&msg, 0, sizeof(msg));
	msg.msg_name = &from;
	msg.msg_namelen = sizeof(from);
	msg.msg_iov = in;
	msg.msg_iovlen = 2;
	ck_assert_int_eq(Recvmsg(fd, &msg, 0), 8);
	ck_assert_mem_eq(first, "ab", 2);
	ck_assert_mem_eq(second, "cdefgh", 6);
	ck_assert_int_eq(msg.msg_namelen, own_len);
	ck_assert_mem_eq(&from, &own, sizeof(struct sockaddr_in));
}
END_TEST

START_TEST(message_of_nothing)
{
	struct msghdr msg;
	int fds[2];
	char buf[10];

	memset(&msg, 0, sizeof(msg));
	datagram_pair(fds);
	Sendmsg(fds[0], &msg, 0);
	ck_assert_int_eq(Recvfrom(fds[1], buf, sizeof(buf), 0, NULL, NULL), 0);
}
END_TEST

START_TEST(part_of_a_message_is_an_error)
{
	static char buf[BIG], most[BIG];
	struct iovec iov[] = { { buf, BIG }, { buf, BIG } };
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = 2 };
	int fds[2];
	ssize_t got;

	/* As much as a part is, the other way of the same sockets. */
	socket_pair(fds);
	nonblocking(fds[0]);
	nonblocking(fds[1]);
	got = sendmsg(fds[1], &msg, 0);
	ck_assert_int_gt(got, 0);
	ck_assert_int_lt(got, 2 * BIG);
	while (read(fds[0], most, sizeof(most)) > 0)
		continue;
	ck_assert_fatal(Sendmsg(fds[0], &msg, 0), 0,
	    "sendmsg error: %zd of %d bytes sent", got, 2 * BIG);
}
END_TEST

START_TEST(closed_peer_raises_no_signal)
{
	char abc[] = "abc";
	struct iovec iov = { abc, 3 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	int fds[2];

	signal(SIGPIPE, SIG_DFL);
	socket_pair(fds);
	close(fds[0]);
	ck_assert_fatal(Sendto(fds[1], "abc", 3, 0, NULL, 0), EPIPE,
	    "sendto error");
	ck_assert_fatal(Sendmsg(fds[1], &msg, 0), EPIPE, "sendmsg error");
}
END_TEST

/*
 * Signals that come while a call waits.
 */

static ssize_t
by_recvfrom(int fd, void *buf, size_t n)
{
	return Recvfrom(fd, buf, n, 0, NULL, NULL);
}

static ssize_t
by_recvmsg(int fd, void *buf, size_t n)
{
	struct iovec iov = { buf, n };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };

	return Recvmsg(fd, &msg, 0);
}

static ssize_t
by_recvfrom_flags(int fd, void *buf, size_t n)
{
	int flags = 0;

	return Recvfrom_flags(fd, buf, n, &flags, NULL, NULL, NULL);
}

static ssize_t
by_read_fd(int fd, void *buf, size_t n)
{
	ssize_t got;
	int received;

	got = Read_fd(fd, buf, n, &received);
	ck_assert_int_eq(received, -1);
	return got;
}

START_TEST(receiving_is_not_interrupted)
{
	static ssize_t (*const calls[])(int, void *, size_t) = {
		by_recvfrom, by_recvmsg, by_recvfrom_flags, by_read_fd
	};
	struct feed later = { .total = 10, .piece = 10, .pause_ms = 100 };
	char buf[100];
	int fds[2];

	socket_pair(fds);
	later.fds = fds;
	spawn(feed, &later);
	interrupt_every(5);
	ck_assert_int_eq(calls[_i](fds[0], buf, sizeof(buf)), 10);
	interrupt_every(0);
	ck_assert(pattern_is(buf, 10, 0));
	ck_assert_int_gt(interrupts, 0);
}
END_TEST

START_TEST(sendto_sends_all_though_interrupted)
{
	static char buf[BIG];
	struct feed slow = { .total = BIG, .piece = 5000, .pause_ms = 100 };
	pid_t reader;
	int fds[2];

	tcp_pair(fds);
	slow.fds = fds;
	reader = spawn(drain, &slow);
	close(fds[0]);
	pattern_fill(buf, BIG, 0);
	interrupt_every(5);
	Sendto(fds[1], buf, BIG, 0, NULL, 0);
	interrupt_every(0);
	close(fds[1]);
	ck_assert_int_eq(join(reader), 0);
	ck_assert_int_gt(interrupts, 0);
}
END_TEST

/* After a pause takes all datagrams there are; the last is "end". */
static void
take_datagrams(void *arg)
{
	const int *fds = arg;
	char buf[100];
	ssize_t got;

	close(fds[1]);
	pause_ms(100);
	while ((got = read(fds[0], buf, sizeof(buf))) > 0)
		if (got == 3 && memcmp(buf, "end", 3) == 0)
			exit(EXIT_SUCCESS);
	exit(EXIT_FAILURE);
}

static void
end_by_sendmsg(int fd)
{
	char end[] = "end";
	struct iovec iov = { end, 3 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };

	Sendmsg(fd, &msg, 0);
}

static void
end_by_write_fd(int fd)
{
	char end[] = "end";

	ck_assert_int_eq(Write_fd(fd, end, 3, STDERR_FILENO), 3);
}

static void
end_by_sendto(int fd)
{
	Sendto(fd, "end", 3, 0, NULL, 0);
}

/* The queue is full: the call waits, in itself or in poll. */
START_TEST(sending_is_not_interrupted)
{
	static void (*const calls[])(int) = {
		end_by_sendto, end_by_sendmsg, end_by_write_fd,
		end_by_write_fd
	};
	pid_t reader;
	int fds[2];

	datagram_pair(fds);
	while (send(fds[1], "x", 1, MSG_DONTWAIT) == 1)
		continue;
	ck_assert_int_eq(errno, EAGAIN);
	reader = spawn(take_datagrams, fds);
	if (_i == 3)
		nonblocking(fds[1]);
	interrupt_every(5);
	calls[_i](fds[1]);
	interrupt_every(0);
	ck_assert_int_eq(join(reader), 0);
	ck_assert_int_gt(interrupts, 0);
}
END_TEST

/*
 * recvfrom_flags.
 */

static void
switch_on(int fd, int level, int name)
{
	int on = 1;

	ck_assert_int_eq(setsockopt(fd, level, name, &on, sizeof(on)), 0);
}

START_TEST(recvfrom_flags_tells_what_was_cut)
{
	struct sockaddr_storage own, from;
	socklen_t own_len, len = sizeof(from);
	struct unp_in_pktinfo info;
	int fd = datagram_socket(&own, &own_len, AF_INET), flags = 0;
	char buf[3];

	Sendto(fd, "abcd", 4, 0, generic(&own), own_len);
	Sendto(fd, "ab", 2, 0, generic(&own), own_len);
	memset(&info, 0xff, sizeof(info));
	ck_assert_int_eq(recvfrom_flags(fd, buf, sizeof(buf), &flags,
	    generic(&from), &len, &info), 3);
	ck_assert_mem_eq(buf, "abc", 3);
	ck_assert(flags & MSG_TRUNC);
	ck_assert_int_eq(len, own_len);
	ck_assert_mem_eq(&from, &own, sizeof(struct sockaddr_in));

	/* The socket was not told to say where to. */
	ck_assert_int_eq(info.ipi_addr.s_addr, 0);
	ck_assert_int_eq(info.ipi_ifindex, 0);
	flags = MSG_PEEK;
	ck_assert_int_eq(recvfrom_flags(fd, buf, sizeof(buf), &flags, NULL,
	    NULL, NULL), 2);
	ck_assert_int_eq(flags & MSG_TRUNC, 0);
	flags = 0;
	ck_assert_int_eq(Recvfrom_flags(fd, buf, sizeof(buf), &flags, NULL,
	    NULL, &info), 2);
}
END_TEST

static unsigned
loopback_index(void)
{
	return If_nametoindex("lo");
}

#ifdef __linux__
START_TEST(recvfrom_flags_tells_where_to)
{
	struct sockaddr_storage own;
	socklen_t own_len;
	struct unp_in_pktinfo info;
	int fd = datagram_socket(&own, &own_len, AF_INET), flags = 0;
	char buf[3];

	switch_on(fd, IPPROTO_IP, IP_PKTINFO);
	switch_on(fd, IPPROTO_IP, IP_RECVTTL);	/* which is passed over */
	Sendto(fd, "abc", 3, 0, generic(&own), own_len);
	ck_assert_int_eq(recvfrom_flags(fd, buf, sizeof(buf), &flags, NULL,
	    NULL, &info), 3);
	ck_assert_int_eq(flags, 0);
	ck_assert_int_eq(ntohl(info.ipi_addr.s_addr), INADDR_LOOPBACK);
	ck_assert_int_eq(info.ipi_ifindex, loopback_index());
}
END_TEST

/* An IPv6 address has no room in it; that of an IPv4 client has. */
START_TEST(recvfrom_flags_tells_where_to_in_ipv6)
{
	struct sockaddr_in6 any = inet6_address("::", 0), to;
	struct sockaddr_in to4 = inet_address("127.0.0.1", 0);
	socklen_t len = sizeof(any);
	struct unp_in_pktinfo info;
	int fd = socket(AF_INET6, SOCK_DGRAM, 0), off = 0, flags = 0;
	char buf[3];

	if (fd == -1 || bind(fd, generic(&any), sizeof(any)) == -1) {
		not_tested("no IPv6");
		return;
	}
	setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
	switch_on(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO);
	Getsockname(fd, generic(&any), &len);
	to = inet6_address("::1", ntohs(any.sin6_port));
	to4.sin_port = any.sin6_port;
	if (sendto(fd, "abc", 3, 0, generic(&to), sizeof(to)) == 3) {
		memset(&info, 0xff, sizeof(info));
		ck_assert_int_eq(recvfrom_flags(fd, buf, sizeof(buf), &flags,
		    NULL, NULL, &info), 3);
		ck_assert_int_eq(info.ipi_addr.s_addr, 0);
		ck_assert_int_eq(info.ipi_ifindex, loopback_index());
	}
	Sendto(Socket(AF_INET, SOCK_DGRAM, 0), "abc", 3, 0, generic(&to4),
	    sizeof(to4));
	ck_assert_int_eq(recvfrom_flags(fd, buf, sizeof(buf), &flags, NULL,
	    NULL, &info), 3);
	ck_assert_int_eq(ntohl(info.ipi_addr.s_addr), INADDR_LOOPBACK);
	ck_assert_int_eq(info.ipi_ifindex, loopback_index());
}
END_TEST
#endif

START_TEST(recvfrom_flags_fails)
{
	int flags = 0, fds[2];
	char buf[3];

	ck_assert_error(recvfrom_flags(-1, buf, sizeof(buf), &flags, NULL,
	    NULL, NULL), EBADF);
	datagram_pair(fds);
	flags = MSG_DONTWAIT;
	ck_assert_error(recvfrom_flags(fds[0], buf, sizeof(buf), &flags, NULL,
	    NULL, NULL), EAGAIN);
	socket_timeout(fds[0], SO_RCVTIMEO, 60);
	flags = 0;
	ck_assert_error(recvfrom_flags(fds[0], buf, sizeof(buf), &flags, NULL,
	    NULL, NULL), EAGAIN);
	ck_assert_fatal(Recvfrom_flags(-1, buf, sizeof(buf), &flags, NULL,
	    NULL, NULL), EBADF, "recvfrom_flags error");
}
END_TEST

/*
 * Descriptors in messages.
 */

/* Whether two descriptors are the same pipe's ends. */
static void
expect_pipe(int from, int to)
{
	char byte = 0;

	ck_assert_int_eq(write(to, "p", 1), 1);
	ck_assert_int_eq(read(from, &byte, 1), 1);
	ck_assert_int_eq(byte, 'p');
}

START_TEST(descriptor_passes)
{
	static void (*const opens[])(int[2]) = { socket_pair, datagram_pair };
	int fds[2], tube[2], received, before;
	char buf[10], data[] = "abc";

	opens[_i](fds);
	Pipe(tube);
	before = open_descriptors();
	ck_assert_int_eq(write_fd(fds[0], data, 3, tube[0]), 3);
	ck_assert_int_eq(read_fd(fds[1], buf, sizeof(buf), &received), 3);
	ck_assert_mem_eq(buf, "abc", 3);
	ck_assert_int_ne(received, tube[0]);
	ck_assert_int_eq(open_descriptors(), before + 1);
	ck_assert_int_eq(fcntl(received, F_GETFD), FD_CLOEXEC);
	expect_pipe(received, tube[1]);
	ck_assert_int_eq(Write_fd(fds[0], data, 1, received), 1);
	ck_assert_int_eq(Read_fd(fds[1], buf, sizeof(buf), &received), 1);
	expect_pipe(received, tube[1]);
}
END_TEST

START_TEST(message_without_a_descriptor)
{
	int fds[2], received = 7, on = 1;
	char buf[10];

	socket_pair(fds);
	Send(fds[0], "abc", 3, 0);
	ck_assert_int_eq(read_fd(fds[1], buf, sizeof(buf), &received), 3);
	ck_assert_int_eq(received, -1);
	close(fds[0]);
	received = 7;
	ck_assert_int_eq(read_fd(fds[1], buf, sizeof(buf), &received), 0);
	ck_assert_int_eq(received, -1);

	/* What else comes with a message is no descriptor. */
	socket_pair(fds);
	ck_assert_int_eq(setsockopt(fds[1], SOL_SOCKET, SO_PASSCRED, &on,
	    sizeof(on)), 0);
	Send(fds[0], "abc", 3, 0);
	ck_assert_int_eq(read_fd(fds[1], buf, sizeof(buf), &received), 3);
	ck_assert_int_eq(received, -1);
}
END_TEST

#ifdef __linux__
/* Linux puts them first. */
START_TEST(descriptor_passes_beside_credentials)
{
	int fds[2], tube[2], received, on = 1;
	char buf[10], data[] = "abc";

	socket_pair(fds);
	Pipe(tube);
	ck_assert_int_eq(setsockopt(fds[1], SOL_SOCKET, SO_PASSCRED, &on,
	    sizeof(on)), 0);
	ck_assert_int_eq(write_fd(fds[0], data, 3, tube[0]), 3);
	ck_assert_int_eq(read_fd(fds[1], buf, sizeof(buf), &received), 3);
	expect_pipe(received, tube[1]);
}
END_TEST

/* It has the length that a descriptor has. */
START_TEST(time_to_live_is_no_descriptor)
{
	struct sockaddr_storage own;
	socklen_t own_len;
	int fd = datagram_socket(&own, &own_len, AF_INET), received;
	char buf[10];

	switch_on(fd, IPPROTO_IP, IP_RECVTTL);
	Sendto(fd, "abc", 3, 0, generic(&own), own_len);
	ck_assert_int_eq(read_fd(fd, buf, sizeof(buf), &received), 3);
	ck_assert_int_eq(received, -1);
}
END_TEST
#endif

/* Sends one byte and n times the standard error stream. */
static void
send_descriptors(int fd, size_t n)
{
	union {
		struct cmsghdr	 header;
		char		 room[128];
	} control;
	int sent[] = { STDERR_FILENO, STDERR_FILENO, STDERR_FILENO };
	struct iovec iov = { sent, 1 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1,
	    .msg_control = control.room,
	    .msg_controllen = CMSG_SPACE(n * sizeof(int)) };

	memset(&control, 0, sizeof(control));
	control.header.cmsg_level = SOL_SOCKET;
	control.header.cmsg_type = SCM_RIGHTS;
	control.header.cmsg_len = CMSG_LEN(n * sizeof(int));
	memcpy(CMSG_DATA(CMSG_FIRSTHDR(&msg)), sent, n * sizeof(int));
	ck_assert_int_eq(sendmsg(fd, &msg, 0), 1);
}

/* No descriptor is left open that the caller does not know of. */
START_TEST(more_descriptors_than_one_do_not_leak)
{
	int fds[2], received, before;
	char buf[10];

	socket_pair(fds);
	before = open_descriptors();
	send_descriptors(fds[0], (size_t)_i);
	ck_assert_int_eq(read_fd(fds[1], buf, sizeof(buf), &received), 1);
	ck_assert_int_eq(open_descriptors(), before + (received != -1));
}
END_TEST

START_TEST(recvfrom_flags_leaks_no_descriptor)
{
	struct unp_in_pktinfo info;
	int fds[2], before, flags = 0;
	char buf[10];

	socket_pair(fds);
	before = open_descriptors();
	send_descriptors(fds[0], 3);
	ck_assert_int_eq(recvfrom_flags(fds[1], buf, sizeof(buf), &flags, NULL,
	    NULL, NULL), 1);
	ck_assert_int_eq(open_descriptors(), before);
	flags = 0;
	send_descriptors(fds[0], 3);
	ck_assert_int_eq(recvfrom_flags(fds[1], buf, sizeof(buf), &flags, NULL,
	    NULL, &info), 1);
	ck_assert_int_eq(open_descriptors(), before);
	ck_assert_int_eq(info.ipi_ifindex, 0);
}
END_TEST

START_TEST(passing_waits_on_a_nonblocking_socket)
{
	struct feed later = { .total = 10, .piece = 10, .pause_ms = 100 };
	int fds[2], received;
	char buf[10];

	socket_pair(fds);
	nonblocking(fds[0]);
	later.fds = fds;
	spawn(feed, &later);
	interrupt_every(5);
	ck_assert_int_eq(read_fd(fds[0], buf, sizeof(buf), &received), 10);
	interrupt_every(0);
	ck_assert(pattern_is(buf, 10, 0));
	ck_assert_int_eq(received, -1);
}
END_TEST

START_TEST(passing_fails)
{
	int fds[2], received = 7;
	char data[] = "abc";

	signal(SIGPIPE, SIG_DFL);
	socket_pair(fds);
	ck_assert_error(write_fd(-1, data, 3, 0), EBADF);
	ck_assert_error(write_fd(fds[0], data, 3, -1), EBADF);
	ck_assert_error(read_fd(-1, data, 3, &received), EBADF);
	ck_assert_int_eq(received, -1);
	socket_timeout(fds[1], SO_RCVTIMEO, 60);
	ck_assert_error(read_fd(fds[1], data, 3, &received), EAGAIN);
	close(fds[1]);
	ck_assert_error(write_fd(fds[0], data, 3, STDERR_FILENO), EPIPE);
	ck_assert_fatal(Write_fd(fds[0], data, 3, STDERR_FILENO), EPIPE,
	    "write_fd error");
	ck_assert_fatal(Read_fd(-1, data, 3, &received), EBADF,
	    "read_fd error");
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *tc = add_case(suite, "datagrams");

	tcase_add_test(tc, datagram_there_and_back);
	tcase_add_test(tc, sendto_nobody_is_to_the_peer);
	tcase_add_test(tc, recvfrom_says_the_end_of_a_stream);
	tcase_add_test(tc, flags_are_handed_on);
	tcase_add_test(tc, recvfrom_keeps_the_size_of_the_address);
	tcase_add_test(tc, messages_fail_by_the_policy);
	tcase_add_test(tc, too_long_a_datagram_is_an_error);

	tc = add_case(suite, "messages");
	tcase_add_test(tc, pieces_of_a_message);
	tcase_add_test(tc, message_of_nothing);
	tcase_add_test(tc, part_of_a_message_is_an_error);
	tcase_add_test(tc, closed_peer_raises_no_signal);

	tc = add_case(suite, "interrupted");
	tcase_add_loop_test(tc, receiving_is_not_interrupted, 0, 4);
	tcase_add_test(tc, sendto_sends_all_though_interrupted);
	tcase_add_loop_test(tc, sending_is_not_interrupted, 0, 4);

	tc = add_case(suite, "flags");
	tcase_add_test(tc, recvfrom_flags_tells_what_was_cut);
#ifdef __linux__
	tcase_add_test(tc, recvfrom_flags_tells_where_to);
	tcase_add_test(tc, recvfrom_flags_tells_where_to_in_ipv6);
#endif
	tcase_add_test(tc, recvfrom_flags_fails);

	tc = add_case(suite, "descriptors");
	tcase_add_loop_test(tc, descriptor_passes, 0, 2);
	tcase_add_test(tc, message_without_a_descriptor);
#ifdef __linux__
	tcase_add_test(tc, descriptor_passes_beside_credentials);
	tcase_add_test(tc, time_to_live_is_no_descriptor);
#endif
	tcase_add_loop_test(tc, more_descriptors_than_one_do_not_leak, 1, 4);
	tcase_add_test(tc, recvfrom_flags_leaks_no_descriptor);
	tcase_add_test(tc, passing_waits_on_a_nonblocking_socket);
	tcase_add_test(tc, passing_fails);
}

int
main(void)
{
	return run_suite("message", fill);
}
