/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "support.h"

#include <sys/ioctl.h>
#include <sys/syscall.h>

#include <fcntl.h>
#include <poll.h>

#include <unpifi.h>

#define NO_INDEX	0x7fffffff	/* no interface has it */
#define NO_NAME		"no-such-if"
#define QUIET_MS	50	/* what is to come has come after it */

#ifdef __linux__
#include <net/route.h>

/* Of <linux/if_tun.h>, which a libc need not have. */
#define TUNSETIFF	_IOW('T', 202, int)
#define IFF_TUN		0x0001
#define IFF_TAP		0x0002
#define IFF_NO_PI	0x1000

/*
 * A network of the test's own: it needs no root, and what it has is known.
 */

static struct ifreq
request_for(const char *name)
{
	struct ifreq request;

	memset(&request, 0, sizeof(request));
	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", name);
	return request;
}

static void
set_flags(const char *name, int flags)
{
	struct ifreq request = request_for(name);
	int fd = Socket(AF_INET, SOCK_DGRAM, 0);

	request.ifr_flags = (short)flags;
	ck_assert_int_eq(ioctl(fd, SIOCSIFFLAGS, &request), 0);
	close(fd);
}

static void
set_address(const char *name, unsigned long what, const char *text)
{
	struct ifreq request = request_for(name);
	struct sockaddr_in sin = inet_address(text, 0);
	int fd = Socket(AF_INET, SOCK_DGRAM, 0);

	memcpy(&request.ifr_addr, &sin, sizeof(sin));
	ck_assert_int_eq(ioctl(fd, (unsigned)what, &request), 0);
	close(fd);
}

static void
route_groups_to_loopback(void)
{
	struct sockaddr_in to = inet_address("224.0.0.0", 0);
	struct sockaddr_in mask = inet_address("240.0.0.0", 0);
	char lo[] = "lo";
	struct rtentry route = { .rt_flags = RTF_UP, .rt_dev = lo };
	int fd = Socket(AF_INET, SOCK_DGRAM, 0);

	memcpy(&route.rt_dst, &to, sizeof(to));
	memcpy(&route.rt_genmask, &mask, sizeof(mask));
	ck_assert_int_eq(ioctl(fd, SIOCADDRT, &route), 0);
	close(fd);
}

/* Some systems give a user a network without the right to change it. */
static int
may_change_network(void)
{
	struct ifreq request = request_for("lo");	/* as it is: down */
	int fd = Socket(AF_INET, SOCK_DGRAM, 0);
	int result = ioctl(fd, SIOCSIFFLAGS, &request);

	close(fd);
	return result == 0;
}

/* Returns 0 where that cannot be had. */
static int
own_network(void)
{
	if ((unshare(CLONE_NEWNET) == 0 ||
	    unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0) &&
	    may_change_network())
		return 1;
	not_tested("no network of its own");
	return 0;
}

static int
own_loopback(void)
{
	if (!own_network())
		return 0;
	set_flags("lo", IFF_UP | IFF_MULTICAST);
	route_groups_to_loopback();
	return 1;
}

/*
 * Groups.  A sender on 127.0.0.1 and one on 127.0.0.2.
 */

#define GROUP	"239.255.7.7"

static struct sockaddr_in group, one, two;

static int
sender(const struct sockaddr_in *from)
{
	int fd = Socket(AF_INET, SOCK_DGRAM, 0);
	struct sockaddr_in addr = *from;

	Bind(fd, generic(&addr), sizeof(addr));
	Mcast_set_if(fd, "lo", 0);
	return fd;
}

/* A socket bound to the group, whose port group then has. */
static int
receiver(void)
{
	int fd = Socket(AF_INET, SOCK_DGRAM, 0);
	socklen_t len = sizeof(group);

	group = inet_address(GROUP, 0);
	one = inet_address("127.0.0.1", 0);
	two = inet_address("127.0.0.2", 0);
	Bind(fd, generic(&group), sizeof(group));
	Getsockname(fd, generic(&group), &len);
	return fd;
}

/* Whether fd hears who sends from there. */
static int
hears(int fd, const struct sockaddr_in *from)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	int out = sender(from);
	char byte;

	Sendto(out, "x", 1, 0, generic(&group), sizeof(group));
	close(out);
	if (poll(&ready, 1, QUIET_MS) == 0)
		return 0;
	ck_assert_int_eq(recv(fd, &byte, 1, 0), 1);
	return 1;
}

START_TEST(group_is_joined_and_left)
{
	static const struct {
		const char *name;
		unsigned index;
	} cases[] = { { NULL, 0 }, { "lo", 0 }, { NULL, 1 }, { NO_NAME, 1 } };
	int fd;

	if (!own_loopback())
		return;
	fd = receiver();
	ck_assert_int_eq(hears(fd, &one), 0);
	ck_assert_int_eq(mcast_join(fd, generic(&group), sizeof(group),
	    cases[_i].name, cases[_i].index), 0);
	ck_assert_int_eq(hears(fd, &one), 1);
	ck_assert_int_eq(mcast_leave(fd, generic(&group), sizeof(group)), 0);
	ck_assert_int_eq(hears(fd, &one), 0);
	Mcast_join(fd, generic(&group), sizeof(group), cases[_i].name,
	    cases[_i].index);
	ck_assert_int_eq(hears(fd, &two), 1);
	Mcast_leave(fd, generic(&group), sizeof(group));
	ck_assert_int_eq(hears(fd, &two), 0);
}
END_TEST

START_TEST(source_is_blocked_and_unblocked)
{
	const struct sockaddr *g = generic(&group), *s = generic(&one);
	socklen_t len = sizeof(group);
	int fd;

	if (!own_loopback())
		return;
	fd = receiver();
	Mcast_join(fd, g, len, "lo", 0);
	ck_assert_int_eq(mcast_block_source(fd, s, len, g, len), 0);
	ck_assert_int_eq(hears(fd, &one), 0);
	ck_assert_int_eq(hears(fd, &two), 1);
	ck_assert_int_eq(mcast_unblock_source(fd, s, len, g, len), 0);
	ck_assert_int_eq(hears(fd, &one), 1);
	Mcast_block_source(fd, s, len, g, len);
	ck_assert_int_eq(hears(fd, &one), 0);
	Mcast_unblock_source(fd, s, len, g, len);
	ck_assert_int_eq(hears(fd, &one), 1);
}
END_TEST

START_TEST(source_of_a_group_is_joined_and_left)
{
	static const struct {
		const char *name;
		unsigned index;
	} cases[] = { { NULL, 0 }, { "lo", 0 }, { NO_NAME, 1 } };
	const struct sockaddr *g = generic(&group), *s = generic(&one);
	socklen_t len = sizeof(group);
	int fd;

	if (!own_loopback())
		return;
	fd = receiver();
	ck_assert_int_eq(mcast_join_source_group(fd, s, len, g, len,
	    cases[_i].name, cases[_i].index), 0);
	ck_assert_int_eq(hears(fd, &one), 1);
	ck_assert_int_eq(hears(fd, &two), 0);
	ck_assert_int_eq(mcast_leave_source_group(fd, s, len, g, len), 0);
	ck_assert_int_eq(hears(fd, &one), 0);
	Mcast_join_source_group(fd, s, len, g, len, cases[_i].name,
	    cases[_i].index);
	ck_assert_int_eq(hears(fd, &one), 1);
	Mcast_leave_source_group(fd, s, len, g, len);
	ck_assert_int_eq(hears(fd, &one), 0);
}
END_TEST

/* Where the system would not look for it by itself. */
START_TEST(membership_is_found_on_its_interface)
{
	const struct sockaddr *g = generic(&group), *s = generic(&one);
	socklen_t len = sizeof(group);
	int fd;

	if (!own_network())
		return;
	set_flags("lo", IFF_UP | IFF_MULTICAST);	/* but no route */
	fd = receiver();
	Mcast_join(fd, g, len, "lo", 0);
	ck_assert_int_eq(hears(fd, &one), 1);
	ck_assert_int_eq(mcast_block_source(fd, s, len, g, len), 0);
	ck_assert_int_eq(hears(fd, &one), 0);
	ck_assert_int_eq(mcast_unblock_source(fd, s, len, g, len), 0);
	ck_assert_int_eq(hears(fd, &one), 1);
	ck_assert_int_eq(mcast_leave(fd, g, len), 0);
	ck_assert_int_eq(hears(fd, &one), 0);
	Mcast_join_source_group(fd, s, len, g, len, "lo", 0);
	ck_assert_int_eq(hears(fd, &one), 1);
	ck_assert_int_eq(mcast_leave_source_group(fd, s, len, g, len), 0);
	ck_assert_int_eq(hears(fd, &one), 0);
	ck_assert_int_eq(mcast_leave(fd, g, len), -1);

	/* Nor where it cannot look. */
	Mcast_join(fd, g, len, "lo", 0);
	limit(RLIMIT_NOFILE, 3);
	ck_assert_int_eq(mcast_block_source(fd, s, len, g, len), -1);
	unlimit(RLIMIT_NOFILE);
}
END_TEST

START_TEST(groups_of_ipv6)
{
	struct sockaddr_in6 six = inet6_address("ff02::7777", 0);
	struct sockaddr_in6 source = inet6_address("::1", 0);
	const struct sockaddr *g = generic(&six), *s = generic(&source);
	socklen_t len = sizeof(six);
	int fd;

	if (!own_loopback())
		return;
	fd = socket(AF_INET6, SOCK_DGRAM, 0);
	if (fd == -1) {
		not_tested("no IPv6");
		return;
	}
	ck_assert_int_eq(mcast_join(fd, g, len, "lo", 0), 0);
	ck_assert_error(mcast_join(fd, g, len, "lo", 0), EADDRINUSE);
	ck_assert_int_eq(mcast_leave(fd, g, len), 0);
	ck_assert_error(mcast_leave(fd, g, len), EADDRNOTAVAIL);
	ck_assert_int_eq(mcast_join_source_group(fd, s, len, g, len, NULL, 1),
	    0);
}
END_TEST

/* That of the book's programs stands for a whole address, a shorter one for
 * none. */
START_TEST(a_group_has_its_length)
{
	struct sockaddr_in6 six = inet6_address("ff02::7777", 0);
	const struct sockaddr *g = generic(&six);
	int fd = socket(AF_INET6, SOCK_DGRAM, 0);

	if (!own_loopback())
		return;
	if (fd == -1) {
		not_tested("no IPv6");
		return;
	}
	ck_assert_error(mcast_join(fd, g, sizeof(six) - 1, "lo", 0), EINVAL);
	ck_assert_int_eq(mcast_join(fd, g, sizeof(struct sockaddr), "lo", 0),
	    0);
	ck_assert_error(mcast_join(fd, g, sizeof(six), "lo", 0), EADDRINUSE);
}
END_TEST

START_TEST(groups_fail)
{
	struct sockaddr_in6 six = inet6_address("ff02::7777", 0);
	struct sockaddr_in plain = inet_address("127.0.0.1", 0);
	struct sockaddr_storage unix_group;
	const struct sockaddr *g = generic(&group), *s = generic(&one);
	const struct sockaddr *u = generic(&unix_group), *p = generic(&plain);
	const socklen_t len = sizeof(group), most = sizeof(unix_group);
	int fd;

	if (!own_loopback())
		return;
	fd = receiver();
	memset(&unix_group, 0, sizeof(unix_group));
	unix_group.ss_family = AF_UNIX;
	ck_assert_error(mcast_join(fd, g, len, NO_NAME, 0), ENXIO);
	ck_assert_error(mcast_join(fd, u, most, NULL, 0), EAFNOSUPPORT);
	ck_assert_error(mcast_join(fd, g, most + 1, NULL, 0), EINVAL);
	ck_assert_error(mcast_join(fd, g, len - 1, NULL, 0), EINVAL);
	ck_assert_error(mcast_join(fd, p, len, "lo", 0), EINVAL);
	ck_assert_error(mcast_join(-1, g, len, NULL, 0), EBADF);
	ck_assert_int_eq(mcast_join(fd, generic(&six), sizeof(six), NULL, 0),
	    -1);
	ck_assert_error(mcast_leave(fd, g, len), EADDRNOTAVAIL);
	ck_assert_int_eq(mcast_join(fd, g, len, "lo", 0), 0);
	ck_assert_error(mcast_join(fd, g, len, "lo", 0), EADDRINUSE);
	ck_assert_error(mcast_leave(fd, u, most), EAFNOSUPPORT);
	ck_assert_error(mcast_leave(fd, g, len - 1), EINVAL);
	ck_assert_error(mcast_join_source_group(fd, s, len, g, len, NO_NAME,
	    0), ENXIO);
	ck_assert_error(mcast_join_source_group(fd, s, len, u, most, NULL, 0),
	    EAFNOSUPPORT);
	ck_assert_error(mcast_join_source_group(fd, s, most + 1, g, len, NULL,
	    0), EINVAL);
	ck_assert_error(mcast_join_source_group(fd, s, len - 1, g, len, NULL,
	    0), EINVAL);
	ck_assert_error(mcast_join_source_group(fd, s, len, g, most + 1, NULL,
	    0), EINVAL);
	ck_assert_error(mcast_leave_source_group(-1, s, len, g, len), EBADF);
	ck_assert_error(mcast_unblock_source(fd, s, len, g, len),
	    EADDRNOTAVAIL);
	ck_assert_error(mcast_block_source(fd, s, len, u, most),
	    EAFNOSUPPORT);
}
END_TEST

START_TEST(groups_fail_by_the_policy)
{
	const struct sockaddr *g = generic(&group), *s = generic(&one);
	const socklen_t len = sizeof(group);

	close(receiver());
	ck_assert_fatal(Mcast_join(-1, g, len, NULL, 0), EBADF,
	    "mcast_join error");
	ck_assert_fatal(Mcast_leave(-1, g, len), EBADF, "mcast_leave error");
	ck_assert_fatal(Mcast_join_source_group(-1, s, len, g, len, NULL, 0),
	    EBADF, "mcast_join_source_group error");
	ck_assert_fatal(Mcast_leave_source_group(-1, s, len, g, len), EBADF,
	    "mcast_leave_source_group error");
	ck_assert_fatal(Mcast_block_source(-1, s, len, g, len), EBADF,
	    "mcast_block_source error");
	ck_assert_fatal(Mcast_unblock_source(-1, s, len, g, len), EBADF,
	    "mcast_unblock_source error");
}
END_TEST

/* By its index, too. */
START_TEST(interface_that_there_is_not)
{
	static const int families[] = { AF_INET, AF_INET6 };
	struct sockaddr_in sin = inet_address(GROUP, 0);
	struct sockaddr_in6 sin6 = inet6_address("ff02::7777", 0);
	const struct sockaddr *g = _i == 0 ? generic(&sin) : generic(&sin6);
	socklen_t len = _i == 0 ? sizeof(sin) : sizeof(sin6);
	int fd = socket(families[_i], SOCK_DGRAM, 0);

	if (fd == -1) {
		not_tested("no IPv6");
		return;
	}
	ck_assert_error(mcast_set_if(fd, NO_NAME, 0), ENXIO);
	ck_assert_error(mcast_join(fd, g, len, NO_NAME, 0), ENXIO);
	ck_assert_error(mcast_join(fd, g, len, NULL, NO_INDEX), ENXIO);
	ck_assert_error(mcast_set_if(fd, NULL, NO_INDEX), ENXIO);
}
END_TEST
#endif

/*
 * A socket's own traffic.
 */

static const int families[] = { AF_INET, AF_INET6 };

static int
option(int fd, int level, int name)
{
	socklen_t len = sizeof(int);
	int value = 0;

	ck_assert_int_eq(getsockopt(fd, level, name, &value, &len), 0);
	return value;
}

START_TEST(loop_and_ttl)
{
	int fd = socket(families[_i], SOCK_DGRAM, 0);

	if (fd == -1) {
		not_tested("no IPv6");
		return;
	}
	ck_assert_int_eq(mcast_get_loop(fd), 1);
	ck_assert_int_eq(mcast_set_loop(fd, 0), 0);
	ck_assert_int_eq(Mcast_get_loop(fd), 0);
	ck_assert_int_eq(mcast_set_loop(fd, 256), 0);
	ck_assert_int_eq(mcast_get_loop(fd), 1);
	Mcast_set_loop(fd, 0);
	ck_assert_int_eq(_i == 0 ?
	    option(fd, IPPROTO_IP, IP_MULTICAST_LOOP) :
	    option(fd, IPPROTO_IPV6, IPV6_MULTICAST_LOOP), 0);

	ck_assert_int_eq(mcast_get_ttl(fd), 1);
	for (int ttl = 0; ttl <= 255; ttl += 51) {
		ck_assert_int_eq(mcast_set_ttl(fd, ttl), 0);
		ck_assert_int_eq(mcast_get_ttl(fd), ttl);
	}
	Mcast_set_ttl(fd, 7);
	ck_assert_int_eq(Mcast_get_ttl(fd), 7);
	ck_assert_int_eq(_i == 0 ?
	    option(fd, IPPROTO_IP, IP_MULTICAST_TTL) :
	    option(fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS), 7);
	ck_assert_error(mcast_set_ttl(fd, 256), EINVAL);
	ck_assert_error(mcast_set_ttl(fd, -2), EINVAL);
	ck_assert_int_eq(mcast_get_ttl(fd), 7);
}
END_TEST

/* 0 to 255: there is nothing that -1 is short for. */
START_TEST(ttl_is_not_negative)
{
	int fd = socket(families[_i], SOCK_DGRAM, 0);

	if (fd != -1)
		ck_assert_error(mcast_set_ttl(fd, -1), EINVAL);
}
END_TEST

START_TEST(interface_to_send_by)
{
	int fd = socket(families[_i], SOCK_DGRAM, 0);
	unsigned lo = If_nametoindex("lo");

	if (fd == -1) {
		not_tested("no IPv6");
		return;
	}
	ck_assert_int_eq(mcast_set_if(fd, "lo", 0), 0);
	if (_i == 1)
		ck_assert_int_eq(mcast_get_if(fd), lo);
	fd = socket(families[_i], SOCK_DGRAM, 0);
	if (_i == 1)
		ck_assert_int_eq(Mcast_get_if(fd), 0);
	Mcast_set_if(fd, NO_NAME, lo);	/* the index comes first */
	if (_i == 1)
		ck_assert_int_eq(Mcast_get_if(fd), lo);
	else
		ck_assert_error(mcast_get_if(fd), EAFNOSUPPORT);
	ck_assert_error(mcast_set_if(fd, NULL, 0), EINVAL);
}
END_TEST

static int
no_descriptor(void)
{
	return -1;
}

static int
unix_socket(void)
{
	return Socket(AF_UNIX, SOCK_DGRAM, 0);
}

static int
no_socket(void)
{
	return Open("/dev/null", O_RDONLY);
}

START_TEST(options_fail)
{
	static const struct {
		int	(*open)(void);
		int	 error;
	} cases[] = {
		{ no_descriptor,	EBADF },
		{ unix_socket,		EAFNOSUPPORT },
		{ no_socket,		ENOTSOCK },
	};
	const int fd = cases[_i].open(), error = cases[_i].error;

	ck_assert_error(mcast_get_loop(fd), error);
	ck_assert_error(mcast_set_loop(fd, 1), error);
	ck_assert_error(mcast_get_ttl(fd), error);
	ck_assert_error(mcast_set_ttl(fd, 1), error);
	ck_assert_error(mcast_get_if(fd), error);
	ck_assert_error(mcast_set_if(fd, "lo", 0), error);
	ck_assert_fatal(Mcast_get_loop(fd), error, "mcast_get_loop error");
	ck_assert_fatal(Mcast_set_loop(fd, 1), error, "mcast_set_loop error");
	ck_assert_fatal(Mcast_get_ttl(fd), error, "mcast_get_ttl error");
	ck_assert_fatal(Mcast_set_ttl(fd, 1), error, "mcast_set_ttl error");
	ck_assert_fatal(Mcast_get_if(fd), error, "mcast_get_if error");
	ck_assert_fatal(Mcast_set_if(fd, "lo", 0), error,
	    "mcast_set_if error");
}
END_TEST

/* A call that failed after the socket was asked for its family. */
static int option_error;

int
getsockopt(int fd, int level, int name, void *restrict value,
    socklen_t *restrict len)
{
	if (option_error == 0)
		return (int)syscall(SYS_getsockopt, fd, level, name, value,
		    len);
	errno = option_error;
	return -1;
}

START_TEST(options_are_not_told)
{
	int fd = socket(families[_i], SOCK_DGRAM, 0);

	if (fd == -1) {
		not_tested("no IPv6");
		return;
	}
	option_error = ENOBUFS;
	ck_assert_error(mcast_get_loop(fd), ENOBUFS);
	ck_assert_error(mcast_get_ttl(fd), ENOBUFS);
	if (_i == 1)
		ck_assert_error(mcast_get_if(fd), ENOBUFS);
	option_error = 0;
}
END_TEST

/*
 * get_ifi_info.
 */

/* The entry of an interface, or NULL. */
static const struct ifi_info *
find(const struct ifi_info *list, const char *name)
{
	while (list != NULL && strcmp(list->ifi_name, name) != 0)
		list = list->ifi_next;
	return list;
}

START_TEST(loopback_is_an_interface)
{
	struct ifi_info *list = get_ifi_info(AF_INET, 1);
	const struct ifi_info *lo;

	ck_assert(list != NULL);
	lo = find(list, "lo");
	ck_assert(lo != NULL);
	ck_assert_int_eq(lo->ifi_index, If_nametoindex("lo"));
	ck_assert(lo->ifi_flags & IFF_UP);
	ck_assert(lo->ifi_flags & IFF_LOOPBACK);
	ck_assert_int_gt(lo->ifi_mtu, 1000);
	ck_assert_int_eq(lo->ifi_myflags, 0);
	ck_assert_str_eq(sock_ntop(lo->ifi_addr, sizeof(struct sockaddr_in)),
	    "127.0.0.1");
	ck_assert(lo->ifi_brdaddr == NULL);
	ck_assert(lo->ifi_dstaddr == NULL);
	errno = EDOM;
	free_ifi_info(list);
	free_ifi_info(NULL);
	ck_assert_int_eq(errno, EDOM);
	free_ifi_info(Get_ifi_info(AF_INET, 0));
}
END_TEST

START_TEST(interfaces_fail)
{
	int before = open_descriptors();

	errno = 0;
	ck_assert(get_ifi_info(AF_UNIX, 1) == NULL);
	ck_assert_int_eq(errno, EAFNOSUPPORT);
	ck_assert_fatal(Get_ifi_info(AF_UNSPEC, 0), EAFNOSUPPORT,
	    "get_ifi_info error");

	/* No descriptor for the first socket, and for the second. */
	for (int more = 0; more < 2; more++) {
		int next = dup(STDERR_FILENO);

		close(next);
		limit(RLIMIT_NOFILE, (rlim_t)(next + more));
		errno = 0;
		ck_assert(get_ifi_info(AF_INET, 1) == NULL);
		ck_assert_int_eq(errno, EMFILE);
		unlimit(RLIMIT_NOFILE);
	}
	ck_assert_int_eq(open_descriptors(), before);
}
END_TEST

#ifdef __linux__
START_TEST(aliases_are_listed_where_asked_for)
{
	struct ifi_info *list;

	if (!own_loopback())
		return;
	set_address("lo:1", SIOCSIFADDR, "127.0.0.2");
	list = get_ifi_info(AF_INET, 0);
	ck_assert(list != NULL);
	ck_assert(list->ifi_next == NULL);
	ck_assert_int_eq(list->ifi_myflags, 0);
	free_ifi_info(list);
	list = get_ifi_info(AF_INET, 1);
	ck_assert(list != NULL && list->ifi_next != NULL);
	ck_assert(list->ifi_next->ifi_next == NULL);
	ck_assert_int_eq(list->ifi_myflags, 0);
	ck_assert_int_eq(list->ifi_next->ifi_myflags, IFI_ALIAS);
	ck_assert_str_eq(list->ifi_next->ifi_name, "lo");
	ck_assert_int_eq(list->ifi_next->ifi_index, 1);
	ck_assert_int_eq(list->ifi_next->ifi_mtu, list->ifi_mtu);
	ck_assert_str_eq(sock_ntop(list->ifi_next->ifi_addr,
	    sizeof(struct sockaddr_in)), "127.0.0.2");
	free_ifi_info(list);

	list = get_ifi_info(AF_INET6, 1);
	if (list == NULL) {
		ck_assert_int_eq(errno, 0);
		not_tested("no IPv6");
		return;
	}
	ck_assert_str_eq(list->ifi_name, "lo");
	ck_assert_str_eq(sock_ntop(list->ifi_addr,
	    sizeof(struct sockaddr_in6)), "::1");
	free_ifi_info(list);
}
END_TEST

START_TEST(interfaces_that_are_down_are_not_listed)
{
	if (!own_network())
		return;
	errno = EDOM;
	ck_assert(get_ifi_info(AF_INET, 1) == NULL);
	ck_assert_int_eq(errno, 0);
	catch_errors();
	ck_assert(Get_ifi_info(AF_INET, 1) == NULL);
	ck_assert_int_eq(caught.reports, 0);
}
END_TEST

/* An interface of this kind (IFF_TUN, IFF_TAP); 0: that cannot be had. */
static int
make_interface(const char *name, int kind)
{
	struct ifreq request = request_for(name);
	int fd = open("/dev/net/tun", O_RDWR);

	request.ifr_flags = (short)(kind | IFF_NO_PI);
	if (fd != -1 && ioctl(fd, TUNSETIFF, &request) == 0)
		return 1;
	not_tested("no tunnels");
	return 0;
}

START_TEST(broadcast_has_an_address)
{
	static const unsigned char none[IFI_HADDR];
	struct ifi_info *list;

	if (!own_network() || !make_interface("tap0", IFF_TAP))
		return;
	set_address("tap0", SIOCSIFADDR, "192.0.2.1");
	set_address("tap0", SIOCSIFNETMASK, "255.255.255.0");
	set_address("tap0", SIOCSIFBRDADDR, "192.0.2.255");
	set_flags("tap0", IFF_UP | IFF_BROADCAST);
	list = get_ifi_info(AF_INET, 1);
	ck_assert(list != NULL && list->ifi_next == NULL);
	ck_assert_str_eq(list->ifi_name, "tap0");
	ck_assert_int_eq(list->ifi_mtu, 1500);
	ck_assert_int_eq(list->ifi_hlen, 6);
	ck_assert_int_ne(memcmp(list->ifi_haddr, none, 6), 0);
	ck_assert_mem_eq(list->ifi_haddr + 6, none, IFI_HADDR - 6);
	ck_assert_str_eq(sock_ntop(list->ifi_brdaddr,
	    sizeof(struct sockaddr_in)), "192.0.2.255");
	ck_assert(list->ifi_dstaddr == NULL);
	free_ifi_info(list);

	/* It need not have one. */
	set_address("tap0", SIOCSIFBRDADDR, "0.0.0.0");
	list = get_ifi_info(AF_INET, 1);
	ck_assert(list != NULL && list->ifi_brdaddr == NULL);
	free_ifi_info(list);
}
END_TEST

START_TEST(tunnel_has_another_end)
{
	struct ifi_info *list;

	if (!own_network() || !make_interface("tun0", IFF_TUN))
		return;
	set_address("tun0", SIOCSIFADDR, "192.0.2.1");
	set_address("tun0", SIOCSIFDSTADDR, "192.0.2.2");
	set_flags("tun0", IFF_UP | IFF_POINTOPOINT);
	list = get_ifi_info(AF_INET, 1);
	ck_assert(list != NULL && list->ifi_next == NULL);
	ck_assert_int_eq(list->ifi_hlen, 0);
	ck_assert_str_eq(sock_ntop(list->ifi_addr,
	    sizeof(struct sockaddr_in)), "192.0.2.1");
	ck_assert_str_eq(sock_ntop(list->ifi_dstaddr,
	    sizeof(struct sockaddr_in)), "192.0.2.2");
	ck_assert(list->ifi_brdaddr == NULL);
	free_ifi_info(list);
}
END_TEST
#endif

static void
fill(Suite *suite)
{
	TCase *tc;

#ifdef __linux__
	tc = add_case(suite, "groups");
	tcase_add_loop_test(tc, group_is_joined_and_left, 0, 4);
	tcase_add_test(tc, source_is_blocked_and_unblocked);
	tcase_add_loop_test(tc, source_of_a_group_is_joined_and_left, 0, 3);
	tcase_add_test(tc, membership_is_found_on_its_interface);
	tcase_add_test(tc, groups_of_ipv6);
	tcase_add_test(tc, a_group_has_its_length);
	tcase_add_test(tc, groups_fail);
	tcase_add_test(tc, groups_fail_by_the_policy);
	tcase_add_loop_test(tc, interface_that_there_is_not, 0, 2);
#endif

	tc = add_case(suite, "options");
	tcase_add_loop_test(tc, loop_and_ttl, 0, 2);
	tcase_add_loop_test(tc, ttl_is_not_negative, 0, 2);
	tcase_add_loop_test(tc, interface_to_send_by, 0, 2);
	tcase_add_loop_test(tc, options_fail, 0, 3);
	tcase_add_loop_test(tc, options_are_not_told, 0, 2);

	tc = add_case(suite, "interfaces");
	tcase_add_test(tc, loopback_is_an_interface);
	tcase_add_test(tc, interfaces_fail);
#ifdef __linux__
	tcase_add_test(tc, aliases_are_listed_where_asked_for);
	tcase_add_test(tc, interfaces_that_are_down_are_not_listed);
	tcase_add_test(tc, broadcast_has_an_address);
	tcase_add_test(tc, tunnel_has_another_end);
#endif
}

int
main(void)
{
	return run_suite("mcast", fill);
}
