/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "sweep_run.h"

#include <unprtt.h>

#include <sys/mman.h>

/*
 * Descriptors, files, memory, standard I/O, messages.
 */
#define PAGE	4096

static enum outcome
run_Calloc(struct world *w)
{
	ARM(w->memory = Calloc(3, 5));
	return SUCCEEDED(((char *)w->memory)[14] == 0);
}

static enum outcome
run_Malloc(struct world *w)
{
	ARM(w->memory = Malloc(5));
	return SUCCEEDED(w->memory != NULL);
}

static void
memory(struct world *w)
{
	w->memory = malloc(5);
	memcpy(w->memory, "abcd", 5);
}

/* Where it fails, the old block is still the caller's. */
static enum outcome
run_Realloc(struct world *w)
{
	void *moved;

	ARM(moved = Realloc(w->memory, 500));
	w->memory = moved;
	return SUCCEEDED(strcmp(w->memory, "abcd") == 0);
}

static enum outcome
run_Strdup(struct world *w)
{
	ARM(w->memory = Strdup("abcd"));
	return SUCCEEDED(strcmp(w->memory, "abcd") == 0);
}

static enum outcome
run_Close(struct world *w)
{
	int fd = w->fd;

	w->fd = -1;
	ARM(Close(fd));
	return OK;
}

static const struct rule close_rules[] = {
	{ F_close,	EINTR,	SUCCEEDS,	0,	0 },
	{ F_close,	0,	FAILS,		0,	0 },
	NO_RULES
};

static void
two_sockets(struct world *w)
{
	a_socket(w);
	w->got = dup(w->fd);
}

static enum outcome
run_Dup2(struct world *w)
{
	ARM(Dup2(w->fd, w->got));
	return OK;
}

static enum outcome
run_Dup3(struct world *w)
{
	ARM(Dup3(w->fd, w->got, O_CLOEXEC));
	return SUCCEEDED(fcntl(w->got, F_GETFD) == FD_CLOEXEC);
}

static enum outcome
run_Fcntl(struct world *w)
{
	ARM(w->n = Fcntl(w->fd, F_GETFL, 0));
	return SUCCEEDED(w->n != -1);
}

static const struct rule fcntl_rules[] = {
	{ F_fcntl,	EINTR,	SUCCEEDS,	0,	0 },
	NO_RULES
};

static enum outcome
run_Ioctl(struct world *w)
{
	int n = -1;

	ARM(w->n = Ioctl(w->fd, FIONREAD, &n));
	return SUCCEEDED(n == DATA_LEN);
}

static const struct rule ioctl_rules[] = {
	{ F_ioctl,	EINTR,	SUCCEEDS,	0,	0 },
	NO_RULES
};

static enum outcome
run_Mkstemp(struct world *w)
{
	strcpy(w->buf, "/tmp/sweepXXXXXX");
	ARM(w->got = Mkstemp(w->buf));
	strcpy(w->path, w->buf);
	return SUCCEEDED(w->got != -1);
}

static enum outcome
run_Mmap(struct world *w)
{
	ARM(w->mapped = Mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE |
	    MAP_ANONYMOUS, -1, 0));
	return SUCCEEDED(*(char *)w->mapped == 0);
}

static void
a_page(struct world *w)
{
	w->mapped = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS,
	    -1, 0);
}

static enum outcome
run_Munmap(struct world *w)
{
	ARM(Munmap(w->mapped, PAGE));
	w->mapped = MAP_FAILED;
	return OK;
}

static enum outcome
run_Open(struct world *w)
{
	ARM(w->got = Open(w->path, O_RDWR | O_CREAT, 0600));
	return SUCCEEDED(w->got != -1);
}

static const struct rule open_rules[] = {
	{ F_open,	EINTR,	SUCCEEDS,	0,	0 },
	NO_RULES
};

static enum outcome
run_Pipe(struct world *w)
{
	ARM(Pipe(w->fds));
	return SUCCEEDED(w->fds[0] != -1 && w->fds[1] != -1);
}

static enum outcome
run_Pipe2(struct world *w)
{
	ARM(Pipe2(w->fds, O_CLOEXEC));
	return SUCCEEDED(w->fds[0] != -1 && w->fds[1] != -1);
}

static enum outcome
run_Sysconf(struct world *w)
{
	ARM(w->n = Sysconf(_SC_OPEN_MAX));
	return SUCCEEDED(w->n > 0);
}

static enum outcome
run_Unlink(struct world *w)
{
	ARM(Unlink(w->path));
	return SUCCEEDED(access(w->path, F_OK) == -1);
}

static enum outcome
run_Gettimeofday(struct world *w)
{
	struct timeval now = { 0 };

	ARM(Gettimeofday(&now, NULL));
	return SUCCEEDED(now.tv_sec > 0);
}

static enum outcome
run_gf_time(struct world *w)
{
	char *text;

	ARM(text = gf_time());
	return text == NULL ? FAILED : SUCCEEDED(strlen(text) == 15);
}

static enum outcome
run_Gf_time(struct world *w)
{
	char *text;

	ARM(text = Gf_time());
	return SUCCEEDED(strlen(text) == 15);
}

/*
 * Standard I/O.
 */
static void
a_stream(struct world *w)
{
	a_file_of_data(w);
	w->fp = fdopen(w->fd, "r+");
	w->fd = -1;
}

static enum outcome
run_Fclose(struct world *w)
{
	FILE *fp = w->fp;

	w->fp = NULL;
	ARM(Fclose(fp));
	return OK;
}

static enum outcome
run_Fdopen(struct world *w)
{
	ARM(w->fp = Fdopen(w->fd, "r"));
	w->fd = -1;
	return SUCCEEDED(w->fp != NULL);
}

static enum outcome
run_Fgets(struct world *w)
{
	ARM(Fgets(w->buf, sizeof(w->buf), w->fp));
	return SUCCEEDED(strcmp(w->buf, LINE1) == 0);
}

static enum outcome
run_Fopen(struct world *w)
{
	ARM(w->fp = Fopen(w->path, "w"));
	return SUCCEEDED(w->fp != NULL);
}

static enum outcome
run_Fputs(struct world *w)
{
	ARM(Fputs("abcd", w->fp));
	return OK;
}

/*
 * Messages.  One that is longer than the stack's room is cut where there is no
 * memory, and is always reported.
 */
static enum outcome
run_err_ret(struct world *w)
{
	char text[3000];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	errno = EDOM;
	sweep->arm();
	err_ret("%s", text);
	sweep->disarm();
	w->error = errno;
	return SUCCEEDED(reports == 1 && w->error == EDOM);
}

static const struct rule message_rules[] = {
	{ F_malloc,	0,	SUCCEEDS,	0,	0 },
	{ F_fflush,	0,	SUCCEEDS,	0,	0 },
	NO_RULES
};

/* Standard error takes what it can; errno is kept. */
static enum outcome
run_err_msg(struct world *w)
{
	w->got = dup(STDERR_FILENO);
	w->other = open("/dev/null", O_WRONLY);
	dup2(w->other, STDERR_FILENO);
	unpwrap_error_policy(NULL);
	errno = EDOM;
	sweep->arm();
	err_msg("text");
	sweep->disarm();
	w->error = errno;
	dup2(w->got, STDERR_FILENO);
	return SUCCEEDED(w->error == EDOM);
}

static enum outcome
run_rtt_debug(struct world *w)
{
	struct rtt_info rtt;

	w->got = dup(STDERR_FILENO);
	w->other = open("/dev/null", O_WRONLY);
	dup2(w->other, STDERR_FILENO);
	rtt_d_flag = 1;
	ARM(rtt_init(&rtt); rtt_debug(&rtt));
	dup2(w->got, STDERR_FILENO);
	return OK;
}

const struct scenario unix_scenarios[] = {
	{ "Calloc", NULL, run_Calloc, NULL, 0 },
	{ "Malloc", NULL, run_Malloc, NULL, 0 },
	{ "Realloc", memory, run_Realloc, NULL, 0 },
	{ "Strdup", NULL, run_Strdup, NULL, 0 },
	{ "Close", a_socket, run_Close, close_rules, 0 },
	{ "Dup2", two_sockets, run_Dup2, NULL, 0 },
	{ "Dup3", two_sockets, run_Dup3, NULL, 0 },
	{ "Fcntl", a_socket, run_Fcntl, fcntl_rules, 0 },
	{ "Ioctl", a_pair_of_data, run_Ioctl, ioctl_rules, 0 },
	{ "Mkstemp", NULL, run_Mkstemp, NULL, 0 },
	{ "Mmap", NULL, run_Mmap, NULL, 0 },
	{ "Munmap", a_page, run_Munmap, NULL, 0 },
	{ "Open", a_path, run_Open, open_rules, 0 },
	{ "Pipe", NULL, run_Pipe, NULL, 0 },
	{ "Pipe2", NULL, run_Pipe2, NULL, 0 },
	{ "Sysconf", NULL, run_Sysconf, NULL, 0 },
	{ "Unlink", a_file_of_data, run_Unlink, NULL, 0 },
	{ "Gettimeofday", NULL, run_Gettimeofday, NULL, 0 },
	{ "gf_time", NULL, run_gf_time, NULL, 0 },
	{ "Gf_time", NULL, run_Gf_time, NULL, 0 },
	{ "Fclose", a_stream, run_Fclose, NULL, 0 },
	{ "Fdopen", a_file_of_data, run_Fdopen, NULL, 0 },
	{ "Fgets", a_stream, run_Fgets, NULL, 0 },
	{ "Fopen", a_path, run_Fopen, NULL, 0 },
	{ "Fputs", a_stream, run_Fputs, NULL, 0 },
	{ "err_ret, long", NULL, run_err_ret, message_rules, 0 },
	{ "err_msg, standard error", NULL, run_err_msg, message_rules, 0 },
	{ "rtt_init, rtt_debug", NULL, run_rtt_debug, message_rules, 0 },
	{ NULL, NULL, NULL, NULL, 0 }
};
