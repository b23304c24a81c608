/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "sweep_run.h"

#include <sys/mman.h>
#include <net/if.h>
#include <termios.h>

/*
 * What scenarios begin with.  The library under test is not asked for it.
 */

static void
must(int condition)
{
	if (!condition)
		_exit(NO_SETUP);	/* the machine, not the library */
}

void
world_begin(struct world *w)
{
	memset(w, 0, sizeof(*w));
	w->fd = w->peer = w->other = w->got = w->fds[0] = w->fds[1] = -1;
	w->old_out = -1;
	w->mapped = MAP_FAILED;
}

void
world_end(struct world *w)
{
	int fds[] = { w->fd, w->peer, w->other, w->got, w->fds[0],
	    w->fds[1] };

	if (w->old_out != -1) {
		fflush(stdout);
		dup2(w->old_out, STDOUT_FILENO);
		close(w->old_out);
	}
	if (w->has_heartbeat) {
		alarm(0);
		signal(SIGALRM, SIG_DFL);
		signal(SIGURG, SIG_DFL);
	}
	if (w->has_mutex)
		pthread_mutex_unlock(&the_mutex);
	if (w->has_thread)
		pthread_join(w->thread, NULL);
	if (w->fp != NULL)
		fclose(w->fp);
	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
		if (fds[i] != -1)
			close(fds[i]);
	free(w->memory);
	if (w->mapped != MAP_FAILED)
		munmap(w->mapped, 4096);
	if (w->names != NULL)
		freeaddrinfo(w->names);
	if (w->path[0] != '\0')
		unlink(w->path);
	if (w->child > 0) {
		kill(w->child, SIGKILL);
		waitpid(w->child, NULL, 0);
	}
}

static void
not_waiting(int fd)
{
	must(fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK) != -1);
}

static void
fill(int fd)
{
	must(write(fd, DATA, DATA_LEN) == (ssize_t)DATA_LEN);
}

void
a_socket(struct world *w)
{
	w->fd = socket(AF_INET, SOCK_STREAM, 0);
	must(w->fd != -1);
}

void
a_udp_socket(struct world *w)
{
	w->fd = socket(AF_INET, SOCK_DGRAM, 0);
	must(w->fd != -1);
}

void
a_udp6_socket(struct world *w)
{
	w->fd = socket(AF_INET6, SOCK_DGRAM, 0);
	must(w->fd != -1);
}

static void
set_address(struct world *w, const char *text, int port)
{
	struct sockaddr_in *sin = (struct sockaddr_in *)&w->addr;

	sin->sin_family = AF_INET;
	sin->sin_port = htons((in_port_t)port);
	must(inet_pton(AF_INET, text, &sin->sin_addr) == 1);
	w->len = sizeof(*sin);
}

static struct group_source_req
source_request(const struct world *w)
{
	struct group_source_req request;
	struct sockaddr_in source = { .sin_family = AF_INET };

	memset(&request, 0, sizeof(request));
	must(inet_pton(AF_INET, "127.0.0.2", &source.sin_addr) == 1);
	memcpy(&request.gsr_group, &w->addr, w->len);
	memcpy(&request.gsr_source, &source, sizeof(source));
	return request;
}

static void
join(struct world *w, unsigned index)
{
	struct group_req request;

	a_udp_socket(w);
	set_address(w, "239.255.1.2", 0);
	memset(&request, 0, sizeof(request));
	request.gr_interface = index;
	memcpy(&request.gr_group, &w->addr, w->len);
	must(setsockopt(w->fd, IPPROTO_IP, MCAST_JOIN_GROUP, &request,
	    sizeof(request)) == 0);
}

void
a_group(struct world *w)
{
	join(w, 0);
}

void
a_group_on_lo(struct world *w)
{
	unsigned index = if_nametoindex("lo");

	must(index != 0);
	join(w, index);
}

void
a_source(struct world *w)
{
	struct group_source_req request;

	a_udp_socket(w);
	set_address(w, "239.255.1.2", 0);
	request = source_request(w);
	must(setsockopt(w->fd, IPPROTO_IP, MCAST_JOIN_SOURCE_GROUP, &request,
	    sizeof(request)) == 0);
}

void
a_blocked_source(struct world *w)
{
	struct group_source_req request;

	a_group(w);
	request = source_request(w);
	must(setsockopt(w->fd, IPPROTO_IP, MCAST_BLOCK_SOURCE, &request,
	    sizeof(request)) == 0);
}

void
a_pair(struct world *w)
{
	int fds[2];

	must(socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == 0);
	w->fd = fds[0];
	w->peer = fds[1];
}

void
a_pair_not_waiting(struct world *w)
{
	a_pair(w);
	not_waiting(w->fd);
}

void
a_pipe(struct world *w)
{
	int fds[2];

	must(pipe(fds) == 0);
	w->fd = fds[1];
	w->peer = fds[0];
}

/* Bytes pass as they are. */
void
a_terminal(struct world *w)
{
	struct termios mode;

	w->peer = posix_openpt(O_RDWR | O_NOCTTY);
	must(w->peer != -1 && grantpt(w->peer) == 0 && unlockpt(w->peer) == 0);
	w->fd = open(ptsname(w->peer), O_RDWR | O_NOCTTY);
	must(w->fd != -1 && tcgetattr(w->fd, &mode) == 0);
	mode.c_oflag &= ~(tcflag_t)OPOST;
	must(tcsetattr(w->fd, TCSANOW, &mode) == 0);
}

void
a_pipe_not_waiting(struct world *w)
{
	a_pipe(w);
	not_waiting(w->fd);
}

void
a_pair_of_data(struct world *w)
{
	a_pair(w);
	fill(w->peer);
	must(shutdown(w->peer, SHUT_WR) == 0);
}

void
a_pair_of_data_not_waiting(struct world *w)
{
	a_pair_of_data(w);
	not_waiting(w->fd);
}

void
a_pipe_of_data(struct world *w)
{
	int fds[2];

	must(pipe(fds) == 0);
	fill(fds[1]);
	must(close(fds[1]) == 0);
	w->fd = fds[0];
}

void
a_pipe_of_data_not_waiting(struct world *w)
{
	a_pipe_of_data(w);
	not_waiting(w->fd);
}

void
a_path(struct world *w)
{
	snprintf(w->path, sizeof(w->path), "/tmp/sweep.%ld", (long)getpid());
	unlink(w->path);
}

void
a_file_of_data(struct world *w)
{
	a_path(w);
	w->fd = open(w->path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	must(w->fd != -1);
	fill(w->fd);
	must(lseek(w->fd, 0, SEEK_SET) == 0);
}

/* At a free port of the loopback; addr is where. */
static int
bound(struct world *w, int type)
{
	int fd = socket(AF_INET, type, 0);

	set_address(w, "127.0.0.1", 0);
	must(fd != -1 && bind(fd, (SA *)&w->addr, w->len) == 0);
	must(getsockname(fd, (SA *)&w->addr, &w->len) == 0);
	return fd;
}

void
a_udp_pair(struct world *w)
{
	w->fd = bound(w, SOCK_DGRAM);
	w->peer = socket(AF_INET, SOCK_DGRAM, 0);
	must(connect(w->peer, (SA *)&w->addr, w->len) == 0);
	w->len = sizeof(w->addr);
	must(getsockname(w->peer, (SA *)&w->addr, &w->len) == 0);
	must(connect(w->fd, (SA *)&w->addr, w->len) == 0);
}

void
a_datagram(struct world *w)
{
	a_udp_pair(w);
	must(send(w->peer, DATA, DATA_LEN, 0) == (ssize_t)DATA_LEN);
}

void
a_listener(struct world *w)
{
	w->fd = bound(w, SOCK_STREAM);
	must(listen(w->fd, 5) == 0);
	w->peer = socket(AF_INET, SOCK_STREAM, 0);
	must(connect(w->peer, (SA *)&w->addr, w->len) == 0);
}

void
a_listener_not_waiting(struct world *w)
{
	a_listener(w);
	not_waiting(w->fd);
}

void
a_tcp_pair(struct world *w)
{
	int listener;

	a_listener(w);
	listener = w->fd;
	w->fd = accept(listener, NULL, NULL);
	must(w->fd != -1 && close(listener) == 0);
}

void
a_named_server(struct world *w)
{
	w->peer = bound(w, SOCK_STREAM);
	must(listen(w->peer, 5) == 0);
	snprintf(w->port, sizeof(w->port), "%d",
	    ntohs(((struct sockaddr_in *)&w->addr)->sin_port));
}

void
a_server(struct world *w)
{
	a_named_server(w);
	a_socket(w);
}

/* Under a name that Linux makes up. */
void
a_unix_server(struct world *w)
{
	w->peer = socket(AF_UNIX, SOCK_STREAM, 0);
	w->addr.ss_family = AF_UNIX;
	must(bind(w->peer, (SA *)&w->addr, sizeof(sa_family_t)) == 0);
	w->len = sizeof(w->addr);
	must(getsockname(w->peer, (SA *)&w->addr, &w->len) == 0);
	must(listen(w->peer, 5) == 0);
	w->fd = socket(AF_UNIX, SOCK_STREAM, 0);
}

void
a_child(struct world *w)
{
	w->child = fork();
	must(w->child != -1);
	if (w->child == 0)
		_exit(7);
	must(waitid(P_PID, (id_t)w->child, &(siginfo_t){ 0 }, WEXITED |
	    WNOWAIT) == 0);
}

/* Never returns. */
static void
echo(int fd)
{
	char buf[256];
	ssize_t n;

	while ((n = read(fd, buf, sizeof(buf))) > 0)
		if (write(fd, buf, (size_t)n) != n)
			break;
	_exit(0);
}

static void
echo_peer(struct world *w)
{
	w->child = fork();
	must(w->child != -1);
	if (w->child == 0) {
		close(w->fd);
		echo(w->peer);
	}
	close(w->peer);
	w->peer = -1;
}

void
an_echo(struct world *w)
{
	a_pair(w);
	echo_peer(w);
	output_to_file(w);
}

void
a_udp_echo(struct world *w)
{
	a_udp_pair(w);
	echo_peer(w);
	output_to_file(w);
}

/* Both with DATA to read in fp. */
void
output_to_file(struct world *w)
{
	FILE *data = tmpfile();

	must(data != NULL && fputs(DATA, data) != EOF);
	rewind(data);
	w->fp = data;
	snprintf(w->path, sizeof(w->path), "/tmp/sweep.%ld", (long)getpid());
	w->got = open(w->path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	w->old_out = dup(STDOUT_FILENO);
	must(w->got != -1 && w->old_out != -1);
	must(fflush(stdout) == 0 && dup2(w->got, STDOUT_FILENO) != -1);
}

pthread_mutex_t the_mutex = PTHREAD_MUTEX_INITIALIZER;
pthread_cond_t the_cond = PTHREAD_COND_INITIALIZER;
volatile int signalled;

static void *
signal_cond(void *unused)
{
	(void)unused;
	pthread_mutex_lock(&the_mutex);
	signalled = 1;
	pthread_cond_signal(&the_cond);
	pthread_mutex_unlock(&the_mutex);
	return NULL;
}

void
a_held_mutex(struct world *w)
{
	signalled = 0;
	must(pthread_mutex_lock(&the_mutex) == 0);
	w->has_mutex = 1;
	must(pthread_create(&w->thread, NULL, signal_cond, NULL) == 0);
	w->has_thread = 1;
}

/* All that is there. */
static size_t
take_all(int fd, char *buf, size_t size)
{
	size_t n = 0;
	ssize_t got;

	not_waiting(fd);
	while (n < size && (got = read(fd, buf + n, size - n)) > 0)
		n += (size_t)got;
	return n;
}

int
peer_has_beginning(struct world *w, size_t n)
{
	char buf[2 * DATA_LEN];
	size_t got = take_all(w->peer, buf, sizeof(buf));

	return got >= n && got <= DATA_LEN && memcmp(buf, DATA, got) == 0;
}

int
peer_has_data(struct world *w)
{
	return peer_has_beginning(w, DATA_LEN);
}

int
rest_is_there(struct world *w, size_t n)
{
	char buf[2 * DATA_LEN];

	if (n > DATA_LEN)
		return 0;
	memcpy(buf, w->buf, n);
	n += take_all(w->fd, buf + n, sizeof(buf) - n);
	return n == DATA_LEN && memcmp(buf, DATA, n) == 0;
}
