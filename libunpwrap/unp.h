/*
 * unp.h - the header that programs of "UNIX Network Programming" include
 *
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 *
 * It gives such a program the system headers, constants and short names that it
 * expects.  New programs include <unpwrap.h>, which defines none of them.
 */
#ifndef UNPWRAP_UNP_H
#define UNPWRAP_UNP_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE	/* struct in6_pktinfo, SUN_LEN and others need it */
#endif
#ifndef __APPLE_USE_RFC_3542
#define __APPLE_USE_RFC_3542	1	/* and on macOS this */
#endif

#include <sys/types.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <arpa/inet.h>
#include <net/if.h>

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "unpwrap.h"

/* What the book's configuration finds on a system of today, spelt as there. */
#ifndef IPV4
#define IPV4	1
#endif
#ifndef IPv4
#define IPv4	1
#endif
#ifndef IPV6
#define IPV6	1
#endif
#ifndef IPv6
#define IPv6	1
#endif
#ifndef UNIXDOMAIN
#define UNIXDOMAIN	1
#endif
#ifndef UNIXdomain
#define UNIXdomain	1
#endif
#ifndef MCAST
#define MCAST	1
#endif
#ifndef HAVE_MSGHDR_MSG_CONTROL
#define HAVE_MSGHDR_MSG_CONTROL	1
#endif
#ifndef HAVE_POLL_H
#define HAVE_POLL_H	1
#endif
#ifndef HAVE_PTHREAD_H
#define HAVE_PTHREAD_H	1
#endif
#if defined(ifr_mtu) && !defined(HAVE_STRUCT_IFREQ_IFR_MTU)
#define HAVE_STRUCT_IFREQ_IFR_MTU	1
#endif
#ifndef CPU_VENDOR_OS	/* for people to read */
#if defined(__x86_64__)
#define UNP_CPU_	"x86_64"
#elif defined(__aarch64__)
#define UNP_CPU_	"aarch64"
#else
#define UNP_CPU_	"unknown"
#endif
#if defined(__linux__)
#define CPU_VENDOR_OS	UNP_CPU_ "-unknown-linux"
#elif defined(__APPLE__)
#define CPU_VENDOR_OS	UNP_CPU_ "-apple-darwin"
#elif defined(__FreeBSD__)
#define CPU_VENDOR_OS	UNP_CPU_ "-unknown-freebsd"
#else
#define CPU_VENDOR_OS	UNP_CPU_ "-unknown-unix"
#endif
#endif

#define SA		struct sockaddr
typedef void Sigfunc(int);	/* a signal handler */

#define LISTENQ		1024	/* backlog for listen(2) */
#define MAXLINE		4096	/* longest line of text */
#define BUFFSIZE	8192	/* buffer for reads and writes */

#define SERV_PORT	9877	/* the book's TCP and UDP servers */
#define SERV_PORT_STR	"9877"
#define UNIXSTR_PATH	"/tmp/unix.str"	/* UNIX stream and datagram servers */
#define UNIXDG_PATH	"/tmp/unix.dg"

#define FILE_MODE	(S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH)
#define DIR_MODE	(FILE_MODE | S_IXUSR | S_IXGRP | S_IXOTH)

#ifndef INFTIM
#define INFTIM		(-1)	/* poll(2) without a timeout */
#endif
#ifndef AF_LOCAL
#define AF_LOCAL	AF_UNIX
#endif
#ifndef PF_LOCAL
#define PF_LOCAL	PF_UNIX
#endif
#ifndef SUN_LEN
#define SUN_LEN(addr)	\
	(offsetof(struct sockaddr_un, sun_path) + strlen((addr)->sun_path))
#endif
#ifndef SHUT_RD
#define SHUT_RD		0
#define SHUT_WR		1
#define SHUT_RDWR	2
#endif

/* What recvfrom_flags tells of a datagram. */
struct unp_in_pktinfo {
	struct in_addr	 ipi_addr;	/* the address it was sent to */
	int		 ipi_ifindex;	/* the interface it came by */
};

#ifdef __cplusplus
extern "C" {
#endif
/* The programs of sections 27.3 and 27.7 define these themselves, each in a
 * file of its own. */
unsigned char *inet_srcrt_init(int type);
int	 inet_srcrt_add(char *host);
void	 inet_srcrt_print(unsigned char *options, int len);
void	 inet6_srcrt_print(void *header);
#ifdef __cplusplus
}
#endif

#ifndef __cplusplus	/* where they would break the standard library */
#ifndef min
#define min(a, b)	((a) < (b) ? (a) : (b))
#endif
#ifndef max
#define max(a, b)	((a) > (b) ? (a) : (b))
#endif
#endif

#endif
