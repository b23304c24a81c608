/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "support.h"

#include <sys/resource.h>
#include <sys/select.h>
#include <sys/time.h>
#include <sys/un.h>

#include <arpa/inet.h>
#include <net/if.h>

#include <fcntl.h>
#include <limits.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>

#define BIG	1000000
#define EARLY_MS	2	/* what the rounding of times may take off */

/*
 * accept(2) as the library sees it: it first fails as a test has said.
 */
static int accept_failures, accept_error;

int
accept(int fd, struct sockaddr *addr, socklen_t *len)
{
	if (accept_failures > 0) {
		accept_failures--;
		if (len != NULL)
			*len = 0;
		errno = accept_error;
		return -1;
	}
	return accept4(fd, addr, len, SOCK_CLOEXEC);	/* 0: musl calls us */
}

/*
 * The wrappers of one call each.
 */

START_TEST(connection_from_end_to_end)
{
	struct sockaddr_in addr = inet_address("127.0.0.1", 0), peer;
	socklen_t len = sizeof(addr);
	int listenfd, client, server, on = 1;
	char buf[10];

	catch_errors();
	ck_assert_int_eq(sigsetjmp(caught_fatal, 1), 0);
	listenfd = Socket(AF_INET, SOCK_STREAM, 0);
	Setsockopt(listenfd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	on = 0;
	len = sizeof(on);
	Getsockopt(listenfd, SOL_SOCKET, SO_REUSEADDR, &on, &len);
	ck_assert_int_ne(on, 0);
	Bind(listenfd, generic(&addr), sizeof(addr));
	Listen(listenfd, 5);
	len = sizeof(addr);
	Getsockname(listenfd, generic(&addr), &len);
	ck_assert_int_eq(len, sizeof(addr));
	client = Socket(AF_INET, SOCK_STREAM, 0);
	Connect(client, generic(&addr), sizeof(addr));
	len = sizeof(peer);
	server = Accept(listenfd, generic(&peer), &len);
	ck_assert_int_eq(len, sizeof(peer));
	len = sizeof(addr);
	Getpeername(server, generic(&addr), &len);
	ck_assert_int_eq(addr.sin_port, peer.sin_port);
	Send(client, "abc", 3, 0);
	ck_assert_int_eq(Recv(server, buf, 1, MSG_PEEK), 1);
	ck_assert_int_eq(Recv(server, buf, sizeof(buf), 0), 3);
	ck_assert_mem_eq(buf, "abc", 3);
	Shutdown(client, SHUT_WR);
	ck_assert_int_eq(Recv(server, buf, sizeof(buf), 0), 0);
	ck_assert_int_eq(caught.reports, 0);
}
END_TEST

START_TEST(each_wrapper_fails_by_the_policy)
{
	char buf[10] = "";
	socklen_t len = sizeof(buf);
	int value = 0;

	ck_assert_fatal(Socket(-1, SOCK_STREAM, 0), EAFNOSUPPORT,
	    "socket error");
	ck_assert_fatal(Accept(-1, NULL, NULL), EBADF, "accept error");
	ck_assert_fatal(Listen(-1, 1), EBADF, "listen error");
	ck_assert_fatal(Getsockname(-1, generic(buf), &len), EBADF,
	    "getsockname error");
	ck_assert_fatal(Getpeername(-1, generic(buf), &len), EBADF,
	    "getpeername error");
	ck_assert_fatal(Getsockopt(-1, SOL_SOCKET, SO_ERROR, &value, &len),
	    EBADF, "getsockopt error");
	ck_assert_fatal(Setsockopt(-1, SOL_SOCKET, SO_REUSEADDR, &value,
	    sizeof(value)), EBADF, "setsockopt error");
	ck_assert_fatal(Recv(-1, buf, sizeof(buf), 0), EBADF, "recv error");
	ck_assert_fatal(Send(-1, buf, sizeof(buf), 0), EBADF, "send error");
	ck_assert_fatal(Shutdown(-1, SHUT_WR), EBADF, "shutdown error");
}
END_TEST

START_TEST(bind_says_the_address)
{
	struct sockaddr_in addr;
	struct sockaddr odd = { .sa_family = AF_UNSPEC };

	bound_socket(&addr);
	ck_assert_fatal(Bind(Socket(AF_INET, SOCK_STREAM, 0), generic(&addr),
	    sizeof(addr)), EADDRINUSE, "bind error on 127.0.0.1:%d",
	    ntohs(addr.sin_port));
	ck_assert_fatal(Bind(-1, &odd, sizeof(odd)), EBADF, "bind error on ?");
}
END_TEST

START_TEST(connect_says_the_address)
{
	struct sockaddr_in addr;

	bound_socket(&addr);
	ck_assert_fatal(Connect(Socket(AF_INET, SOCK_STREAM, 0),
	    generic(&addr), sizeof(addr)), ECONNREFUSED,
	    "connect error to 127.0.0.1:%d", ntohs(addr.sin_port));
}
END_TEST

START_TEST(socket_is_inherited_unless_said)
{
	ck_assert_int_eq(fcntl(Socket(AF_INET, SOCK_STREAM, 0), F_GETFD), 0);
#ifdef SOCK_CLOEXEC
	ck_assert_int_eq(fcntl(Socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0),
	    F_GETFD), FD_CLOEXEC);
#endif
}
END_TEST

START_TEST(accept_goes_on_without_a_lost_connection)
{
	static const int errors[] = { EINTR, ECONNABORTED, EPROTO };
	struct sockaddr_in addr, peer;
	socklen_t len = sizeof(peer);
	int listenfd = bound_socket(&addr);
	int client = Socket(AF_INET, SOCK_STREAM, 0);

	Listen(listenfd, 1);
	Connect(client, generic(&addr), sizeof(addr));
	accept_failures = 3;
	accept_error = errors[_i];
	Accept(listenfd, generic(&peer), &len);
	ck_assert_int_eq(accept_failures, 0);
	ck_assert_int_eq(len, sizeof(peer));
	ck_assert_int_eq(peer.sin_family, AF_INET);
	Connect(Socket(AF_INET, SOCK_STREAM, 0), generic(&addr), sizeof(addr));
	accept_failures = 3;
	Accept(listenfd, NULL, NULL);
}
END_TEST

START_TEST(accept_reports_all_else)
{
	accept_failures = 1;
	accept_error = EMFILE;
	ck_assert_fatal(Accept(-1, NULL, NULL), EMFILE, "accept error");
}
END_TEST

/*
 * Signals that come while a call waits.
 */

static void
connect_later(void *arg)
{
	struct sockaddr_in *addr = arg;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	pause_ms(100);
	if (connect(fd, generic(addr), sizeof(*addr)) == -1)
		exit(EXIT_FAILURE);
}

START_TEST(accept_is_not_interrupted)
{
	struct sockaddr_in addr;
	int listenfd = bound_socket(&addr);

	Listen(listenfd, 1);
	spawn(connect_later, &addr);
	interrupt_every(5);
	Accept(listenfd, NULL, NULL);
	interrupt_every(0);
	ck_assert_int_gt(interrupts, 0);
}
END_TEST

static void
expect_connected(int fd)
{
	struct sockaddr_storage peer;
	socklen_t len = sizeof(peer);
	char byte;

	interrupt_every(0);
	ck_assert_int_gt(interrupts, 0);
	ck_assert_int_eq(getpeername(fd, generic(&peer), &len), 0);
	ck_assert_int_eq(readn(fd, &byte, 1), 1);
}

START_TEST(connect_is_not_interrupted)
{
	static const int families[] = { AF_INET, AF_UNIX };
	struct full full;
	int fd = Socket(families[_i], SOCK_STREAM, 0);

	full_listener(&full, families[_i]);
	full_release(&full, 100);
	interrupt_every(5);
	Connect(fd, generic(&full.addr), full.len);
	expect_connected(fd);
}
END_TEST

START_TEST(tcp_connect_is_not_interrupted)
{
	struct full full;
	char port[8];
	int fd;

	full_listener(&full, AF_INET);
	snprintf(port, sizeof(port), "%d",
	    ntohs(((struct sockaddr_in *)&full.addr)->sin_port));
	full_release(&full, 100);
	interrupt_every(5);
	fd = tcp_connect("127.0.0.1", port);
	ck_assert_int_ne(fd, -1);
	expect_connected(fd);
}
END_TEST

START_TEST(recv_and_send_are_not_interrupted)
{
	static char buf[BIG];
	struct feed there = { .total = 10, .piece = 10, .pause_ms = 100 };
	struct feed back = { .total = BIG, .piece = 5000, .pause_ms = 100 };
	pid_t reader;
	int fds[2];

	tcp_pair(fds);
	there.fds = fds;
	spawn(feed, &there);
	interrupt_every(5);
	ck_assert_int_eq(Recv(fds[0], buf, sizeof(buf), 0), 10);

	tcp_pair(fds);
	back.fds = fds;
	reader = spawn(drain, &back);
	close(fds[0]);
	pattern_fill(buf, BIG, 0);
	Send(fds[1], buf, BIG, 0);
	interrupt_every(0);
	close(fds[1]);
	ck_assert_int_eq(join(reader), 0);
	ck_assert_int_gt(interrupts, 0);
}
END_TEST

START_TEST(send_to_a_closed_peer_raises_no_signal)
{
	int fds[2];

	signal(SIGPIPE, SIG_DFL);
	socket_pair(fds);
	close(fds[0]);
	ck_assert_fatal(Send(fds[1], "abc", 3, 0), EPIPE, "send error");
}
END_TEST

/*
 * Poll and Select.
 */

START_TEST(poll_waits_its_time_though_interrupted)
{
	struct pollfd ready = { .events = POLLIN };
	int fds[2];
	int64_t start;

	socket_pair(fds);
	ready.fd = fds[0];
	interrupt_every(5);
	start = now_ms();
	ck_assert_int_eq(Poll(&ready, 1, 150), 0);
	ck_assert_int_ge(now_ms() - start, 150 - EARLY_MS);
	interrupt_every(0);
	ck_assert_int_gt(interrupts, 0);
}
END_TEST

START_TEST(poll_for_ever_though_interrupted)
{
	struct feed later = { .total = 1, .piece = 1, .pause_ms = 100 };
	struct pollfd ready = { .events = POLLIN };
	int fds[2];

	socket_pair(fds);
	later.fds = fds;
	spawn(feed, &later);
	ready.fd = fds[0];
	interrupt_every(5);
	ck_assert_int_eq(Poll(&ready, 1, -1), 1);
	ck_assert(ready.revents & POLLIN);
	interrupt_every(0);
	ck_assert_int_gt(interrupts, 0);
	ck_assert_int_eq(Poll(&ready, 1, 0), 1);
	ck_assert_int_eq(Poll(NULL, 0, 0), 0);
}
END_TEST

START_TEST(poll_fails_by_the_policy)
{
	struct pollfd many[16] = { { .fd = -1 } };
	struct rlimit few;

	getrlimit(RLIMIT_NOFILE, &few);
	few.rlim_cur = 8;
	setrlimit(RLIMIT_NOFILE, &few);
	if (poll(many, 16, 0) != -1) {
		not_tested("no limit of poll(2): valgrind, say");
		return;
	}
	ck_assert_fatal(Poll(many, 16, 0), EINVAL, "poll error");
}
END_TEST

START_TEST(select_waits_its_time_though_interrupted)
{
	struct timeval timeout = { 0, 150 * 1000 };
	int64_t start;

	interrupt_every(5);
	start = now_ms();
	ck_assert_int_eq(Select(0, NULL, NULL, NULL, &timeout), 0);
	ck_assert_int_ge(now_ms() - start, 150 - EARLY_MS);
	interrupt_every(0);
	ck_assert_int_gt(interrupts, 0);
	ck_assert_int_eq(timeout.tv_sec, 0);
	ck_assert_int_eq(timeout.tv_usec, 150 * 1000);
}
END_TEST

/* What select(2) takes for ever is taken so after an interruption too. */
START_TEST(select_waits_long_though_interrupted)
{
	static const time_t longest[] = { 1000000, LONG_MAX / 100, LONG_MAX };
	struct feed later = { .total = 1, .piece = 1, .pause_ms = 100 };
	struct timeval timeout = { longest[_i % 3], 0 };
	fd_set readable, writable;
	int fds[2];

	socket_pair(fds);
	later.fds = fds;
	spawn(feed, &later);
	FD_ZERO(&readable);
	FD_ZERO(&writable);
	FD_SET(fds[0], &readable);
	interrupt_every(5);
	ck_assert_int_eq(Select(fds[0] + 1, &readable, &writable, NULL,
	    _i < 3 ? &timeout : NULL), 1);
	interrupt_every(0);
	ck_assert_int_gt(interrupts, 0);
	ck_assert(FD_ISSET(fds[0], &readable));
}
END_TEST

START_TEST(select_fails_by_the_policy)
{
	struct timeval timeout = { -1, 0 };
	fd_set readable;
	int fd = dup(STDOUT_FILENO);	/* Linux ignores what is too high */

	ck_assert_fatal(Select(0, NULL, NULL, NULL, &timeout), EINVAL,
	    "select error");
	FD_ZERO(&readable);
	FD_SET(fd, &readable);
	close(fd);
	ck_assert_fatal(Select(fd + 1, &readable, NULL, NULL, NULL), EBADF,
	    "select error");
}
END_TEST

/*
 * Listen.
 */

/* How many clients a listening UNIX socket takes before it is full. */
static int
queue_length(void (*start)(int fd, int backlog), int backlog)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	socklen_t len = sizeof(addr);
	int listenfd = Socket(AF_UNIX, SOCK_STREAM, 0), fd, n = 0;

	Bind(listenfd, generic(&addr), offsetof(struct sockaddr_un, sun_path));
	Getsockname(listenfd, generic(&addr), &len);
	start(listenfd, backlog);
	for (;;) {
		fd = Socket(AF_UNIX, SOCK_STREAM, 0);
		nonblocking(fd);
		if (connect(fd, generic(&addr), len) == -1)
			break;
		n++;
	}
	ck_assert_int_eq(errno, EAGAIN);
	return n;
}

static void
listen_plainly(int fd, int backlog)
{
	ck_assert_int_eq(listen(fd, backlog), 0);
}

START_TEST(listen_takes_its_backlog_from_the_environment)
{
	unsetenv("LISTENQ");
	ck_assert_int_eq(queue_length(Listen, 2),
	    queue_length(listen_plainly, 2));
	setenv("LISTENQ", "", 1);
	ck_assert_int_eq(queue_length(Listen, 2),
	    queue_length(listen_plainly, 2));
	setenv("LISTENQ", "7", 1);
	ck_assert_int_eq(queue_length(Listen, 2),
	    queue_length(listen_plainly, 7));
	setenv("LISTENQ", "0", 1);
	ck_assert_int_eq(queue_length(Listen, 2),
	    queue_length(listen_plainly, 0));
}
END_TEST

START_TEST(listen_refuses_what_is_no_backlog)
{
	static const char *const values[] = { "many", "7x", "-1", "7 ",
		"99999999999", "999999999999999999999999" };
	struct sockaddr_in addr;
	int fd = bound_socket(&addr);

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		setenv("LISTENQ", values[i], 1);
		ck_assert_fatal(Listen(fd, 1), 0,
		    "listen error: LISTENQ=\"%s\" is no backlog", values[i]);
	}
}
END_TEST

/*
 * Addresses as text.
 */

START_TEST(inet_pton_and_back)
{
	unsigned char addr[16];
	char str[INET6_ADDRSTRLEN];

	Inet_pton(AF_INET, "192.0.2.1", addr);
	ck_assert_mem_eq(addr, "\300\0\2\1", 4);
	ck_assert_ptr_eq((void *)Inet_ntop(AF_INET, addr, str, sizeof(str)),
	    (void *)str);
	ck_assert_str_eq(str, "192.0.2.1");
	Inet_pton(AF_INET6, "2001:db8::1", addr);
	Inet_ntop(AF_INET6, addr, str, SIZE_MAX);
	ck_assert_str_eq(str, "2001:db8::1");
}
END_TEST

START_TEST(inet_pton_fails_by_the_policy)
{
	unsigned char addr[16];

	ck_assert_fatal(Inet_pton(AF_INET, "192.0.2", addr), 0,
	    "inet_pton error: \"192.0.2\" is not an address");
	ck_assert_fatal(Inet_pton(AF_INET6, "192.0.2.1", addr), 0,
	    "inet_pton error: \"192.0.2.1\" is not an address");
	ck_assert_fatal(Inet_pton(AF_UNIX, "/tmp", addr), EAFNOSUPPORT,
	    "inet_pton error for \"/tmp\"");
}
END_TEST

START_TEST(inet_ntop_fails_by_the_policy)
{
	unsigned char addr[16] = { 0 };
	char str[3];

	ck_assert_fatal(Inet_ntop(AF_INET, addr, str, sizeof(str)), ENOSPC,
	    "inet_ntop error");
	ck_assert_fatal(Inet_ntop(AF_UNIX, addr, str, sizeof(str)),
	    EAFNOSUPPORT, "inet_ntop error");
	ck_assert_fatal(Inet_ntop(AF_INET, addr, NULL, 100), 0,
	    "inet_ntop error: no buffer");
}
END_TEST

START_TEST(sock_ntop_of_ipv4)
{
	struct sockaddr_in sin = inet_address("192.0.2.1", 65535);

	ck_assert_str_eq(sock_ntop(generic(&sin), sizeof(sin)),
	    "192.0.2.1:65535");
	ck_assert_str_eq(sock_ntop_host(generic(&sin), sizeof(sin)),
	    "192.0.2.1");
	ck_assert_str_eq(Sock_ntop_host(generic(&sin), sizeof(sin)),
	    "192.0.2.1");
	sin.sin_port = 0;
	ck_assert_str_eq(Sock_ntop(generic(&sin), sizeof(sin)), "192.0.2.1");
}
END_TEST

START_TEST(sock_ntop_of_ipv6)
{
	struct sockaddr_in6 sin6 = { .sin6_family = AF_INET6,
	    .sin6_port = htons(80) };
	char name[IF_NAMESIZE], want[128];

	Inet_pton(AF_INET6, "2001:db8::1", &sin6.sin6_addr);
	ck_assert_str_eq(sock_ntop(generic(&sin6), sizeof(sin6)),
	    "[2001:db8::1]:80");
	ck_assert_str_eq(sock_ntop_host(generic(&sin6), sizeof(sin6)),
	    "2001:db8::1");

	/* The first interface there is, and one that there is not. */
	sin6.sin6_scope_id = 1;
	ck_assert(if_indextoname(1, name) != NULL);
	snprintf(want, sizeof(want), "[2001:db8::1%%%s]:80", name);
	ck_assert_str_eq(sock_ntop(generic(&sin6), sizeof(sin6)), want);
	snprintf(want, sizeof(want), "2001:db8::1%%%s", name);
	ck_assert_str_eq(sock_ntop_host(generic(&sin6), sizeof(sin6)), want);
	sin6.sin6_port = 0;
	ck_assert_str_eq(sock_ntop(generic(&sin6), sizeof(sin6)), want);
	sin6.sin6_scope_id = 4294967295u;
	ck_assert_str_eq(sock_ntop(generic(&sin6), sizeof(sin6)),
	    "2001:db8::1%4294967295");
}
END_TEST

START_TEST(sock_ntop_of_a_path)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX,
	    .sun_path = "/tmp/socket" };
	const socklen_t path = offsetof(struct sockaddr_un, sun_path);
	char want[sizeof(sun.sun_path) + 1];

	ck_assert_str_eq(sock_ntop(generic(&sun), sizeof(sun)), "/tmp/socket");
	ck_assert_str_eq(sock_ntop_host(generic(&sun), path + 4), "/tmp");
	ck_assert_str_eq(sock_ntop(generic(&sun), path),
	    "(no pathname bound)");

	/* As long as it can be, and without a null byte. */
	memset(sun.sun_path, 'x', sizeof(sun.sun_path));
	memset(want, 'x', sizeof(sun.sun_path));
	want[sizeof(sun.sun_path)] = '\0';
	ck_assert_str_eq(sock_ntop(generic(&sun), sizeof(sun)), want);

	memcpy(sun.sun_path, "\0abstract", 9);
	ck_assert_str_eq(sock_ntop(generic(&sun), path + 9), "@abstract");
	ck_assert_str_eq(sock_ntop(generic(&sun), path + 1),
	    "(no pathname bound)");
	memset(sun.sun_path, 0, sizeof(sun.sun_path));
	ck_assert_str_eq(sock_ntop(generic(&sun), sizeof(sun)),
	    "(no pathname bound)");
}
END_TEST

START_TEST(sock_ntop_of_an_address_at_an_odd_place)
{
	struct sockaddr_in sin = inet_address("192.0.2.1", 80);
	char memory[sizeof(sin) + 1];

	memcpy(memory + 1, &sin, sizeof(sin));
	ck_assert_str_eq(sock_ntop(generic(memory + 1), sizeof(sin)),
	    "192.0.2.1:80");
}
END_TEST

START_TEST(sock_ntop_of_an_unknown_family)
{
	struct sockaddr addr = { .sa_family = AF_UNSPEC };
	char expected[64], text[64];

	snprintf(expected, sizeof(expected),
	    "sock_ntop: unknown AF_xxx: %d, len %zu", AF_UNSPEC, sizeof(addr));
	errno = ENOTTY;
	ck_assert_str_eq(sock_ntop(&addr, sizeof(addr)), expected);
	ck_assert_str_eq(Sock_ntop_host(&addr, sizeof(addr)), expected);
	ck_assert_str_eq(sock_ntop_r(&addr, sizeof(addr), text,
	    sizeof(text)), expected);
	ck_assert_int_eq(errno, ENOTTY);
}
END_TEST

START_TEST(sock_ntop_fails)
{
	static const struct {
		int	 family;
		socklen_t len;
		int	 error;
	} cases[] = {
		{ AF_INET,	sizeof(struct sockaddr_in) - 1,	EINVAL },
		{ AF_INET6,	sizeof(struct sockaddr) - 1,	EINVAL },
		{ AF_INET,	0,				EINVAL },
		{ AF_UNIX,	1,				EINVAL },
	};
	struct sockaddr_storage addr;

	memset(&addr, 0, sizeof(addr));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		addr.ss_family = (sa_family_t)cases[i].family;
		errno = 0;
		ck_assert(sock_ntop(generic(&addr), cases[i].len) == NULL);
		ck_assert_int_eq(errno, cases[i].error);
		errno = 0;
		ck_assert(sock_ntop_host(generic(&addr), cases[i].len) ==
		    NULL);
		ck_assert_int_eq(errno, cases[i].error);
	}
	ck_assert_fatal(Sock_ntop(generic(&addr), 0), EINVAL,
	    "sock_ntop error");
	ck_assert_fatal(Sock_ntop_host(generic(&addr), 0), EINVAL,
	    "sock_ntop_host error");
}
END_TEST

static void *
another_text(void *arg)
{
	struct sockaddr_in sin = inet_address("198.51.100.7", 7);

	(void)arg;
	return sock_ntop(generic(&sin), sizeof(sin));
}

START_TEST(sock_ntop_has_a_buffer_for_each_thread)
{
	struct sockaddr_in sin = inet_address("192.0.2.1", 80);
	const char *text = sock_ntop(generic(&sin), sizeof(sin));
	pthread_t thread;
	void *other;

	ck_assert_int_eq(pthread_create(&thread, NULL, another_text, NULL), 0);
	ck_assert_int_eq(pthread_join(thread, &other), 0);
	ck_assert(other != text);
	ck_assert_str_eq(text, "192.0.2.1:80");
	ck_assert(sock_ntop(generic(&sin), sizeof(sin)) == text);
}
END_TEST

/*
 * TCP by name.
 */

/* A listening socket's port as a service. */
static const char *
port_of(int fd)
{
	static char port[8];
	struct sockaddr_storage addr;
	socklen_t len = sizeof(addr);

	ck_assert_int_eq(getsockname(fd, generic(&addr), &len), 0);
	snprintf(port, sizeof(port), "%d",
	    ntohs(((struct sockaddr_in *)&addr)->sin_port));
	return port;
}

static int
option(int fd, int level, int name)
{
	socklen_t len = sizeof(int);
	int value;

	ck_assert_int_eq(getsockopt(fd, level, name, &value, &len), 0);
	return value;
}

START_TEST(tcp_by_name)
{
	struct sockaddr_storage addr;
	socklen_t size = 0, len = sizeof(addr);
	int listenfd = tcp_listen("localhost", "0", &size), fd;

	ck_assert_int_ne(listenfd, -1);
	ck_assert_int_eq(fcntl(listenfd, F_GETFD), FD_CLOEXEC);
	ck_assert_int_ne(option(listenfd, SOL_SOCKET, SO_REUSEADDR), 0);
	fd = tcp_connect("localhost", port_of(listenfd));
	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);
	ck_assert_int_eq(getpeername(fd, generic(&addr), &len), 0);
	ck_assert_int_eq(len, size);
}
END_TEST

START_TEST(Tcp_by_name)
{
	int listenfd = Tcp_listen("127.0.0.1", "0", NULL);
	int fd = Tcp_connect("127.0.0.1", port_of(listenfd));

	ck_assert_int_eq(option(fd, SOL_SOCKET, SO_ERROR), 0);
}
END_TEST

START_TEST(tcp_listen_without_a_host_is_for_all)
{
	socklen_t size;
	int listenfd = tcp_listen(NULL, "0", &size);

	ck_assert_int_ne(listenfd, -1);
	ck_assert_int_ne(tcp_connect("127.0.0.1", port_of(listenfd)), -1);
	if (socket(AF_INET6, SOCK_STREAM, 0) == -1)
		return;
	ck_assert_int_eq(size, sizeof(struct sockaddr_in6));
	ck_assert_int_eq(option(listenfd, IPPROTO_IPV6, IPV6_V6ONLY), 0);
	if (tcp_connect("::1", port_of(listenfd)) == -1)
		ck_assert_int_eq(errno, EADDRNOTAVAIL);
}
END_TEST

START_TEST(tcp_reports_the_kernel_s_errors)
{
	struct sockaddr_in addr;
	int fd = bound_socket(&addr);
	const char *port = port_of(fd);
	int before = open_descriptors();

	ck_assert_int_eq(tcp_connect("127.0.0.1", port), -1);
	ck_assert_int_eq(errno, ECONNREFUSED);
	ck_assert_int_eq(tcp_listen("127.0.0.1", port, NULL), -1);
	ck_assert_int_eq(errno, EADDRINUSE);
	ck_assert_int_eq(tcp_listen(NULL, port, NULL), -1);
	ck_assert_int_eq(errno, EADDRINUSE);
	ck_assert_int_eq(open_descriptors(), before);
	ck_assert_fatal(Tcp_connect("127.0.0.1", port), ECONNREFUSED,
	    "tcp_connect error for 127.0.0.1, %s", port);
	ck_assert_fatal(Tcp_listen("127.0.0.1", port, NULL), EADDRINUSE,
	    "tcp_listen error for 127.0.0.1, %s", port);
	ck_assert_fatal(Tcp_listen(NULL, port, NULL), EADDRINUSE,
	    "tcp_listen error for any address, %s", port);
}
END_TEST

/* What the system says of names that do not exist is its own affair. */
static const char *
resolver_says(const char *host, const char *service, int flags)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
	    .ai_flags = flags }, *all;

	return gai_strerror(getaddrinfo(host, service, &hints, &all));
}

START_TEST(tcp_reports_the_resolver_s_errors)
{
	const char *why;

	ck_assert_int_eq(tcp_connect("127.0.0.1", "no-such-service"), -1);
	ck_assert_int_eq(errno, ENOENT);
	ck_assert_int_eq(tcp_connect(NULL, NULL), -1);
	ck_assert_int_eq(errno, ENOENT);
	ck_assert_int_eq(tcp_listen(NULL, NULL, NULL), -1);
	ck_assert_int_eq(errno, ENOENT);
	why = resolver_says("127.0.0.1", "no-such-service", 0);
	ck_assert_fatal(Tcp_connect("127.0.0.1", "no-such-service"), 0,
	    "tcp_connect error for 127.0.0.1, no-such-service: %s", why);
	why = resolver_says(NULL, NULL, 0);
	ck_assert_fatal(Tcp_connect(NULL, NULL), 0,
	    "tcp_connect error for this host: %s", why);
	why = resolver_says(NULL, NULL, AI_PASSIVE);
	ck_assert_fatal(Tcp_listen(NULL, NULL, NULL), 0,
	    "tcp_listen error for any address: %s", why);
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *tc = add_case(suite, "calls");

	tcase_add_test(tc, connection_from_end_to_end);
	tcase_add_test(tc, each_wrapper_fails_by_the_policy);
	tcase_add_test(tc, bind_says_the_address);
	tcase_add_test(tc, connect_says_the_address);
	tcase_add_test(tc, socket_is_inherited_unless_said);
	tcase_add_loop_test(tc, accept_goes_on_without_a_lost_connection, 0,
	    3);
	tcase_add_test(tc, accept_reports_all_else);
	tcase_add_test(tc, send_to_a_closed_peer_raises_no_signal);

	tc = add_case(suite, "interrupted");
	tcase_add_test(tc, accept_is_not_interrupted);
	tcase_add_loop_test(tc, connect_is_not_interrupted, 0, 2);
	tcase_add_test(tc, tcp_connect_is_not_interrupted);
	tcase_add_test(tc, recv_and_send_are_not_interrupted);

	tc = add_case(suite, "poll");
	tcase_add_test(tc, poll_waits_its_time_though_interrupted);
	tcase_add_test(tc, poll_for_ever_though_interrupted);
	tcase_add_test(tc, poll_fails_by_the_policy);
	tcase_add_test(tc, select_waits_its_time_though_interrupted);
	tcase_add_loop_test(tc, select_waits_long_though_interrupted, 0, 4);
	tcase_add_test(tc, select_fails_by_the_policy);

	tc = add_case(suite, "listen");
	tcase_add_test(tc, listen_takes_its_backlog_from_the_environment);
	tcase_add_test(tc, listen_refuses_what_is_no_backlog);

	tc = add_case(suite, "text");
	tcase_add_test(tc, inet_pton_and_back);
	tcase_add_test(tc, inet_pton_fails_by_the_policy);
	tcase_add_test(tc, inet_ntop_fails_by_the_policy);
	tcase_add_test(tc, sock_ntop_of_ipv4);
	tcase_add_test(tc, sock_ntop_of_ipv6);
	tcase_add_test(tc, sock_ntop_of_a_path);
	tcase_add_test(tc, sock_ntop_of_an_address_at_an_odd_place);
	tcase_add_test(tc, sock_ntop_of_an_unknown_family);
	tcase_add_test(tc, sock_ntop_fails);
	tcase_add_test(tc, sock_ntop_has_a_buffer_for_each_thread);

	tc = add_case(suite, "name");
	tcase_add_test(tc, tcp_by_name);
	tcase_add_test(tc, Tcp_by_name);
	tcase_add_test(tc, tcp_listen_without_a_host_is_for_all);
	tcase_add_test(tc, tcp_reports_the_kernel_s_errors);
	tcase_add_test(tc, tcp_reports_the_resolver_s_errors);
}

int
main(void)
{
	return run_suite("sockets", fill);
}
