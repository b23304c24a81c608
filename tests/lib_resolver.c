/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "support.h"

#include <sys/syscall.h>
#include <sys/utsname.h>

#include <netdb.h>

/*
 * The resolver as the library sees it: it answers what a test has said, with
 * these addresses one after the other.
 */
#define ADDRESSES_MAX	4
static int failure, failure_errno, naddresses, lists;
static struct sockaddr_in addresses[ADDRESSES_MAX];
static struct addrinfo infos[ADDRESSES_MAX], asked;

int
getaddrinfo(const char *restrict host, const char *restrict service,
    const struct addrinfo *restrict hints, struct addrinfo **restrict all)
{
	(void)host;
	(void)service;
	asked = *hints;
	if (failure != 0) {
		errno = failure_errno;
		return failure;
	}
	for (int i = 0; i < naddresses; i++) {
		memset(&infos[i], 0, sizeof(infos[i]));
		infos[i].ai_family = addresses[i].sin_family;
		infos[i].ai_socktype = hints->ai_socktype;
		infos[i].ai_addr = generic(&addresses[i]);
		infos[i].ai_addrlen = sizeof(addresses[i]);
		infos[i].ai_next = i + 1 < naddresses ? &infos[i + 1] : NULL;
	}
	lists++;
	*all = infos;
	return 0;
}

void
freeaddrinfo(struct addrinfo *all)
{
	lists -= all == infos;
	errno = EDOM;		/* it may change */
}

static int uname_error;

int
uname(struct utsname *name)
{
	strcpy(name->nodename, "host");
	errno = uname_error;
	return uname_error == 0 ? 0 : -1;
}

static int option_error;

int
setsockopt(int fd, int level, int name, const void *value, socklen_t len)
{
	if (option_error == 0 || name != SO_REUSEADDR)
		return (int)syscall(SYS_setsockopt, fd, level, name, value,
		    len);
	errno = option_error;
	return -1;
}

static void
answer(int n, const struct sockaddr_in *const addrs[])
{
	naddresses = n;
	for (int i = 0; i < n; i++)
		addresses[i] = *addrs[i];
}

/*
 * What the resolver's errors become.
 */

static const struct {
	int	 gai;
	int	 error;
} errors[] = {
	{ EAI_AGAIN,	EAGAIN },
	{ EAI_BADFLAGS,	EINVAL },
	{ EAI_FAIL,	EIO },
	{ EAI_FAMILY,	EAFNOSUPPORT },
	{ EAI_MEMORY,	ENOMEM },
	{ EAI_NONAME,	ENOENT },
	{ EAI_OVERFLOW,	EOVERFLOW },
	{ EAI_SERVICE,	ENOENT },
	{ EAI_SOCKTYPE,	EPROTOTYPE },
	{ EAI_SYSTEM,	ENFILE },
	{ -12345,	ENOENT },
};
#define ERRORS	11

START_TEST(errors_become_errno)
{
	struct sockaddr *to = NULL;
	socklen_t len;
	int family = -1;

	failure = errors[_i].gai;
	failure_errno = ENFILE;
	errno = 0;
	ck_assert(host_serv("host", "80", AF_UNSPEC, 0) == NULL);
	ck_assert_int_eq(errno, errors[_i].error);
	ck_assert_error(tcp_connect("host", "80"), errors[_i].error);
	ck_assert_error(tcp_listen("host", "80", NULL), errors[_i].error);
	ck_assert_error(udp_client("host", "80", &to, &len),
	    errors[_i].error);
	ck_assert_error(udp_connect("host", "80"), errors[_i].error);
	ck_assert_error(udp_server(NULL, "80", NULL), errors[_i].error);
	errno = 0;
	ck_assert(my_addrs(&family) == NULL);
	ck_assert_int_eq(errno, errors[_i].error);
	ck_assert_int_eq(family, -1);
}
END_TEST

/* The system's own errors are told as such. */
START_TEST(errors_are_told)
{
	int error = errors[_i].gai == EAI_SYSTEM ? ENFILE : 0, family;
	const char *colon = error == 0 ? ": " : "";
	const char *why = error == 0 ? gai_strerror(errors[_i].gai) : "";
	struct sockaddr *to;
	socklen_t len;

	failure = errors[_i].gai;
	failure_errno = ENFILE;
	ck_assert_fatal(Host_serv("host", "80", AF_UNSPEC, 0), error,
	    "host_serv error for host, 80%s%s", colon, why);
	ck_assert_fatal(Host_serv(NULL, NULL, AF_UNSPEC, 0), error,
	    "host_serv error for this host%s%s", colon, why);
	ck_assert_fatal(Udp_client("host", "80", &to, &len), error,
	    "udp_client error for host, 80%s%s", colon, why);
	ck_assert_fatal(Udp_connect("host", "80"), error,
	    "udp_connect error for host, 80%s%s", colon, why);
	ck_assert_fatal(Udp_server("host", "80", NULL), error,
	    "udp_server error for host, 80%s%s", colon, why);
	ck_assert_fatal(Tcp_connect("host", "80"), error,
	    "tcp_connect error for host, 80%s%s", colon, why);
	ck_assert_fatal(My_addrs(&family), error,
	    "my_addrs error for this host's name%s%s", colon, why);
}
END_TEST

START_TEST(what_is_wanted_is_asked_for)
{
	const struct sockaddr_in addr = inet_address("127.0.0.1", 0);
	const struct sockaddr_in *const one[] = { &addr };
	struct sockaddr *to;
	socklen_t len;
	int family;

	answer(1, one);
	ck_assert(host_serv("host", "80", AF_INET6, SOCK_STREAM) == infos);
	ck_assert_int_eq(asked.ai_flags, AI_CANONNAME);
	ck_assert_int_eq(asked.ai_family, AF_INET6);
	ck_assert_int_eq(asked.ai_socktype, SOCK_STREAM);
	ck_assert(Host_serv("host", "80", AF_INET, SOCK_DGRAM) == infos);
	ck_assert_int_eq(asked.ai_flags, AI_CANONNAME);
	ck_assert_int_eq(asked.ai_family, AF_INET);
	ck_assert_int_eq(asked.ai_socktype, SOCK_DGRAM);
	ck_assert(host_serv(NULL, "80", AF_INET, SOCK_DGRAM) == infos);
	ck_assert_int_eq(asked.ai_flags, 0);	/* nobody has a name */
	ck_assert_int_ne(udp_client("host", "80", &to, &len), -1);
	free(to);
	ck_assert_int_eq(asked.ai_flags, 0);
	ck_assert_int_eq(asked.ai_family, AF_UNSPEC);
	ck_assert_int_eq(asked.ai_socktype, SOCK_DGRAM);
	ck_assert_int_ne(udp_server("host", "80", NULL), -1);
	ck_assert_int_eq(asked.ai_flags, AI_PASSIVE);
	free(my_addrs(&family));
	ck_assert_int_eq(asked.ai_family, AF_INET);
	ck_assert_int_eq(lists, 3);	/* host_serv's, which are ours */
}
END_TEST

/*
 * Several addresses.
 */

START_TEST(first_address_that_can_be_is_taken)
{
	struct sockaddr_in odd = inet_address("127.0.0.1", 0);
	struct sockaddr_in refuses, listens;
	const struct sockaddr_in *const all[] = { &odd, &refuses, &listens };
	int listenfd = bound_socket(&listens), before, fd;
	struct sockaddr_storage peer;
	socklen_t len = sizeof(peer);

	odd.sin_family = 12345;
	bound_socket(&refuses);
	Listen(listenfd, 1);
	before = open_descriptors();
	answer(3, all);
	fd = tcp_connect("host", "80");
	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(open_descriptors(), before + 1);
	ck_assert_int_eq(getpeername(fd, generic(&peer), &len), 0);
	ck_assert_mem_eq(&peer, &listens, sizeof(listens));

	/* The last one's error, whatever freeaddrinfo(3) leaves. */
	answer(2, all);
	ck_assert_error(tcp_connect("host", "80"), ECONNREFUSED);
	ck_assert_error(tcp_listen("host", "80", NULL), EADDRINUSE);
	answer(1, all);
	ck_assert_error(tcp_connect("host", "80"), EAFNOSUPPORT);
	ck_assert_int_eq(open_descriptors(), before + 1);
	ck_assert_int_eq(lists, 0);
}
END_TEST

/* What a server of TCP needs and one of UDP must not have. */
START_TEST(address_is_reused_by_tcp_alone)
{
	const struct sockaddr_in here = inet_address("127.0.0.1", 0);
	const struct sockaddr_in *const all[] = { &here };
	int before = open_descriptors();

	answer(1, all);
	option_error = ENOBUFS;
	ck_assert_error(tcp_listen("host", "80", NULL), ENOBUFS);
	ck_assert_int_eq(open_descriptors(), before);
	ck_assert_int_ne(udp_server("host", "80", NULL), -1);
	option_error = 0;
}
END_TEST

START_TEST(udp_server_takes_the_first_address_that_can_be)
{
	const struct sockaddr_in elsewhere = inet_address("192.0.2.77", 0);
	const struct sockaddr_in here = inet_address("127.0.0.1", 0);
	const struct sockaddr_in *const all[] = { &elsewhere, &here };
	struct sockaddr_storage addr;
	socklen_t size = 0, len = sizeof(addr);
	int before = open_descriptors(), fd;

	answer(2, all);
	fd = udp_server("host", "80", &size);
	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(open_descriptors(), before + 1);
	ck_assert_int_eq(size, sizeof(here));
	ck_assert_int_eq(getsockname(fd, generic(&addr), &len), 0);
	ck_assert_str_eq(sock_ntop_host(generic(&addr), len), "127.0.0.1");
	answer(1, all);
	ck_assert_error(udp_server("host", "80", &size), EADDRNOTAVAIL);
	ck_assert_int_eq(open_descriptors(), before + 1);
}
END_TEST

START_TEST(udp_client_takes_the_first_family_that_there_is)
{
	struct sockaddr_in odd = inet_address("192.0.2.1", 1);
	const struct sockaddr_in there = inet_address("192.0.2.2", 80);
	const struct sockaddr_in *const all[] = { &odd, &there };
	struct sockaddr *to = NULL;
	socklen_t len = 0;

	odd.sin_family = 12345;
	answer(2, all);
	ck_assert_int_ne(udp_client("host", "80", &to, &len), -1);
	ck_assert_int_eq(len, sizeof(there));
	ck_assert_mem_eq(to, &there, sizeof(there));
	free(to);
}
END_TEST

/*
 * my_addrs.
 */

START_TEST(every_address_of_this_host)
{
	const struct sockaddr_in one = inet_address("192.0.2.1", 0);
	const struct sockaddr_in two = inet_address("192.0.2.2", 0);
	const struct sockaddr_in three = inet_address("192.0.2.3", 0);
	const struct sockaddr_in *const all[] = { &one, &two, &three };
	int family = -1;
	char **list;

	answer(3, all);
	list = _i == 0 ? my_addrs(&family) : My_addrs(&family);
	ck_assert(list != NULL);
	ck_assert_int_eq(family, AF_INET);
	for (int i = 0; i < 3; i++)
		ck_assert_mem_eq(list[i], &all[i]->sin_addr, 4);
	ck_assert(list[3] == NULL);
	free(list);
	ck_assert_int_eq(lists, 0);
}
END_TEST

START_TEST(my_addrs_fails_without_a_name)
{
	int family = -1;

	uname_error = EFAULT;
	errno = 0;
	ck_assert(my_addrs(&family) == NULL);
	ck_assert_int_eq(errno, EFAULT);
	ck_assert_fatal(My_addrs(&family), EFAULT,
	    "my_addrs error for this host's name");
	ck_assert_int_eq(family, -1);
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *tc = add_case(suite, "errors");

	tcase_add_loop_test(tc, errors_become_errno, 0, ERRORS);
	tcase_add_loop_test(tc, errors_are_told, 0, ERRORS);
	tcase_add_test(tc, what_is_wanted_is_asked_for);

	tc = add_case(suite, "addresses");
	tcase_add_test(tc, first_address_that_can_be_is_taken);
	tcase_add_test(tc, address_is_reused_by_tcp_alone);
	tcase_add_test(tc, udp_server_takes_the_first_address_that_can_be);
	tcase_add_test(tc, udp_client_takes_the_first_family_that_there_is);
	tcase_add_loop_test(tc, every_address_of_this_host, 0, 2);
	tcase_add_test(tc, my_addrs_fails_without_a_name);
}

int
main(void)
{
	return run_suite("resolver", fill);
}
