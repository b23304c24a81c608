/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "support.h"

#include <fcntl.h>
#include <netdb.h>

/* Of an IPv4 socket. */
static const char *
port_of(int fd)
{
	static char port[8];
	struct sockaddr_in sin;
	socklen_t len = sizeof(sin);

	ck_assert_int_eq(getsockname(fd, generic(&sin), &len), 0);
	snprintf(port, sizeof(port), "%d", ntohs(sin.sin_port));
	return port;
}

/* What the system says of names that do not exist is its own affair. */
static const char *
resolver_says(const char *host, const char *service, int flags, int type)
{
	struct addrinfo hints = { .ai_socktype = type, .ai_flags = flags },
	    *all;

	return gai_strerror(getaddrinfo(host, service, &hints, &all));
}

/*
 * host_serv.
 */

START_TEST(host_and_service)
{
	struct addrinfo *all = host_serv("127.0.0.1", "80", AF_INET,
	    SOCK_STREAM);
	struct sockaddr_in want = inet_address("127.0.0.1", 80);

	ck_assert(all != NULL);
	ck_assert_int_eq(all->ai_family, AF_INET);
	ck_assert_int_eq(all->ai_socktype, SOCK_STREAM);
	ck_assert_int_eq(all->ai_addrlen, sizeof(want));
	ck_assert_mem_eq(all->ai_addr, &want, sizeof(want));
	ck_assert_str_eq(all->ai_canonname, "127.0.0.1");
	ck_assert(all->ai_next == NULL);
	freeaddrinfo(all);

	/* Any family and type, no service. */
	all = Host_serv("localhost", NULL, AF_UNSPEC, 0);
	ck_assert(all != NULL);
	ck_assert(all->ai_canonname != NULL);
	freeaddrinfo(all);
}
END_TEST

START_TEST(host_serv_fails)
{
	errno = 0;
	ck_assert(host_serv("127.0.0.1", "no-such-service", AF_INET,
	    SOCK_STREAM) == NULL);
	ck_assert_int_eq(errno, ENOENT);
	errno = 0;
	ck_assert(host_serv("127.0.0.1", "80", 12345, SOCK_STREAM) == NULL);
	ck_assert_int_eq(errno, EAFNOSUPPORT);
	ck_assert_fatal(Host_serv("127.0.0.1", "no-such-service", AF_UNSPEC,
	    SOCK_STREAM), 0,
	    "host_serv error for 127.0.0.1, no-such-service: %s",
	    resolver_says("127.0.0.1", "no-such-service", AI_CANONNAME,
	    SOCK_STREAM));
}
END_TEST

/* What strtoul(3), and so getaddrinfo(3), takes for a number, and is none. */
static const char *const not_ports[] = {
	"", "65536", "70000", "4294967376", "18446744073709551696",
	"99999999999999999999999", " 80", "\t80", "+80", "-1",
};

START_TEST(what_is_no_port_is_not_known)
{
	const char *no = not_ports[_i];
	struct sockaddr *to;
	socklen_t len;

	errno = 0;
	ck_assert(host_serv("127.0.0.1", no, AF_INET, SOCK_STREAM) == NULL);
	ck_assert_int_eq(errno, ENOENT);
	ck_assert_error(tcp_connect("127.0.0.1", no), ENOENT);
	ck_assert_error(tcp_listen(NULL, no, NULL), ENOENT);
	ck_assert_error(tcp_listen("127.0.0.1", no, NULL), ENOENT);
	ck_assert_error(udp_connect("127.0.0.1", no), ENOENT);
	ck_assert_error(udp_server(NULL, no, NULL), ENOENT);
	ck_assert_error(udp_client("127.0.0.1", no, &to, &len), ENOENT);
	ck_assert_fatal(Tcp_listen(NULL, no, NULL), 0,
	    "tcp_listen error for any address, %s: %s", no,
	    gai_strerror(EAI_SERVICE));
}
END_TEST

START_TEST(the_outermost_ports_are_known)
{
	static const struct {
		const char *service;
		unsigned port;
	} known[] = { { "0", 0 }, { "00080", 80 }, { "65535", 65535 } };
	struct addrinfo *all = host_serv("127.0.0.1", known[_i].service,
	    AF_INET, SOCK_STREAM);

	ck_assert(all != NULL);
	ck_assert_int_eq(sock_get_port(all->ai_addr, all->ai_addrlen),
	    htons((uint16_t)known[_i].port));
	freeaddrinfo(all);
}
END_TEST

/*
 * UDP.
 */

/* From the client a datagram, and an answer. */
static void
expect_exchange(int client, int server, const struct sockaddr *to,
    socklen_t len)
{
	struct sockaddr_storage from;
	socklen_t from_len = sizeof(from);
	char buf[10];

	socket_timeout(client, SO_RCVTIMEO, 10000);
	socket_timeout(server, SO_RCVTIMEO, 10000);
	Sendto(client, "abc", 3, 0, to, len);
	ck_assert_int_eq(Recvfrom(server, buf, sizeof(buf), 0, generic(&from),
	    &from_len), 3);
	Sendto(server, "defg", 4, 0, generic(&from), from_len);
	ck_assert_int_eq(Recv(client, buf, sizeof(buf), 0), 4);
}

START_TEST(udp_by_name)
{
	struct sockaddr *to = NULL;
	struct sockaddr_storage peer;
	socklen_t size = 0, len = 0, peer_len = sizeof(peer);
	int server = udp_server("127.0.0.1", "0", &size), client;
	const char *port;

	ck_assert_int_ne(server, -1);
	ck_assert_int_eq(fcntl(server, F_GETFD), FD_CLOEXEC);
	ck_assert_int_eq(size, sizeof(struct sockaddr_in));
	port = port_of(server);
	client = udp_client("127.0.0.1", port, &to, &len);
	ck_assert_int_ne(client, -1);
	ck_assert_int_eq(fcntl(client, F_GETFD), FD_CLOEXEC);
	ck_assert_int_eq(len, size);
	ck_assert_str_eq(sock_ntop_host(to, len), "127.0.0.1");
	ck_assert_error(getpeername(client, generic(&peer), &peer_len),
	    ENOTCONN);
	expect_exchange(client, server, to, len);
	free(to);

	client = udp_connect("127.0.0.1", port);
	ck_assert_int_ne(client, -1);
	ck_assert_int_eq(fcntl(client, F_GETFD), FD_CLOEXEC);
	ck_assert_int_eq(getpeername(client, generic(&peer), &peer_len), 0);
	ck_assert_int_eq(peer_len, len);
	expect_exchange(client, server, NULL, 0);
}
END_TEST

START_TEST(Udp_by_name)
{
	int server = Udp_server("127.0.0.1", "0", NULL), client;
	const char *port = port_of(server);
	struct sockaddr *to;
	socklen_t len;

	client = Udp_client("127.0.0.1", port, (void **)&to, &len);
	expect_exchange(client, server, to, len);
	free(to);
	expect_exchange(Udp_connect("127.0.0.1", port), server, NULL, 0);
}
END_TEST

START_TEST(udp_server_without_a_host_is_for_all)
{
	struct sockaddr_storage addr;
	socklen_t size = 0, len = sizeof(addr);
	int server = udp_server(NULL, "0", &size);
	char port[8];

	ck_assert_int_ne(server, -1);
	ck_assert_int_eq(getsockname(server, generic(&addr), &len), 0);
	ck_assert_int_eq(size, len);
	if (socket(AF_INET6, SOCK_DGRAM, 0) != -1)
		ck_assert_int_eq(addr.ss_family, AF_INET6);
	snprintf(port, sizeof(port), "%d", ntohs((uint16_t)sock_get_port(
	    generic(&addr), len)));
	expect_exchange(udp_connect("127.0.0.1", port), server, NULL, 0);
}
END_TEST

/* A second server must not be able to take the port away. */
START_TEST(udp_reports_the_kernel_s_errors)
{
	int server = udp_server("127.0.0.1", "0", NULL), before;
	const char *port = port_of(server);
	struct sockaddr *to = NULL;
	socklen_t len = 7;

	before = open_descriptors();
	ck_assert_error(udp_server("127.0.0.1", port, NULL), EADDRINUSE);
	ck_assert_error(udp_server(NULL, port, NULL), EADDRINUSE);
	ck_assert_error(udp_connect("127.255.255.255", port), EACCES);
	ck_assert_int_eq(open_descriptors(), before);
	ck_assert_fatal(Udp_server("127.0.0.1", port, NULL), EADDRINUSE,
	    "udp_server error for 127.0.0.1, %s", port);
	ck_assert_fatal(Udp_server(NULL, port, NULL), EADDRINUSE,
	    "udp_server error for any address, %s", port);
	ck_assert_fatal(Udp_connect("127.255.255.255", port), EACCES,
	    "udp_connect error for 127.255.255.255, %s", port);
	limit(RLIMIT_NOFILE, 3);
	ck_assert_error(udp_client("127.0.0.1", "9", &to, &len), EMFILE);
	ck_assert_error(udp_connect("127.0.0.1", "9"), EMFILE);
	ck_assert_error(udp_server("127.0.0.1", "0", NULL), EMFILE);
	ck_assert_fatal(Udp_client("127.0.0.1", "9", &to, &len), EMFILE,
	    "udp_client error for 127.0.0.1, 9");
	unlimit(RLIMIT_NOFILE);
	ck_assert(to == NULL);
	ck_assert_int_eq(len, 7);
}
END_TEST

START_TEST(udp_reports_the_resolver_s_errors)
{
	struct sockaddr *to = NULL;
	socklen_t len;
	const char *why;

	ck_assert_error(udp_client("127.0.0.1", "no-such-service", &to, &len),
	    ENOENT);
	ck_assert_error(udp_client(NULL, NULL, &to, &len), ENOENT);
	ck_assert_error(udp_connect("127.0.0.1", "no-such-service"), ENOENT);
	ck_assert_error(udp_server(NULL, "no-such-service", NULL), ENOENT);
	why = resolver_says("127.0.0.1", "no-such-service", 0, SOCK_DGRAM);
	ck_assert_fatal(Udp_client("127.0.0.1", "no-such-service", &to, &len),
	    0, "udp_client error for 127.0.0.1, no-such-service: %s", why);
	ck_assert_fatal(Udp_connect("127.0.0.1", "no-such-service"), 0,
	    "udp_connect error for 127.0.0.1, no-such-service: %s", why);
	why = resolver_says(NULL, NULL, AI_PASSIVE, SOCK_DGRAM);
	ck_assert_fatal(Udp_server(NULL, NULL, NULL), 0,
	    "udp_server error for any address: %s", why);
	why = resolver_says(NULL, NULL, 0, SOCK_DGRAM);
	ck_assert_fatal(Udp_client(NULL, NULL, &to, &len), 0,
	    "udp_client error for this host: %s", why);
	ck_assert(to == NULL);
}
END_TEST

/*
 * my_addrs.
 */

/* Whether this host's name has an address is its own affair. */
START_TEST(addresses_of_this_host)
{
	int family = -1;
	char **list = my_addrs(&family);

	if (list == NULL) {
		ck_assert_int_eq(family, -1);
		ck_assert_int_ne(errno, 0);
		not_tested("this host's name has no address");
		return;
	}
	ck_assert_int_eq(family, AF_INET);
	ck_assert(list[0] != NULL);
	for (int i = 0; list[i] != NULL; i++) {
		struct sockaddr_in sin = inet_address("0.0.0.0", 0);

		sock_set_addr(generic(&sin), sizeof(sin), list[i]);
		ck_assert_str_eq(sock_ntop_host(generic(&sin), sizeof(sin)),
		    inet_ntoa(sin.sin_addr));
	}
	free(list);
	free(My_addrs(&family));
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *tc = add_case(suite, "host");

	tcase_add_test(tc, host_and_service);
	tcase_add_test(tc, host_serv_fails);
	tcase_add_loop_test(tc, what_is_no_port_is_not_known, 0,
	    ROWS(not_ports));
	tcase_add_loop_test(tc, the_outermost_ports_are_known, 0, 3);
	tcase_add_test(tc, addresses_of_this_host);

	tc = add_case(suite, "udp");
	tcase_add_test(tc, udp_by_name);
	tcase_add_test(tc, Udp_by_name);
	tcase_add_test(tc, udp_server_without_a_host_is_for_all);
	tcase_add_test(tc, udp_reports_the_kernel_s_errors);
	tcase_add_test(tc, udp_reports_the_resolver_s_errors);
}

int
main(void)
{
	return run_suite("names", fill);
}
