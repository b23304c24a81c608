/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "support.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>

#define LONGEST	65507		/* UDP datagram over IPv4 */
#ifdef __linux__
#define LINUX_TOO	6		/* with abstract names */
#else
#define LINUX_TOO	3
#endif

/*
 * Calls as the library sees them: the n-th one from now on (1 is the next)
 * fails where a test has said so.
 */
enum { FORK, SETSID, CHDIR, DUP2, RECVFROM, SENDTO, NCALLS };
static struct {
	int	 when;
	int	 error;
} failures[NCALLS];

static int
fails(int call)
{
	if (failures[call].when == 0 || --failures[call].when > 0)
		return 0;
	errno = failures[call].error;
	return 1;
}

static void
let_fail(int call, int when, int error)
{
	failures[call].when = when;
	failures[call].error = error;
}

pid_t
fork(void)
{
	return fails(FORK) ? -1 : _Fork();
}

pid_t
setsid(void)
{
	return fails(SETSID) ? -1 : (pid_t)syscall(SYS_setsid);
}

int
chdir(const char *path)
{
	return fails(CHDIR) ? -1 : (int)syscall(SYS_chdir, path);
}

int
dup2(int from, int to)
{
	if (fails(DUP2))
		return -1;
	return from == to ? to : (int)syscall(SYS_dup3, from, to, 0);
}

static atomic_int *receptions;	/* shared with a child; NULL: not counted */

ssize_t
recvfrom(int fd, void *restrict buf, size_t n, int flags,
    struct sockaddr *restrict from, socklen_t *restrict len)
{
	if (receptions != NULL)
		atomic_fetch_add(receptions, 1);
	return fails(RECVFROM) ? -1 : syscall(SYS_recvfrom, fd, buf, n, flags,
	    from, len);
}

ssize_t
sendto(int fd, const void *buf, size_t n, int flags, const struct sockaddr *to,
    socklen_t len)
{
	return fails(SENDTO) ? -1 : syscall(SYS_sendto, fd, buf, n, flags, to,
	    len);
}

static volatile sig_atomic_t urgent_bytes;

ssize_t
recv(int fd, void *buf, size_t n, int flags)
{
	ssize_t got = syscall(SYS_recvfrom, fd, buf, n, flags, NULL, NULL);

	if (got == 1 && (flags & MSG_OOB))
		urgent_bytes++;
	return got;
}

static int second_ms = 1000;	/* how long one is to alarm(2) */

unsigned
alarm(unsigned seconds)
{
	int64_t ms = (int64_t)seconds * second_ms;
	struct itimerval timer = { .it_interval = { 0, 0 } }, old;

	timer.it_value.tv_sec = (time_t)(ms / 1000);
	timer.it_value.tv_usec = (suseconds_t)(ms % 1000 * 1000);
	setitimer(ITIMER_REAL, &timer, &old);
	return (unsigned)old.it_value.tv_sec + (old.it_value.tv_usec > 0);
}

/*
 * dg_echo.
 */

struct echo {
	int	 fd;
	struct sockaddr_storage addr, from;
	socklen_t len;
};

static int served_fd;

static void
close_served(int signo)
{
	(void)signo;
	close(served_fd);
}

static void
run_dg_echo(void *arg)
{
	struct echo *echo = arg;

	served_fd = echo->fd;
	signal(SIGUSR1, close_served);
	dg_echo(echo->fd, generic(&echo->from), sizeof(echo->from));
}

/* An echo server at echo->addr. */
static pid_t
start_echo(struct echo *echo)
{
	echo->fd = datagram_socket(&echo->addr, &echo->len, AF_INET);
	socket_timeout(echo->fd, SO_RCVTIMEO, 0);
	return spawn(run_dg_echo, echo);
}

static void
expect_echo(int fd, const struct echo *echo, size_t n)
{
	static char out[LONGEST], in[LONGEST + 1];

	socket_timeout(fd, SO_RCVTIMEO, 10000);
	pattern_fill(out, n, n);
	ck_assert_int_eq(sendto(fd, out, n, 0,
	    (const struct sockaddr *)&echo->addr, echo->len), n);
	ck_assert_int_eq(recv(fd, in, sizeof(in), 0), n);
	ck_assert(pattern_is(in, n, n));
}

/* A socket that is closed is the server's own error. */
static void
end_echo(pid_t server)
{
	int status;

	ck_assert_int_eq(waitpid(server, NULL, WNOHANG), 0);
	kill(server, SIGUSR1);
	status = join(server);
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 1);
}

START_TEST(datagrams_are_echoed)
{
	static const size_t sizes[] = { 1, 0, 4096, 4097, LONGEST };
	struct sockaddr_storage own;
	socklen_t len;
	struct echo echo;
	pid_t server = start_echo(&echo);

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		expect_echo(datagram_socket(&own, &len, AF_INET), &echo,
		    sizes[i]);
	end_echo(server);
}
END_TEST

static const int one_client_s[] = { EINTR, ECONNREFUSED, EHOSTUNREACH,
	ENETUNREACH, EAGAIN };
#define ONE_CLIENT_S	5

START_TEST(error_of_one_client_is_passed_over)
{
	struct sockaddr_storage own;
	socklen_t len;
	struct echo echo;
	pid_t server;

	let_fail(RECVFROM, 1, one_client_s[_i]);
	server = start_echo(&echo);
	let_fail(RECVFROM, 0, 0);
	expect_echo(datagram_socket(&own, &len, AF_INET), &echo, 10);
	end_echo(server);
}
END_TEST

static const int replies_fail[] = { ECONNREFUSED, EHOSTUNREACH, ENETUNREACH,
	EMSGSIZE, EAGAIN, EPERM, EACCES, ENOBUFS, EINVAL, EPIPE };
#define REPLIES_FAIL	10

START_TEST(reply_that_cannot_be_sent_is_passed_over)
{
	struct sockaddr_storage own;
	socklen_t len;
	struct echo echo;
	int fd = datagram_socket(&own, &len, AF_INET);
	pid_t server;
	char buf[10];

	let_fail(SENDTO, 1, replies_fail[_i]);
	server = start_echo(&echo);
	let_fail(SENDTO, 0, 0);
	Sendto(fd, "lost", 4, 0, generic(&echo.addr), echo.len);
	expect_echo(fd, &echo, 10);	/* and not 4 */
	ck_assert_int_eq(recv(fd, buf, sizeof(buf), MSG_DONTWAIT), -1);
	end_echo(server);
}
END_TEST

START_TEST(reply_is_sent_though_interrupted)
{
	struct sockaddr_storage own;
	socklen_t len;
	struct echo echo;
	pid_t server;

	let_fail(SENDTO, 1, EINTR);
	server = start_echo(&echo);
	let_fail(SENDTO, 0, 0);
	expect_echo(datagram_socket(&own, &len, AF_INET), &echo, 10);
	end_echo(server);
}
END_TEST

/* A directory of its own, and an echo server on a UNIX socket in it. */
static char directory[] = "/tmp/unpwrap-test.XXXXXX";

static struct sockaddr_un
unix_name(const char *name)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };

	snprintf(sun.sun_path, sizeof(sun.sun_path), "%s/%s", directory,
	    name);
	return sun;
}

static int
unix_client(const char *name)
{
	struct sockaddr_un sun = unix_name(name);
	int fd = Socket(AF_UNIX, SOCK_DGRAM, 0);

	Bind(fd, generic(&sun), sizeof(sun));
	return fd;
}

static void
leave_directory(void)
{
	static const char *const names[] = { "server", "gone", "client",
	    "server.x", "serve" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct sockaddr_un sun = unix_name(names[i]);

		unlink(sun.sun_path);
	}
	rmdir(directory);
}

static void
open_unix_echo(struct echo *echo)
{
	struct sockaddr_un sun;

	ck_assert(mkdtemp(directory) != NULL);
	sun = unix_name("server");
	echo->fd = unix_client("server");
	memset(&echo->addr, 0, sizeof(echo->addr));
	memcpy(&echo->addr, &sun, sizeof(sun));
	echo->len = sizeof(sun);
}

static pid_t
start_unix_echo(struct echo *echo)
{
	open_unix_echo(echo);
	return spawn(run_dg_echo, echo);
}

static void
count_receptions(void)
{
	receptions = mmap(NULL, sizeof(*receptions), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert(receptions != MAP_FAILED);
}

/* Clients that cannot be answered: with no name, and whose name is gone. */
START_TEST(unix_client_that_is_gone_is_passed_over)
{
	struct echo echo;
	pid_t server = start_unix_echo(&echo);
	struct sockaddr_un gone = unix_name("gone");
	int client = unix_client("client"), fd, dead;
	char buf[10];

	if (_i == 0) {
		fd = Socket(AF_UNIX, SOCK_DGRAM, 0);
	} else {
		fd = unix_client("gone");
		unlink(gone.sun_path);
	}
	Sendto(fd, "lost", 4, 0, generic(&echo.addr), echo.len);
	Sendto(client, "abc", 3, 0, generic(&echo.addr), echo.len);
	socket_timeout(client, SO_RCVTIMEO, 10000);
	dead = recv(client, buf, sizeof(buf), 0) != 3;
	leave_directory();
	ck_assert_msg(!dead, "no echo for the next client");
	end_echo(server);
}
END_TEST

#define MANY	1000		/* more than a socket's queue holds */

/* The others are served: the server does not wait until it reads. */
START_TEST(unix_client_that_does_not_read_is_passed_over)
{
	struct echo echo;
	int deaf, client, dead = 0;
	pid_t server;
	char buf[10];

	count_receptions();
	server = start_unix_echo(&echo);
	if (_i == 1)
		nonblocking(echo.fd);
	deaf = unix_client("gone");
	client = unix_client("client");
	socket_timeout(deaf, SO_SNDTIMEO, SOON_MS);
	socket_timeout(client, SO_RCVTIMEO, SOON_MS);
	for (int i = 0; i < MANY && !dead; i++)
		dead = sendto(deaf, "x", 1, 0, generic(&echo.addr), echo.len)
		    != 1;
	if (!dead)
		dead = sendto(client, "abc", 3, 0, generic(&echo.addr),
		    echo.len) != 3 || recv(client, buf, sizeof(buf), 0) != 3;
	leave_directory();
	if (dead)
		kill(server, SIGKILL);
	ck_assert_msg(!dead, "no echo for the other client");
	end_echo(server);
	ck_assert_int_le(atomic_load(receptions), 3 * MANY);
}
END_TEST

/* Linux says that such a name has a null byte behind its room. */
START_TEST(unix_client_whose_name_fills_its_room_is_served)
{
	struct echo echo = { .fd = -1 };
	pid_t server = start_unix_echo(&echo);
	struct sockaddr_un sun = unix_name("");
	struct sockaddr_storage name = { .ss_family = AF_UNSPEC };
	char path[sizeof(sun.sun_path) + 1] = "";
	size_t used = strlen(sun.sun_path);
	int client = Socket(AF_UNIX, SOCK_DGRAM, 0), dead;
	char buf[10];

	memset(sun.sun_path + used, 'x', sizeof(sun.sun_path) - used);
	memcpy(path, sun.sun_path, sizeof(sun.sun_path));
	memcpy(&name, &sun, sizeof(sun));	/* valgrind looks behind it */
	Bind(client, generic(&name), sizeof(sun));
	socket_timeout(client, SO_RCVTIMEO, SOON_MS);
	Sendto(client, "abc", 3, 0, generic(&echo.addr), echo.len);
	dead = recv(client, buf, sizeof(buf), 0) != 3;
	unlink(path);
	leave_directory();
	ck_assert_msg(!dead, "no echo");
	end_echo(server);
}
END_TEST

#define LITTLE	16

static void
run_dg_echo_with_little_room(void *arg)
{
	struct echo *echo = arg;

	served_fd = echo->fd;
	signal(SIGUSR1, close_served);
	dg_echo(echo->fd, generic(&echo->from), LITTLE);
}

/* What stands behind the room would make the address of the client whole. */
START_TEST(no_address_is_read_on_behind_its_room)
{
	struct sockaddr_un own;
	struct echo echo;
	pid_t server;
	ssize_t got;
	char buf[10];
	int client;

	count_receptions();
	open_unix_echo(&echo);
	own = unix_name("client");
	memcpy(&echo.from, &own, sizeof(own));
	client = unix_client("client");
	server = spawn(run_dg_echo_with_little_room, &echo);
	Sendto(client, "abc", 3, 0, generic(&echo.addr), echo.len);
	ck_assert_soon(atomic_load(receptions) == 2);
	got = recv(client, buf, sizeof(buf), MSG_DONTWAIT);
	leave_directory();
	ck_assert_int_eq(got, -1);
	end_echo(server);
}
END_TEST

/* It waits, and does not ask all the time. */
START_TEST(nonblocking_socket_is_waited_for)
{
	struct sockaddr_storage own;
	socklen_t len;
	struct echo echo;
	pid_t server;
	int fd = datagram_socket(&own, &len, AF_INET);

	count_receptions();
	echo.fd = datagram_socket(&echo.addr, &echo.len, AF_INET);
	nonblocking(echo.fd);
	server = spawn(run_dg_echo, &echo);
	expect_echo(fd, &echo, 10);
	pause_ms(100);
	expect_echo(fd, &echo, 20);
	end_echo(server);
	ck_assert_int_lt(atomic_load(receptions), 50);
}
END_TEST

START_TEST(error_of_the_server_is_fatal)
{
	static const int errors[] = { EBADF, ENOTSOCK, EFAULT, ENOMEM, EINVAL,
		ENOTCONN };
	struct sockaddr_storage from, own;
	socklen_t len;
	static int fd;		/* siglongjmp(3) may lose another */

	fd = datagram_socket(&own, &len, AF_INET);
	let_fail(RECVFROM, 1, errors[_i]);
	ck_assert_fatal(dg_echo(fd, generic(&from), sizeof(from)), errors[_i],
	    "dg_echo error");
}
END_TEST

START_TEST(no_socket_to_echo_on_is_fatal)
{
	struct sockaddr_storage from;

	ck_assert_fatal(dg_echo(-1, generic(&from), sizeof(from)), EBADF,
	    "dg_echo error");
	ck_assert_fatal(dg_echo(Open("/dev/null", O_RDONLY), generic(&from),
	    sizeof(from)), ENOTSOCK, "dg_echo error");
}
END_TEST

/*
 * dg_cli.
 */

static FILE *
text_file(const char *text)
{
	FILE *fp = tmpfile();

	ck_assert(fp != NULL);
	fputs(text, fp);
	rewind(fp);
	return fp;
}

struct client {
	FILE	*fp;
	int	 fd;
	struct sockaddr *server;
	socklen_t len;
};

static void
run_dg_cli(void *arg)
{
	struct client *client = arg;

	dg_cli(client->fp, client->fd, client->server, client->len);
}

START_TEST(dg_cli_prints_the_replies)
{
	struct echo echo;
	pid_t server = start_echo(&echo);
	struct client client = { text_file("one\ntwo\n\nlast"), -1,
	    generic(&echo.addr), echo.len };
	struct captured outcome;

	client.fd = Socket(AF_INET, SOCK_DGRAM, 0);
	capture(&outcome, run_dg_cli, &client);
	ck_assert_int_eq(outcome.status, 0);
	ck_assert_str_eq(outcome.out, "one\ntwo\n\nlast");
	ck_assert_str_eq(outcome.err, "");
	end_echo(server);
}
END_TEST

START_TEST(dg_cli_without_input)
{
	struct sockaddr_in nobody = inet_address("127.0.0.1", 9);
	struct client client = { text_file(""), -1, generic(&nobody),
	    sizeof(nobody) };
	struct captured outcome;

	capture(&outcome, run_dg_cli, &client);
	ck_assert_int_eq(outcome.status, 0);
	ck_assert_str_eq(outcome.out, "");
}
END_TEST

struct stranger {
	int	 server, other;		/* sockets */
};

/* Answers a datagram from another socket, and then from the right one. */
static void
answer_twice(void *arg)
{
	const struct stranger *s = arg;
	struct sockaddr_storage from;
	socklen_t len = sizeof(from);
	char buf[10];
	ssize_t n = recvfrom(s->server, buf, sizeof(buf), 0, generic(&from),
	    &len);

	if (n < 0 || sendto(s->other, "wrong\n", 6, 0, generic(&from), len) !=
	    6 || sendto(s->server, "right\n", 6, 0, generic(&from), len) != 6)
		exit(EXIT_FAILURE);
}

START_TEST(dg_cli_passes_over_strangers)
{
	struct sockaddr_storage addr, other;
	socklen_t len;
	struct stranger s;
	struct client client = { text_file("x\n"), -1, generic(&addr), 0 };
	struct captured outcome;
	char want[200];
	pid_t server;

	s.server = datagram_socket(&addr, &len, AF_INET);
	s.other = datagram_socket(&other, &len, AF_INET);
	if (_i == 1) {		/* with the right port, at another address */
		struct sockaddr_in sin;

		memcpy(&sin, &addr, sizeof(sin));
		sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1);
		s.other = Socket(AF_INET, SOCK_DGRAM, 0);
		Bind(s.other, generic(&sin), sizeof(sin));
		memcpy(&other, &sin, sizeof(sin));
	}
	client.len = len;
	client.fd = Socket(AF_INET, SOCK_DGRAM, 0);
	server = spawn(answer_twice, &s);
	capture(&outcome, run_dg_cli, &client);
	ck_assert_int_eq(join(server), 0);
	ck_assert_int_eq(outcome.status, 0);
	ck_assert_str_eq(outcome.out, "right\n");
	snprintf(want, sizeof(want), "dg_cli: reply from %s is ignored\n",
	    sock_ntop(generic(&other), len));
	ck_assert_msg(strstr(outcome.err, want) != NULL, "%s", outcome.err);
}
END_TEST

/* As the book's unixdgcli01 calls it, with the size of the whole address. */
START_TEST(dg_cli_of_a_unix_socket)
{
	struct echo echo;
	pid_t server = start_unix_echo(&echo);
	struct client client = { text_file("one\ntwo\n"), unix_client("client"),
	    generic(&echo.addr), sizeof(struct sockaddr_un) };
	struct captured outcome;

	socket_timeout(client.fd, SO_RCVTIMEO, 10000);
	capture(&outcome, run_dg_cli, &client);
	leave_directory();
	ck_assert_str_eq(outcome.out, "one\ntwo\n");
	ck_assert_str_eq(outcome.err, "");
	ck_assert_int_eq(outcome.status, 0);
	end_echo(server);
}
END_TEST

/*
 * UNIX sockets: a path, or a name of Linux' own, which begins with a null byte.
 */

static socklen_t
unix_named(struct sockaddr_un *sun, const char *name, int is_abstract)
{
	size_t n;

	*sun = unix_name(name);
	n = strlen(sun->sun_path);
	if (is_abstract)
		sun->sun_path[0] = '\0';
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n);
}

static int
unix_bound(const char *name, int is_abstract)
{
	struct sockaddr_un sun;
	socklen_t len = unix_named(&sun, name, is_abstract);
	int fd = Socket(AF_UNIX, SOCK_DGRAM, 0);

	Bind(fd, generic(&sun), len);
	return fd;
}

/* A sender without a name, and one whose name begins as the server's does, or
 * the other way about. */
START_TEST(dg_cli_passes_over_strangers_of_its_host)
{
	static const char *const others[] = { NULL, "server.x", "serve" };
	const char *name = others[_i % 3];
	int is_abstract = _i >= 3;
	struct sockaddr_un addr, other;
	struct client client = { text_file("x\n"), -1, generic(&addr), 0 };
	char want[200] = "dg_cli: reply from ? is ignored\n";
	struct captured outcome;
	struct stranger s;
	socklen_t len;
	pid_t server;

	ck_assert(mkdtemp(directory) != NULL);
	client.len = unix_named(&addr, "server", is_abstract);
	client.fd = unix_bound("client", is_abstract);
	socket_timeout(client.fd, SO_RCVTIMEO, 5000);
	s.server = unix_bound("server", is_abstract);
	s.other = name != NULL ? unix_bound(name, is_abstract) :
	    Socket(AF_UNIX, SOCK_DGRAM, 0);
	if (name != NULL) {
		len = unix_named(&other, name, is_abstract);
		snprintf(want, sizeof(want), "dg_cli: reply from %s is "
		    "ignored\n", sock_ntop(generic(&other), len));
	}
	server = spawn(answer_twice, &s);
	capture(&outcome, run_dg_cli, &client);
	leave_directory();
	ck_assert_int_eq(join(server), 0);
	ck_assert_str_eq(outcome.out, "right\n");
	ck_assert_msg(strstr(outcome.err, want) != NULL, "%s", outcome.err);
	ck_assert_int_eq(outcome.status, 0);
}
END_TEST

START_TEST(dg_cli_fails)
{
	static struct client client;
	static struct sockaddr_in nobody;

	nobody = inet_address("127.0.0.1", 9);
	client = (struct client){ text_file("x\n"), -1, generic(&nobody),
	    sizeof(nobody) };
	ck_assert_fatal(run_dg_cli(&client), EBADF,
	    "sendto error to 127.0.0.1:9");
	client.fp = text_file("x\n");
	client.fd = Socket(AF_INET, SOCK_DGRAM, 0);
	socket_timeout(client.fd, SO_RCVTIMEO, 50);
	let_fail(RECVFROM, 1, ECONNREFUSED);
	ck_assert_fatal(run_dg_cli(&client), ECONNREFUSED, "recvfrom error");
	client.fp = fopen("/", "r");
	ck_assert_fatal(run_dg_cli(&client), EISDIR, "fgets error");
}
END_TEST

/*
 * daemon_init.
 */

/* What the daemon found, in memory that it shares with the test. */
struct found {
	atomic_int done;
	int	 result, error, descriptors;
	pid_t	 pid, sid;
	int	 is_hangup_ignored;
	int	 is_null[3];
	int	 is_other_open, daemon_proc;
	char	 cwd[100];
	int	 call, when;	/* that is to fail */
	int	 before;	/* descriptors */
};

static struct found *
share(void)
{
	void *shared = mmap(NULL, sizeof(struct found), PROT_READ |
	    PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	ck_assert(shared != MAP_FAILED);
	return shared;
}

static int
is_null(int fd)
{
	struct stat null, st;

	return stat("/dev/null", &null) == 0 && fstat(fd, &st) == 0 &&
	    S_ISCHR(st.st_mode) && st.st_rdev == null.st_rdev &&
	    (fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDWR;
}

static void
become_daemon(void *arg)
{
	struct found *found = arg;
	struct sigaction hangup;

	if (found->when > 0)
		let_fail(found->call, found->when, ENOLCK);
	found->before = open_descriptors();
	found->result = daemon_init("unpwrap-test", LOG_USER);
	found->error = errno;
	found->descriptors = open_descriptors();
	found->pid = getpid();
	found->sid = getsid(0);
	sigaction(SIGHUP, NULL, &hangup);
	found->is_hangup_ignored = hangup.sa_handler == SIG_IGN;
	for (int fd = 0; fd < 3; fd++)
		found->is_null[fd] = is_null(fd);
	found->is_other_open = fcntl(90, F_GETFD) != -1;
	found->daemon_proc = daemon_proc;
	if (getcwd(found->cwd, sizeof(found->cwd)) == NULL)
		found->cwd[0] = '\0';
	atomic_store(&found->done, 1);
}

START_TEST(daemon_is_in_the_background)
{
	struct found *found = share();
	pid_t pid;

	/* Also where the standard descriptors are closed. */
	Dup2(STDOUT_FILENO, 90);
	if (_i == 1)
		close(STDIN_FILENO);
	pid = spawn(become_daemon, found);
	ck_assert_int_eq(join(pid), 0);
	ck_assert_soon(atomic_load(&found->done));
	ck_assert_int_eq(found->result, 0);
	ck_assert_int_ne(found->pid, pid);
	ck_assert_int_ne(found->sid, getsid(0));
	ck_assert_int_ne(found->sid, found->pid);	/* no leader */
	ck_assert_int_eq(found->is_hangup_ignored, 1);
	for (int fd = 0; fd < 3; fd++)
		ck_assert_int_eq(found->is_null[fd], 1);
	ck_assert_int_eq(found->is_other_open, 1);
	ck_assert_int_eq(found->descriptors, found->before + _i);
	ck_assert_int_ne(found->daemon_proc, 0);
	ck_assert_str_eq(found->cwd, "/");
}
END_TEST

START_TEST(daemon_fails)
{
	static const struct {
		int	 call, when;
	} cases[] = {
		{ FORK, 1 }, { FORK, 2 }, { SETSID, 1 }, { CHDIR, 1 },
		{ DUP2, 1 }, { DUP2, 2 }, { DUP2, 3 },
	};
	struct found *found = share();

	found->call = cases[_i].call;
	found->when = cases[_i].when;
	ck_assert_int_eq(join(spawn(become_daemon, found)), 0);
	ck_assert_soon(atomic_load(&found->done));
	ck_assert_int_eq(found->result, -1);
	ck_assert_int_eq(found->error, ENOLCK);
	ck_assert_int_eq(found->descriptors, found->before);
}
END_TEST

static void
become_daemon_without_descriptors(void *arg)
{
	struct found *found = arg;

	limit(RLIMIT_NOFILE, 3);
	become_daemon(found);
	unlimit(RLIMIT_NOFILE);
}

START_TEST(daemon_fails_without_descriptors)
{
	struct found *found = share();

	spawn(become_daemon_without_descriptors, found);
	ck_assert_soon(atomic_load(&found->done));
	ck_assert_int_eq(found->result, -1);
	ck_assert_int_eq(found->error, EMFILE);
}
END_TEST

/* syslog(3) as the library sees it, or as its fortified form. */
static char logged[200];
static const char *log_name;
static int log_facility;

void
openlog(const char *name, int options, int facility)
{
	(void)options;
	log_name = name;
	log_facility = facility;
}

static void __attribute__((__format__(__printf__, 1, 0)))
take_log(const char *format, va_list args)
{
	vsnprintf(logged, sizeof(logged), format, args);
}

void
syslog(int priority, const char *format, ...)
{
	va_list args;

	(void)priority;
	va_start(args, format);
	take_log(format, args);
	va_end(args);
}

void	 __syslog_chk(int priority, int flag, const char *format, ...);

void
__syslog_chk(int priority, int flag, const char *format, ...)
{
	va_list args;

	(void)priority;
	(void)flag;
	va_start(args, format);
	take_log(format, args);
	va_end(args);
}

START_TEST(daemon_of_inetd_logs)
{
	const char name[] = "unpwrap-test";

	ck_assert_int_eq(daemon_proc, 0);
	daemon_inetd(name, LOG_USER);
	ck_assert_int_ne(daemon_proc, 0);
	ck_assert_ptr_eq(log_name, name);
	ck_assert_int_eq(log_facility, LOG_USER);
	err_msg("a message of %d", 7);
	ck_assert_msg(strstr(logged, "a message of 7") != NULL, "%s", logged);

	/* A policy comes first. */
	logged[0] = '\0';
	catch_errors();
	err_msg("another");
	ck_assert_int_eq(caught.reports, 1);
	ck_assert_str_eq(logged, "");
}
END_TEST

/*
 * Heartbeat.
 */

struct beating {
	int	*fds;		/* one is the process's, the other is closed */
	int	 own;
	void	(*beat)(int fd, int seconds, int probes);
	int	 seconds, probes;
};

/* Lives until its heartbeat ends it, or the other end closes. */
static void
beat(void *arg)
{
	const struct beating *b = arg;
	char byte;

	close(b->fds[1 - b->own]);
	b->beat(b->fds[b->own], b->seconds, b->probes);
	if (read(b->fds[b->own], &byte, 1) == 0)
		exit(77);
	exit(EXIT_FAILURE);
}

/* Each keeps the other alive, until one ends. */
START_TEST(hearts_beat)
{
	int fds[2], ended;
	struct beating client = { fds, 0, heartbeat_cli, 1, 2 };
	struct beating server = { fds, 1, heartbeat_serv, 1, 2 };
	pid_t cli, serv;

	tcp_pair(fds);
	serv = spawn(beat, &server);
	cli = spawn(beat, &client);
	close(fds[0]);
	close(fds[1]);
	pause_ms(3500);		/* either would have ended */
	ended = waitpid(serv, NULL, WNOHANG) != 0 ||
	    waitpid(cli, NULL, WNOHANG) != 0;
	ck_assert_int_eq(ended, 0);
	kill(cli, SIGKILL);
	join(cli);
	ck_assert_int_eq(WEXITSTATUS(join(serv)), 77);
}
END_TEST

/* Nobody answers: after one probe more than so many it gives up. */
START_TEST(silence_ends_the_process)
{
	static const struct {
		void	(*beat)(int, int, int);
		const char *message;
		int	 seconds, probes;
	} cases[] = {
		{ heartbeat_cli, "server is unreachable\n", 1, 1 },
		{ heartbeat_serv, "no probes from client\n", 1, 1 },
		{ heartbeat_cli, "server is unreachable\n", 0, 0 },
	};
	int fds[2];
	struct beating b = { fds, 0, cases[_i].beat, cases[_i].seconds,
	    cases[_i].probes };
	int64_t start = now_ms();
	struct captured outcome;
	struct capture c;

	second_ms = 50;
	tcp_pair(fds);
	capture_start(&c, beat, &b);
	capture_end(&c, &outcome);
	ck_assert_int_eq(outcome.status, 0);
	ck_assert_str_eq(outcome.err, cases[_i].message);
	ck_assert_int_ge(now_ms() - start, 2 * 50 - 5);
}
END_TEST

START_TEST(probe_is_answered)
{
	char byte = 0;
	int fds[2];

	tcp_pair(fds);
	heartbeat_serv(fds[1], 100, 1);
	Send(fds[0], "p", 1, MSG_OOB);
	ck_assert_soon(recv(fds[0], &byte, 1, MSG_OOB) == 1);
	ck_assert_int_eq(byte, '1');
	ck_assert_int_gt(alarm(0), 90);
}
END_TEST

struct heart {
	void	(*beat)(int fd, int seconds, int probes);
	int	*fds;
};

/* Two silent periods are allowed: the fourth would be one too many if the
 * answer were not heard.  It ends with 77, and not as who gives up. */
static void
hear_an_answer(void *arg)
{
	const struct heart *heart = arg;

	heart->beat(heart->fds[1], 100, 2);
	raise(SIGALRM);
	raise(SIGALRM);
	if (send(heart->fds[0], "1", 1, MSG_OOB) != 1)
		exit(EXIT_FAILURE);
	while (urgent_bytes == 0)
		pause_ms(1);
	raise(SIGALRM);
	raise(SIGALRM);
	exit(77);
}

START_TEST(answer_ends_the_silence)
{
	static void (*const beats[])(int, int, int) = {
		heartbeat_cli, heartbeat_serv
	};
	int fds[2], status;
	struct heart heart = { beats[_i], fds };

	tcp_pair(fds);
	status = join(spawn(hear_an_answer, &heart));
	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), 77);
}
END_TEST

START_TEST(heartbeat_keeps_errno)
{
	static void (*const beats[])(int, int, int) = {
		heartbeat_cli, heartbeat_serv
	};
	int fds[2];

	tcp_pair(fds);
	beats[_i](fds[1], 100, 5);
	errno = EDOM;
	raise(SIGALRM);
	ck_assert_int_eq(errno, EDOM);
	raise(SIGURG);		/* with nothing to be had */
	ck_assert_int_eq(errno, EDOM);
	ck_assert_int_gt(alarm(0), 90);
}
END_TEST

START_TEST(beats_do_not_interrupt_each_other)
{
	static const int signals[] = { SIGALRM, SIGURG };
	struct sigaction action;
	int fds[2];

	tcp_pair(fds);
	if (_i == 0)
		heartbeat_cli(fds[0], 100, 5);
	else
		heartbeat_serv(fds[0], 100, 5);
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(sigaction(signals[i], NULL, &action), 0);
		for (int j = 0; j < 2; j++)
			ck_assert_int_eq(sigismember(&action.sa_mask,
			    signals[j]), 1);
	}
	alarm(0);
}
END_TEST

START_TEST(heartbeat_fails_by_the_policy)
{
	ck_assert_fatal(heartbeat_cli(-1, 1, 1), EBADF,
	    "heartbeat: fcntl error");
	ck_assert_fatal(heartbeat_serv(-1, 1, 1), EBADF,
	    "heartbeat: fcntl error");
	ck_assert_int_eq(alarm(0), 0);
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *tc = add_case(suite, "dg_echo");

	tcase_add_test(tc, datagrams_are_echoed);
	tcase_add_loop_test(tc, error_of_one_client_is_passed_over, 0,
	    ONE_CLIENT_S);
	tcase_add_loop_test(tc, reply_that_cannot_be_sent_is_passed_over, 0,
	    REPLIES_FAIL);
	tcase_add_test(tc, reply_is_sent_though_interrupted);
	tcase_add_loop_test(tc, unix_client_that_is_gone_is_passed_over, 0,
	    2);
	tcase_add_loop_test(tc, unix_client_that_does_not_read_is_passed_over,
	    0, 2);
	tcase_add_test(tc, unix_client_whose_name_fills_its_room_is_served);
	tcase_add_test(tc, no_address_is_read_on_behind_its_room);
	tcase_add_test(tc, nonblocking_socket_is_waited_for);
	tcase_add_loop_test(tc, error_of_the_server_is_fatal, 0, 6);
	tcase_add_test(tc, no_socket_to_echo_on_is_fatal);

	tc = add_case(suite, "dg_cli");
	tcase_add_test(tc, dg_cli_prints_the_replies);
	tcase_add_test(tc, dg_cli_without_input);
	tcase_add_loop_test(tc, dg_cli_passes_over_strangers, 0, 2);
	tcase_add_loop_test(tc, dg_cli_passes_over_strangers_of_its_host, 0,
	    LINUX_TOO);
	tcase_add_test(tc, dg_cli_of_a_unix_socket);
	tcase_add_test(tc, dg_cli_fails);

	tc = add_case(suite, "daemon");
	tcase_add_loop_test(tc, daemon_is_in_the_background, 0, 2);
	tcase_add_loop_test(tc, daemon_fails, 0, 7);
	tcase_add_test(tc, daemon_fails_without_descriptors);
	tcase_add_test(tc, daemon_of_inetd_logs);

	tc = add_case(suite, "heartbeat");
	tcase_add_test(tc, hearts_beat);
	tcase_add_loop_test(tc, silence_ends_the_process, 0, 3);
	tcase_add_test(tc, probe_is_answered);
	tcase_add_loop_test(tc, answer_ends_the_silence, 0, 2);
	tcase_add_loop_test(tc, heartbeat_keeps_errno, 0, 2);
	tcase_add_loop_test(tc, beats_do_not_interrupt_each_other, 0, 2);
	tcase_add_test(tc, heartbeat_fails_by_the_policy);
}

int
main(void)
{
	return run_suite("parts", fill);
}
