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

#ifndef __cplusplus	/* where they would break the standard library */
#ifndef min
#define min(a, b)	((a) < (b) ? (a) : (b))
#endif
#ifndef max
#define max(a, b)	((a) > (b) ? (a) : (b))
#endif
#endif

#endif
