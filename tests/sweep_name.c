/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "sweep_run.h"

#include <unpifi.h>

/*
 * Names and addresses, interfaces, multicast.
 */
#define HOST	"127.0.0.1"

/* After EINTR: a TCP socket that is told that it has no peer is connected once
 * more. */
static const struct rule connect_rules[] = {
	{ F_getpeername, ENOTCONN, FAILS_AS,	EISCONN, 0 },
	NO_RULES
};

static const struct rule udp_rules[] = {
	{ F_getpeername, ENOTCONN, SUCCEEDS,	0,	0 },
	NO_RULES
};

/* With "any", what cannot be had of IPv6 is tried with IPv4. */
static const struct rule any_rules[] = {
	{ ANY,		0,	EITHER,		0,	0 },
	NO_RULES
};

static enum outcome
opened(struct world *w)
{
	return w->got == -1 ? FAILED : SUCCEEDED(fcntl(w->got, F_GETFD) ==
	    FD_CLOEXEC);
}

static enum outcome
run_tcp_connect(struct world *w)
{
	ARM(w->got = tcp_connect(HOST, w->port));
	return opened(w);
}

static enum outcome
run_tcp_connect_two(struct world *w)
{
	ARM(w->got = tcp_connect(NULL, w->port));
	return opened(w);
}

static enum outcome
run_Tcp_connect(struct world *w)
{
	ARM(w->got = Tcp_connect(HOST, w->port));
	return opened(w);
}

static enum outcome
run_udp_connect(struct world *w)
{
	ARM(w->got = udp_connect(HOST, "9"));
	return opened(w);
}

static enum outcome
run_Udp_connect(struct world *w)
{
	ARM(w->got = Udp_connect(HOST, "9"));
	return opened(w);
}

static enum outcome
run_udp_client(struct world *w)
{
	struct sockaddr *addr = NULL;

	ARM(w->got = udp_client(HOST, "9", &addr, &w->len));
	w->memory = addr;
	return opened(w);
}

static enum outcome
run_Udp_client(struct world *w)
{
	struct sockaddr *addr = NULL;

	ARM(w->got = Udp_client(HOST, "9", &addr, &w->len));
	w->memory = addr;
	return opened(w);
}

static enum outcome
run_tcp_listen(struct world *w)
{
	ARM(w->got = tcp_listen(HOST, "0", &w->len));
	return opened(w);
}

static enum outcome
run_tcp_listen_any(struct world *w)
{
	ARM(w->got = tcp_listen(NULL, "0", &w->len));
	return opened(w);
}

static enum outcome
run_Tcp_listen(struct world *w)
{
	ARM(w->got = Tcp_listen(HOST, "0", &w->len));
	return opened(w);
}

static enum outcome
run_udp_server(struct world *w)
{
	ARM(w->got = udp_server(HOST, "0", &w->len));
	return opened(w);
}

static enum outcome
run_udp_server_any(struct world *w)
{
	ARM(w->got = udp_server(NULL, "0", &w->len));
	return opened(w);
}

static enum outcome
run_Udp_server(struct world *w)
{
	ARM(w->got = Udp_server(HOST, "0", &w->len));
	return opened(w);
}

static enum outcome
run_host_serv(struct world *w)
{
	ARM(w->names = host_serv(HOST, "9", AF_INET, SOCK_STREAM));
	return w->names == NULL ? FAILED : OK;
}

static enum outcome
run_Host_serv(struct world *w)
{
	ARM(w->names = Host_serv(HOST, "9", AF_INET, SOCK_STREAM));
	return SUCCEEDED(w->names != NULL);
}

static enum outcome
run_my_addrs(struct world *w)
{
	char **list;
	int family;

	ARM(list = my_addrs(&family));
	w->memory = list;
	return list == NULL ? FAILED : SUCCEEDED(list[0] != NULL);
}

static enum outcome
run_My_addrs(struct world *w)
{
	int family;
	char **list;

	ARM(list = My_addrs(&family));
	w->memory = list;
	return SUCCEEDED(list[0] != NULL);
}

/* The MTU is 0 where it is not known, the index never; an interface may go
 * meanwhile. */
static enum outcome
listed(struct world *w, struct ifi_info *list)
{
	int right = list != NULL;

	for (struct ifi_info *i = list; i != NULL; i = i->ifi_next)
		right = right && i->ifi_addr->sa_family == AF_INET &&
		    (i->ifi_index > 0 || (sweep->fired &&
		    (sweep->error == ENODEV || sweep->error == ENXIO)));
	ARM(free_ifi_info(list));
	return SUCCEEDED(right);
}

static const struct rule ifi_rules[] = {
	{ F_ioctl,	0,	SUCCEEDS,	0,	0 },
	{ F_if_nametoindex, ENODEV, SUCCEEDS,	0,	0 },
	{ F_if_nametoindex, ENXIO, SUCCEEDS,	0,	0 },
	NO_RULES
};

static enum outcome
run_get_ifi_info(struct world *w)
{
	struct ifi_info *list;

	ARM(list = get_ifi_info(AF_INET, 1));
	return list == NULL ? FAILED : listed(w, list);
}

static enum outcome
run_Get_ifi_info(struct world *w)
{
	struct ifi_info *list;

	ARM(list = Get_ifi_info(AF_INET, 1));
	return listed(w, list);
}

static void
an_address(struct world *w)
{
	struct sockaddr_in *sin = (struct sockaddr_in *)&w->addr;

	sin->sin_family = AF_INET;
	sin->sin_port = htons(80);
	sin->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	w->len = sizeof(*sin);
}

static void
an_address6(struct world *w)
{
	struct sockaddr_in6 *sin6 = (struct sockaddr_in6 *)&w->addr;

	sin6->sin6_family = AF_INET6;
	sin6->sin6_scope_id = 1;
	sin6->sin6_addr = in6addr_loopback;
	w->len = sizeof(*sin6);
}

static enum outcome
run_sock_ntop(struct world *w)
{
	char *text;

	ARM(text = sock_ntop((SA *)&w->addr, w->len));
	if (text == NULL)
		return FAILED;
	return SUCCEEDED(strcmp(text, "127.0.0.1:80") == 0);
}

/* A zone without a name has its number. */
static enum outcome
run_sock_ntop6(struct world *w)
{
	char *text;

	ARM(text = sock_ntop((SA *)&w->addr, w->len));
	if (text == NULL)
		return FAILED;
	return SUCCEEDED(strncmp(text, "::1%", 4) == 0 && text[4] != '\0');
}

static enum outcome
run_sock_ntop_r(struct world *w)
{
	char *text;

	ARM(text = sock_ntop_r((SA *)&w->addr, w->len, w->buf,
	    sizeof(w->buf)));
	if (text == NULL)
		return FAILED;
	return SUCCEEDED(strcmp(text, "127.0.0.1:80") == 0);
}

static enum outcome
run_sock_ntop_host(struct world *w)
{
	char *text;

	ARM(text = sock_ntop_host((SA *)&w->addr, w->len));
	if (text == NULL)
		return FAILED;
	return SUCCEEDED(strcmp(text, "127.0.0.1") == 0);
}

static enum outcome
run_Sock_ntop(struct world *w)
{
	char *text;

	ARM(text = Sock_ntop((SA *)&w->addr, w->len));
	return SUCCEEDED(strcmp(text, "127.0.0.1:80") == 0);
}

static enum outcome
run_Sock_ntop_host(struct world *w)
{
	char *text;

	ARM(text = Sock_ntop_host((SA *)&w->addr, w->len));
	return SUCCEEDED(strcmp(text, "127.0.0.1") == 0);
}

static const struct rule ntop_rules[] = {
	{ F_if_indextoname, 0,	SUCCEEDS,	0,	0 },
	NO_RULES
};

static enum outcome
run_sock_bind_wild(struct world *w)
{
	ARM(w->n = sock_bind_wild(w->fd, AF_INET));
	return w->n == -1 ? FAILED : SUCCEEDED(w->n > 0);
}

static enum outcome
run_Sock_bind_wild(struct world *w)
{
	ARM(w->n = Sock_bind_wild(w->fd, AF_INET));
	return SUCCEEDED(w->n > 0);
}

static enum outcome
run_sockfd_to_family(struct world *w)
{
	ARM(w->n = sockfd_to_family(w->fd));
	return w->n == -1 ? FAILED : SUCCEEDED(w->n == AF_INET);
}

static enum outcome
run_Sockfd_to_family(struct world *w)
{
	ARM(w->n = Sockfd_to_family(w->fd));
	return SUCCEEDED(w->n == AF_INET);
}

/*
 * Multicast, on the loopback interface.
 */
static void
to_join(struct world *w)
{
	struct sockaddr_in *sin = (struct sockaddr_in *)&w->addr;

	a_udp_socket(w);
	sin->sin_family = AF_INET;
	sin->sin_addr.s_addr = htonl(0xefff0102);	/* 239.255.1.2 */
	w->len = sizeof(*sin);
}

static const struct sockaddr_in the_source = { .sin_family = AF_INET };
#define SOURCE	(const SA *)source_address(), sizeof(the_source)

static const struct sockaddr_in *
source_address(void)
{
	static struct sockaddr_in source;

	source = the_source;
	source.sin_addr.s_addr = htonl(0x7f000002);	/* 127.0.0.2 */
	return &source;
}

#define GROUP	(const SA *)&w->addr, w->len
#define ON_LO	"lo", 0

/* mcast_NAME and Mcast_NAME. */
#define BOTH(name, args)						\
static enum outcome							\
run_mcast_##name(struct world *w)					\
{									\
	ARM(w->n = mcast_##name args);					\
	return w->n == -1 ? FAILED : OK;				\
}									\
static enum outcome							\
run_Mcast_##name(struct world *w)					\
{									\
	ARM((void)Mcast_##name args);					\
	return OK;							\
}
BOTH(join, (w->fd, GROUP, ON_LO))
BOTH(leave, (w->fd, GROUP))
BOTH(join_source_group, (w->fd, SOURCE, GROUP, ON_LO))
BOTH(leave_source_group, (w->fd, SOURCE, GROUP))
BOTH(block_source, (w->fd, SOURCE, GROUP))
BOTH(unblock_source, (w->fd, SOURCE, GROUP))
BOTH(get_if, (w->fd))
BOTH(set_if, (w->fd, ON_LO))
BOTH(get_loop, (w->fd))
BOTH(set_loop, (w->fd, 0))
BOTH(get_ttl, (w->fd))
BOTH(set_ttl, (w->fd, 3))

static const struct rule mcast_rules[] = {
	{ F_if_nametoindex, ENODEV, FAILS_AS,	ENXIO,	0 },
	NO_RULES
};

/* A membership that is not there is looked for on each interface. */
#define LOOKED_FOR							\
	{ F_setsockopt,	EADDRNOTAVAIL, SUCCEEDS, 0,	1 },		\
	{ F_setsockopt,	EINVAL,	SUCCEEDS,	0,	1 },		\
	{ F_setsockopt,	ENODEV,	SUCCEEDS,	0,	1 }

static const struct rule leave_rules[] = {
	LOOKED_FOR,
	NO_RULES
};

/* And where it is nowhere, what the first attempt failed with is reported: with
 * a route to the group or without one it is not the same. */
static const struct rule leave_lo_rules[] = {
	LOOKED_FOR,
	{ F_setsockopt,	EADDRNOTAVAIL, FAILS_SILENTLY, 0, 0 },
	{ F_setsockopt,	EINVAL,	FAILS_SILENTLY,	0,	0 },
	{ F_setsockopt,	ENODEV,	FAILS_SILENTLY,	0,	0 },
	NO_RULES
};

#define MCAST_TWO(name, setup, rules)					\
	{ "mcast_" #name, setup, run_mcast_##name, rules, 0 },		\
	{ "Mcast_" #name, setup, run_Mcast_##name, rules, 0 }

const struct scenario name_scenarios[] = {
	{ "tcp_connect", a_named_server, run_tcp_connect, connect_rules, 0 },
	{ "tcp_connect, two addresses", a_named_server, run_tcp_connect_two,
	    any_rules, 0 },
	{ "Tcp_connect", a_named_server, run_Tcp_connect, connect_rules, 0 },
	{ "udp_connect", NULL, run_udp_connect, udp_rules, 0 },
	{ "Udp_connect", NULL, run_Udp_connect, udp_rules, 0 },
	{ "udp_client", NULL, run_udp_client, NULL, 0 },
	{ "Udp_client", NULL, run_Udp_client, NULL, 0 },
	{ "tcp_listen", NULL, run_tcp_listen, NULL, 0 },
	{ "tcp_listen, any", NULL, run_tcp_listen_any, any_rules, 0 },
	{ "Tcp_listen", NULL, run_Tcp_listen, NULL, 0 },
	{ "udp_server", NULL, run_udp_server, NULL, 0 },
	{ "udp_server, any", NULL, run_udp_server_any, any_rules, 0 },
	{ "Udp_server", NULL, run_Udp_server, NULL, 0 },
	{ "host_serv", NULL, run_host_serv, NULL, 0 },
	{ "Host_serv", NULL, run_Host_serv, NULL, 0 },
	{ "my_addrs", NULL, run_my_addrs, NULL, 0 },
	{ "My_addrs", NULL, run_My_addrs, NULL, 0 },
	{ "get_ifi_info", NULL, run_get_ifi_info, ifi_rules, 0 },
	{ "Get_ifi_info", NULL, run_Get_ifi_info, ifi_rules, 0 },
	{ "sock_ntop", an_address, run_sock_ntop, NULL, 0 },
	{ "sock_ntop, IPv6", an_address6, run_sock_ntop6, ntop_rules, 0 },
	{ "sock_ntop_r", an_address, run_sock_ntop_r, NULL, 0 },
	{ "sock_ntop_host", an_address, run_sock_ntop_host, NULL, 0 },
	{ "Sock_ntop", an_address, run_Sock_ntop, NULL, 0 },
	{ "Sock_ntop_host", an_address, run_Sock_ntop_host, NULL, 0 },
	{ "sock_bind_wild", a_socket, run_sock_bind_wild, NULL, 0 },
	{ "Sock_bind_wild", a_socket, run_Sock_bind_wild, NULL, 0 },
	{ "sockfd_to_family", a_socket, run_sockfd_to_family, NULL, 0 },
	{ "Sockfd_to_family", a_socket, run_Sockfd_to_family, NULL, 0 },
	MCAST_TWO(join, to_join, mcast_rules),
	MCAST_TWO(leave, a_group, leave_rules),
	{ "mcast_leave, lo", a_group_on_lo, run_mcast_leave, leave_lo_rules,
	    0 },
	MCAST_TWO(join_source_group, to_join, mcast_rules),
	MCAST_TWO(leave_source_group, a_source, leave_rules),
	MCAST_TWO(block_source, a_group, leave_rules),
	MCAST_TWO(unblock_source, a_blocked_source, leave_rules),
	MCAST_TWO(get_if, a_udp6_socket, mcast_rules),
	MCAST_TWO(set_if, a_udp_socket, mcast_rules),
	MCAST_TWO(get_loop, a_udp_socket, mcast_rules),
	MCAST_TWO(set_loop, a_udp6_socket, mcast_rules),
	MCAST_TWO(get_ttl, a_udp6_socket, mcast_rules),
	MCAST_TWO(set_ttl, a_udp_socket, mcast_rules),
	{ NULL, NULL, NULL, NULL, 0 }
};
