/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "acceptor.h"
#include "blocking.h"
#include "cheap_fork.h"
#include "log.h"
#include "model.h"
#include "oom.h"
#include "stack_buffer.h"

#include <sys/wait.h>

#include <errno.h>
#include <signal.h>
#include <unistd.h>

static struct stats_part *part;		/* for the handler */

/* The handler of SIGCHLD: the book's loop, and the account of each child.  One
 * that ended by itself has counted its own end. */
static void
reap(int signo)
{
	int error = errno, status;

	(void)signo;
	while (waitpid(-1, &status, WNOHANG) > 0) {
		if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
			count(&part->ended[CAUSE_KILLED], 1);
		atomic_fetch_sub(&part->current, 1);
	}
	errno = error;
}

static void
catch_children(void)
{
	struct sigaction action = {
		.sa_handler = reap, .sa_flags = SA_RESTART | SA_ONSTACK,
	};

	sigemptyset(&action.sa_mask);
	sigaction(SIGCHLD, &action, NULL);
}

/* Children that have not ended by the drain time go with our process group. */
static void
wait_for_children(void)
{
	sigset_t chld, old;

	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	sigprocmask(SIG_BLOCK, &chld, &old);
	while (atomic_load(&part->current) > 0)
		sigsuspend(&old);
	sigprocmask(SIG_SETMASK, &old, NULL);
}

static void __attribute__((__noreturn__))
serve_in_child(struct server *server, int fd, const struct peer *peer,
    char *buffer, pid_t worker)
{
	unpwrap_end_with_parent(worker);
	prefer_for_oom_kill(OOM_CHILD);
	for (unsigned i = 0; i < server->nlisten; i++)
		close(server->listenfds[i]);
	serve_blocking(server, fd, peer, buffer);
	_exit(0);
}

static int
serve_with(void *arg, char *buffer)
{
	struct server *server = arg;
	pid_t worker = getpid(), child;
	struct acceptor acceptor;
	struct peer peer;
	int fd;

	if (acceptor_open(&acceptor, server, 0) == -1) {
		log_error("cannot serve", errno);
		return 1;
	}
	while ((fd = acceptor_next(&acceptor, &peer)) >= 0) {
		child = cheap_fork();
		if (child == 0)
			serve_in_child(server, fd, &peer, buffer, worker);
		if (child == -1) {
			log_error("cannot fork", errno);
			atomic_fetch_sub(&part->current, 1);
			refuse_connection(server, fd);
		} else {
			close(fd);
		}
	}
	wait_for_children();
	acceptor_close(&acceptor);
	return 0;
}

int
serve_fork(struct server *server)
{
	part = server->part;
	catch_children();
	cheap_fork_prepare(server);
	return with_stack_buffer(serve_with, server);
}
