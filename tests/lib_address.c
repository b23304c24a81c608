/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "support.h"

#include <sys/syscall.h>
#include <sys/un.h>

#include <netinet/in.h>

#include <fcntl.h>
#include <pthread.h>

/* getsockname(2) as the library sees it: it fails where a test has said so. */
static int name_error;

int
getsockname(int fd, struct sockaddr *restrict addr, socklen_t *restrict len)
{
	if (name_error == 0)
		return (int)syscall(SYS_getsockname, fd, addr, len);
	errno = name_error;
	return -1;
}

#define PATH	offsetof(struct sockaddr_un, sun_path)
#define TYPE0	0

/* An address of UNIX sockets, whose name may have null bytes, and its
 * length. */
static socklen_t
unix_address(struct sockaddr_un *sun, const char *name, size_t n)
{
	memset(sun, 0, sizeof(*sun));
	sun->sun_family = AF_UNIX;
	memcpy(sun->sun_path, name, n);
	return (socklen_t)(PATH + n);
}

/*
 * Parts of addresses.
 */

START_TEST(addresses_are_compared)
{
	struct sockaddr_in a = inet_address("192.0.2.1", 80);
	struct sockaddr_in b = inet_address("192.0.2.1", 81);
	struct sockaddr_in c = inet_address("192.0.2.2", 80);
	struct sockaddr_in6 d = inet6_address("2001:db8::1", 80);
	struct sockaddr_in6 e = inet6_address("2001:db8::1", 81);
	struct sockaddr_in6 f = inet6_address("2001:db8::2", 80);

	ck_assert_int_eq(sock_cmp_addr(generic(&a), generic(&b), sizeof(a)),
	    0);
	ck_assert_int_ne(sock_cmp_addr(generic(&a), generic(&c), sizeof(a)),
	    0);
	ck_assert_int_ne(sock_cmp_port(generic(&a), generic(&b), sizeof(a)),
	    0);
	ck_assert_int_eq(sock_cmp_port(generic(&a), generic(&c), sizeof(a)),
	    0);
	ck_assert_int_eq(sock_cmp_addr(generic(&d), generic(&e), sizeof(d)),
	    0);
	ck_assert_int_ne(sock_cmp_addr(generic(&d), generic(&f), sizeof(d)),
	    0);
	ck_assert_int_ne(sock_cmp_port(generic(&d), generic(&e), sizeof(d)),
	    0);
	ck_assert_int_eq(sock_cmp_port(generic(&d), generic(&f), sizeof(d)),
	    0);
	ck_assert_int_ne(sock_cmp_addr(generic(&a), generic(&d), sizeof(a)),
	    0);
	ck_assert_int_ne(sock_cmp_port(generic(&a), generic(&d), sizeof(a)),
	    0);
}
END_TEST

START_TEST(paths_are_compared)
{
	struct sockaddr_un a, b, c;
	socklen_t len = unix_address(&a, "/tmp/a", 6);

	unix_address(&b, "/tmp/a", 6);
	unix_address(&c, "/tmp/b", 6);
	ck_assert_int_eq(sock_cmp_addr(generic(&a), generic(&b), len), 0);
	ck_assert_int_ne(sock_cmp_addr(generic(&a), generic(&c), len), 0);
	ck_assert_int_eq(sock_cmp_addr(generic(&a), generic(&c), len - 1), 0);

	/* What is behind the null byte of a path is none of it. */
	b.sun_path[7] = 'x';
	ck_assert_int_eq(sock_cmp_addr(generic(&a), generic(&b), sizeof(a)),
	    0);
}
END_TEST

/* A name of Linux' own begins with a null byte, and any may follow. */
START_TEST(abstract_names_are_compared)
{
	struct sockaddr_un a, b, c;
	socklen_t len = unix_address(&a, "\0one\0x", 6);

	unix_address(&b, "\0one\0x", 6);
	unix_address(&c, "\0two\0x", 6);
	ck_assert_int_eq(sock_cmp_addr(generic(&a), generic(&b), len), 0);
	ck_assert_int_ne(sock_cmp_addr(generic(&a), generic(&c), len), 0);
	unix_address(&c, "\0one\0y", 6);
	ck_assert_int_ne(sock_cmp_addr(generic(&a), generic(&c), len), 0);
	ck_assert_int_eq(sock_cmp_addr(generic(&a), generic(&c), PATH), 0);
}
END_TEST

/* Linux counts a null byte behind a path that fills its room: what stands there
 * is none of the name, nor need there be anything. */
START_TEST(full_path_ends_with_its_room)
{
	struct sockaddr_un *a = malloc(sizeof(*a));
	struct {
		struct sockaddr_un sun;
		char	 behind;
	} b;
	socklen_t len = sizeof(*a) + 1;

	memset(&b, 'x', sizeof(b));
	b.sun.sun_family = AF_UNIX;
	memcpy(a, &b.sun, sizeof(*a));
	ck_assert_uint_eq(strlen(sock_ntop(generic(&b), len)),
	    sizeof(a->sun_path));
	ck_assert_uint_eq(strlen(sock_ntop(generic(a), len)),
	    sizeof(a->sun_path));
	ck_assert_int_eq(sock_cmp_addr(generic(a), generic(&b), len), 0);

	/* Nothing but null bytes, and an abstract name. */
	memset(&b.sun.sun_path, 0, sizeof(b.sun.sun_path));
	ck_assert_str_eq(sock_ntop(generic(&b), len), "(no pathname bound)");
	memset(&a->sun_path, 0, sizeof(a->sun_path));
	ck_assert_int_eq(sock_cmp_addr(generic(a), generic(&b), len), 0);
	free(a);
}
END_TEST

START_TEST(parts_are_set)
{
	struct sockaddr_in sin = inet_address("192.0.2.1", 80);
	struct sockaddr_in sin2 = inet_address("192.0.2.2", 81);
	struct sockaddr_in6 sin6 = inet6_address("2001:db8::1", 80);
	struct sockaddr_in6 sin62 = inet6_address("2001:db8::2", 81);

	ck_assert_int_eq(sock_get_port(generic(&sin), sizeof(sin)),
	    htons(80));
	ck_assert_int_eq(sock_get_port(generic(&sin6), sizeof(sin6)),
	    htons(80));
	sock_set_port(generic(&sin), sizeof(sin), sin2.sin_port);
	sock_set_port(generic(&sin6), sizeof(sin6), sin62.sin6_port);
	ck_assert_int_eq(sock_get_port(generic(&sin), sizeof(sin)),
	    htons(81));
	ck_assert_int_eq(sock_get_port(generic(&sin6), sizeof(sin6)),
	    htons(81));
	sock_set_addr(generic(&sin), sizeof(sin), &sin2.sin_addr);
	sock_set_addr(generic(&sin6), sizeof(sin6), &sin62.sin6_addr);
	ck_assert_mem_eq(&sin, &sin2, sizeof(sin));
	ck_assert_mem_eq(&sin6, &sin62, sizeof(sin6));

	/* The wildcard address leaves the port as it is. */
	sin2.sin_addr.s_addr = htonl(INADDR_ANY);
	sin62.sin6_addr = in6addr_any;
	sock_set_wild(generic(&sin), sizeof(sin));
	sock_set_wild(generic(&sin6), sizeof(sin6));
	ck_assert_mem_eq(&sin, &sin2, sizeof(sin));
	ck_assert_mem_eq(&sin6, &sin62, sizeof(sin6));
}
END_TEST

START_TEST(parts_that_there_are_not_are_not_set)
{
	static const int families[] = { AF_UNIX, AF_UNSPEC, AF_INET,
	    AF_INET6 };
	static const socklen_t lens[] = { sizeof(struct sockaddr_un),
	    sizeof(struct sockaddr_storage), sizeof(struct sockaddr_in) - 1,
	    sizeof(struct sockaddr) - 1 };
	struct sockaddr_storage addr, before;
	unsigned char value[16];

	memset(value, 0x55, sizeof(value));
	memset(&addr, 0xaa, sizeof(addr));
	addr.ss_family = (sa_family_t)families[_i];
	before = addr;
	sock_set_port(generic(&addr), lens[_i], 0x5555);
	sock_set_addr(generic(&addr), lens[_i], value);
	sock_set_wild(generic(&addr), lens[_i]);
	ck_assert_mem_eq(&addr, &before, sizeof(addr));
}
END_TEST

START_TEST(address_may_be_at_an_odd_place)
{
	struct sockaddr_in sin = inet_address("192.0.2.1", 80);
	char memory[sizeof(sin) + 1];
	struct sockaddr *odd = generic(memory + 1);

	memcpy(odd, &sin, sizeof(sin));
	ck_assert_int_eq(sock_get_port(odd, sizeof(sin)), htons(80));
	ck_assert_int_eq(sock_cmp_addr(odd, generic(&sin), sizeof(sin)), 0);
	ck_assert_int_eq(sock_cmp_port(odd, generic(&sin), sizeof(sin)), 0);
	sock_set_port(odd, sizeof(sin), htons(81));
	ck_assert_int_eq(sock_get_port(odd, sizeof(sin)), htons(81));
	sock_set_wild(odd, sizeof(sin));
	sin.sin_port = htons(81);
	sin.sin_addr.s_addr = 0;
	ck_assert_mem_eq(odd, &sin, sizeof(sin));
}
END_TEST

START_TEST(parts_fail)
{
	static const struct {
		int	 family;
		socklen_t len;
		int	 error;
	} cases[] = {
		{ AF_INET,	sizeof(struct sockaddr_in) - 1,	EINVAL },
		{ AF_INET6,	sizeof(struct sockaddr) - 1,	EINVAL },
		{ AF_INET6,	sizeof(struct sockaddr) + 1,	EINVAL },
		{ AF_INET6,	sizeof(struct sockaddr_in6) - 1, EINVAL },
		{ AF_INET,	0,				EINVAL },
		{ AF_UNIX,	1,				EINVAL },
		{ AF_UNSPEC,	sizeof(struct sockaddr_storage), EAFNOSUPPORT },
	};
	struct sockaddr_storage a, b;
	struct sockaddr_un sun;

	memset(&a, 0, sizeof(a));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		a.ss_family = (sa_family_t)cases[i].family;
		b = a;
		ck_assert_error(sock_get_port(generic(&a), cases[i].len),
		    cases[i].error);
		ck_assert_error(sock_cmp_addr(generic(&a), generic(&b),
		    cases[i].len), cases[i].error);
		ck_assert_error(sock_cmp_port(generic(&a), generic(&b),
		    cases[i].len), cases[i].error);
	}
	unix_address(&sun, "/tmp/a", 6);
	ck_assert_error(sock_get_port(generic(&sun), sizeof(sun)),
	    EAFNOSUPPORT);
	ck_assert_error(sock_cmp_port(generic(&sun), generic(&sun),
	    sizeof(sun)), EAFNOSUPPORT);
}
END_TEST

/* Programs of the book give the size of the generic structure for IPv6, too. */
START_TEST(generic_length_will_do)
{
	struct sockaddr_in6 sin6 = inet6_address("2001:db8::1", 80);
	struct sockaddr_in6 same = sin6;
	socklen_t len = sizeof(struct sockaddr);
	struct sockaddr *sa = generic(&sin6);

	ck_assert_str_eq(sock_ntop(sa, len), "[2001:db8::1]:80");
	ck_assert_str_eq(sock_ntop_host(sa, len), "2001:db8::1");
	ck_assert_int_eq(sock_get_port(sa, len), htons(80));
	ck_assert_int_eq(sock_cmp_addr(sa, generic(&same), len), 0);
	sock_set_port(sa, len, htons(81));
	sock_set_wild(sa, len);
	ck_assert_str_eq(sock_ntop(sa, sizeof(sin6)), "[::]:81");
}
END_TEST

/* Nothing behind len is read, not even of the family. */
START_TEST(address_may_be_of_no_bytes)
{
	struct sockaddr *nothing = calloc(1, 1);

	ck_assert_error(sock_get_port(nothing, 0), EINVAL);
	ck_assert_error(sock_get_port(nothing, 1), EINVAL);
	ck_assert_error(sock_cmp_addr(nothing, nothing, 0), EINVAL);
	ck_assert_error(sock_cmp_port(nothing, nothing, 1), EINVAL);
	free(nothing);
}
END_TEST

/*
 * Sockets.
 */

START_TEST(wildcard_is_bound)
{
	static const int families[] = { AF_INET, AF_INET6 };
	struct sockaddr_storage addr;
	socklen_t len = sizeof(addr);
	int fd = socket(families[_i], SOCK_STREAM, 0), port;

	if (fd == -1) {
		not_tested("no IPv6");
		return;
	}
	port = sock_bind_wild(fd, families[_i]);
	ck_assert_int_gt(port, 0);
	ck_assert_int_eq(getsockname(fd, generic(&addr), &len), 0);
	ck_assert_int_eq(sock_get_port(generic(&addr), len), port);
	ck_assert_str_eq(sock_ntop_host(generic(&addr), len), _i == 0 ?
	    "0.0.0.0" : "::");
	ck_assert_int_gt(Sock_bind_wild(Socket(families[_i], SOCK_STREAM, 0),
	    families[_i]), 0);
}
END_TEST

START_TEST(wildcard_is_not_bound)
{
	struct sockaddr_in addr;
	int fd = bound_socket(&addr);

	ck_assert_error(sock_bind_wild(fd, AF_INET), EINVAL);
	ck_assert_error(sock_bind_wild(-1, AF_INET), EBADF);
	ck_assert_error(sock_bind_wild(-1, AF_INET6), EBADF);
	ck_assert_error(sock_bind_wild(fd, AF_UNIX), EAFNOSUPPORT);
	name_error = ENOBUFS;
	ck_assert_error(sock_bind_wild(Socket(AF_INET, SOCK_STREAM, 0),
	    AF_INET), ENOBUFS);
	name_error = 0;
	ck_assert_fatal(Sock_bind_wild(fd, AF_INET), EINVAL,
	    "sock_bind_wild error");
}
END_TEST

START_TEST(socket_has_a_family)
{
	int fds[2], six = socket(AF_INET6, SOCK_DGRAM, 0);

	socket_pair(fds);
	ck_assert_int_eq(sockfd_to_family(fds[0]), AF_UNIX);
	ck_assert_int_eq(Sockfd_to_family(Socket(AF_INET, SOCK_STREAM, 0)),
	    AF_INET);
	if (six != -1)
		ck_assert_int_eq(sockfd_to_family(six), AF_INET6);
	ck_assert_error(sockfd_to_family(-1), EBADF);
	ck_assert_error(sockfd_to_family(open("/dev/null", O_RDONLY)),
	    ENOTSOCK);
	ck_assert_fatal(Sockfd_to_family(-1), EBADF,
	    "sockfd_to_family error");
}
END_TEST

START_TEST(family_has_a_level)
{
	ck_assert_int_eq(family_to_level(AF_INET), IPPROTO_IP);
	ck_assert_int_eq(family_to_level(AF_INET6), IPPROTO_IPV6);
	ck_assert_int_eq(Family_to_level(AF_INET), IPPROTO_IP);
	ck_assert_int_eq(Family_to_level(AF_INET6), IPPROTO_IPV6);
	ck_assert_error(family_to_level(AF_UNIX), EAFNOSUPPORT);
	ck_assert_error(family_to_level(-1), EAFNOSUPPORT);
	ck_assert_fatal(Family_to_level(AF_UNIX), EAFNOSUPPORT,
	    "family_to_level error for family %d", AF_UNIX);
}
END_TEST

/*
 * sock_ntop_r.
 */

START_TEST(text_in_a_buffer_of_the_caller)
{
	struct sockaddr_in sin = inet_address("192.0.2.1", 80);
	struct sockaddr_in6 sin6 = inet6_address("2001:db8::1", 80);
	struct sockaddr_un sun;
	const size_t exact = sizeof("192.0.2.1:80");
	char text[128];

	ck_assert_ptr_eq(sock_ntop_r(generic(&sin), sizeof(sin), text,
	    sizeof(text)), text);
	ck_assert_str_eq(text, "192.0.2.1:80");
	ck_assert_ptr_eq(sock_ntop_r(generic(&sin6), sizeof(sin6), text,
	    SIZE_MAX), text);
	ck_assert_str_eq(text, "[2001:db8::1]:80");
	memset(text, '.', sizeof(text));
	ck_assert_ptr_eq(sock_ntop_r(generic(&sin), sizeof(sin), text, exact),
	    text);
	ck_assert_str_eq(text, "192.0.2.1:80");
	ck_assert_int_eq(text[exact], '.');

	/* The longest path. */
	unix_address(&sun, "", 0);
	memset(sun.sun_path, 'x', sizeof(sun.sun_path));
	ck_assert_ptr_eq(sock_ntop_r(generic(&sun), sizeof(sun), text,
	    sizeof(sun.sun_path) + 1), text);
	ck_assert_uint_eq(strlen(text), sizeof(sun.sun_path));
}
END_TEST

START_TEST(sock_ntop_r_fails)
{
	struct sockaddr_in sin = inet_address("192.0.2.1", 80);
	char text[128] = "kept";

	for (size_t size = 0; size < sizeof("192.0.2.1:80"); size++) {
		errno = 0;
		ck_assert(sock_ntop_r(generic(&sin), sizeof(sin), text, size)
		    == NULL);
		ck_assert_int_eq(errno, ENOSPC);
	}
	errno = 0;
	ck_assert(sock_ntop_r(generic(&sin), sizeof(sin) - 1, text,
	    sizeof(text)) == NULL);
	ck_assert_int_eq(errno, EINVAL);
	ck_assert_str_eq(text, "kept");
}
END_TEST

#define THREADS	4
#define ROUNDS	20000

static void *
text_often(void *arg)
{
	int n = *(const int *)arg;
	struct sockaddr_in sin = inet_address("192.0.2.1", 80 + n);
	char want[32], own[32];

	snprintf(want, sizeof(want), "192.0.2.1:%d", 80 + n);
	for (int i = 0; i < ROUNDS; i++)
		if (strcmp(sock_ntop(generic(&sin), sizeof(sin)), want) != 0 ||
		    strcmp(sock_ntop_r(generic(&sin), sizeof(sin), own,
		    sizeof(own)), want) != 0)
			return arg;
	return NULL;
}

START_TEST(texts_of_threads_are_not_mixed)
{
	pthread_t threads[THREADS];
	int numbers[THREADS];
	void *wrong;

	for (int i = 0; i < THREADS; i++) {
		numbers[i] = i;
		ck_assert_int_eq(pthread_create(&threads[i], NULL, text_often,
		    &numbers[i]), 0);
	}
	for (int i = 0; i < THREADS; i++) {
		ck_assert_int_eq(pthread_join(threads[i], &wrong), 0);
		ck_assert(wrong == NULL);
	}
}
END_TEST

/*
 * in_cksum.
 */

/* Of RFC 1071, section 3: the sum is ddf2. */
START_TEST(checksum_of_the_rfc)
{
	union {
		unsigned char bytes[10];
		uint16_t words[5];
	} packet = { { 0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7 } };

	ck_assert_int_eq(in_cksum(packet.words, 8), htons(0x220d));
	packet.words[4] = in_cksum(packet.words, 8);
	ck_assert_int_eq(in_cksum(packet.words, 10), 0);
}
END_TEST

START_TEST(checksum_of_any_length)
{
	static uint16_t ones[32768];
	uint16_t words[] = { htons(0x0102), htons(0x03ff) };

	memset(ones, 0xff, sizeof(ones));
	ck_assert_int_eq(in_cksum(words, 0), 0xffff);
	ck_assert_int_eq(in_cksum(words, 1), (uint16_t)~htons(0x0100));
	ck_assert_int_eq(in_cksum(words, 2), (uint16_t)~htons(0x0102));
	ck_assert_int_eq(in_cksum(words, 3), (uint16_t)~htons(0x0402));
	ck_assert_int_eq(in_cksum(ones, 2), 0);
	ck_assert_int_eq(in_cksum(ones, sizeof(ones)), 0);
	ck_assert_int_eq(in_cksum(ones, sizeof(ones) - 1),
	    (uint16_t)~htons(0xff00));
}
END_TEST

START_TEST(checksum_of_an_odd_place)
{
	unsigned char bytes[] = { 0, 0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6,
		0xf7 };

	ck_assert_int_eq(in_cksum((uint16_t *)(void *)(bytes + 1), 8),
	    htons(0x220d));
}
END_TEST

/*
 * Routing headers of IPv6.
 */

union header {
	uint64_t align;
	unsigned char bytes[8 + 127 * 16];
};

static struct in6_addr
host(int n)
{
	struct in6_addr addr;
	char text[32];

	snprintf(text, sizeof(text), "2001:db8::%x", n);
	ck_assert_int_eq(inet_pton(AF_INET6, text, &addr), 1);
	return addr;
}

static void
make_header(union header *header, int segments)
{
	struct in6_addr addr;

	ck_assert_ptr_eq(Inet6_rth_init(header, sizeof(*header), TYPE0,
	    segments), header);
	for (int i = 0; i < segments; i++) {
		addr = host(i);
		Inet6_rth_add(header, &addr);
	}
}

START_TEST(routing_header_is_made)
{
	union header header;
	struct in6_addr addr;

	ck_assert_uint_eq(Inet6_rth_space(TYPE0, 0), 8);
	ck_assert_uint_eq(Inet6_rth_space(TYPE0, 3), 8 + 3 * 16);
	ck_assert_uint_eq(Inet6_rth_space(TYPE0, 127), sizeof(header));
	memset(&header, 0xff, sizeof(header));
	ck_assert_ptr_eq(Inet6_rth_init(&header, 8 + 3 * 16, TYPE0, 3),
	    &header);
	ck_assert_mem_eq(header.bytes, "\0\6\0\0\0\0\0\0", 8);
	ck_assert_int_eq(header.bytes[8 + 3 * 16], 0xff);
	ck_assert_int_eq(Inet6_rth_segments(&header), 3);
	addr = host(7);
	Inet6_rth_add(&header, &addr);
	ck_assert_mem_eq(header.bytes, "\0\6\0\1\0\0\0\0", 8);
	ck_assert_mem_eq(header.bytes + 8, &addr, 16);
}
END_TEST

START_TEST(routing_header_has_addresses)
{
	static const int sizes[] = { 0, 1, 3, 127 };
	int segments = sizes[_i];
	union header header;
	struct in6_addr addr;

	make_header(&header, segments);
	ck_assert_int_eq(Inet6_rth_segments(&header), segments);
	ck_assert_int_eq(header.bytes[3], segments);
	for (int i = 0; i < segments; i++) {
		addr = host(i);
		ck_assert_mem_eq(Inet6_rth_getaddr(&header, i), &addr, 16);
	}
}
END_TEST

START_TEST(routing_header_is_reversed)
{
	static const int sizes[] = { 0, 1, 2, 3, 127 };
	int segments = sizes[_i];
	union header header, back;
	struct in6_addr addr;

	make_header(&header, segments);
	header.bytes[3] = 0;	/* it has arrived */
	memset(&back, 0xff, sizeof(back));
	Inet6_rth_reverse(&header, &back);
	Inet6_rth_reverse(&header, &header);
	ck_assert_mem_eq(&header, &back, 8 + (size_t)segments * 16);
	ck_assert_int_eq(back.bytes[3], segments);
	for (int i = 0; i < segments; i++) {
		addr = host(segments - 1 - i);
		ck_assert_mem_eq(Inet6_rth_getaddr(&back, i), &addr, 16);
	}
}
END_TEST

START_TEST(routing_header_fails_by_the_policy)
{
	union header header, out;
	struct in6_addr addr = host(1);

	ck_assert_fatal(Inet6_rth_space(1, 3), 0,
	    "inet6_rth_space error: type 1, 3 segments");
	ck_assert_fatal(Inet6_rth_space(TYPE0, -1), 0,
	    "inet6_rth_space error: type 0, -1 segments");
	ck_assert_fatal(Inet6_rth_space(TYPE0, 128), 0,
	    "inet6_rth_space error: type 0, 128 segments");
	ck_assert_fatal(Inet6_rth_init(&header, sizeof(header), 2, 1), 0,
	    "inet6_rth_space error: type 2, 1 segments");
	ck_assert_fatal(Inet6_rth_init(&header, 8 + 2 * 16 - 1, TYPE0, 2), 0,
	    "inet6_rth_init error: 39 bytes for 2 segments");
	make_header(&header, 2);
	ck_assert_fatal(Inet6_rth_add(&header, &addr), 0,
	    "inet6_rth_add error: no room");
	ck_assert_fatal(Inet6_rth_getaddr(&header, 2), 0,
	    "inet6_rth_getaddr error: no address 2");
	ck_assert_fatal(Inet6_rth_getaddr(&header, -1), 0,
	    "inet6_rth_getaddr error: no address -1");
	header.bytes[_i] = 3;	/* an odd length, or another type */
	ck_assert_fatal(Inet6_rth_segments(&header), 0,
	    "inet6_rth_segments error: not a header of type 0");
	ck_assert_fatal(Inet6_rth_reverse(&header, &out), 0,
	    "inet6_rth_reverse error: not a header of type 0");
	ck_assert_fatal(Inet6_rth_getaddr(&header, 0), 0,
	    "inet6_rth_getaddr error: no address 0");
	ck_assert_fatal(Inet6_rth_add(&header, &addr), 0,
	    "inet6_rth_add error: no room");
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *tc = add_case(suite, "parts");

	tcase_add_test(tc, addresses_are_compared);
	tcase_add_test(tc, paths_are_compared);
	tcase_add_test(tc, abstract_names_are_compared);
	tcase_add_test(tc, full_path_ends_with_its_room);
	tcase_add_test(tc, parts_are_set);
	tcase_add_loop_test(tc, parts_that_there_are_not_are_not_set, 0, 4);
	tcase_add_test(tc, address_may_be_at_an_odd_place);
	tcase_add_test(tc, generic_length_will_do);
	tcase_add_test(tc, parts_fail);
	tcase_add_test(tc, address_may_be_of_no_bytes);

	tc = add_case(suite, "sockets");
	tcase_add_loop_test(tc, wildcard_is_bound, 0, 2);
	tcase_add_test(tc, wildcard_is_not_bound);
	tcase_add_test(tc, socket_has_a_family);
	tcase_add_test(tc, family_has_a_level);

	tc = add_case(suite, "text");
	tcase_add_test(tc, text_in_a_buffer_of_the_caller);
	tcase_add_test(tc, sock_ntop_r_fails);
	tcase_add_test(tc, texts_of_threads_are_not_mixed);

	tc = add_case(suite, "checksum");
	tcase_add_test(tc, checksum_of_the_rfc);
	tcase_add_test(tc, checksum_of_any_length);
	tcase_add_test(tc, checksum_of_an_odd_place);

	tc = add_case(suite, "routing");
	tcase_add_test(tc, routing_header_is_made);
	tcase_add_loop_test(tc, routing_header_has_addresses, 0, 4);
	tcase_add_loop_test(tc, routing_header_is_reversed, 0, 5);
	tcase_add_loop_test(tc, routing_header_fails_by_the_policy, 1, 3);
}

int
main(void)
{
	return run_suite("address", fill);
}
