/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "acceptor.h"
#include "blocking.h"
#include "cheap_fork.h"
#include "children.h"
#include "log.h"
#include "model.h"
#include "oom.h"
#include "stack_buffer.h"

#include <sys/wait.h>

#include <errno.h>
#include <signal.h>
#include <unistd.h>

/* For the handler. */
static struct server *server;
static struct children children;	/* where sources are counted */

/* The handler of SIGCHLD: the book's loop, and the account of each child.  One
 * that ended by itself has counted its own end. */
static void
reap(int signo)
{
	int error = errno, status;
	pid_t pid;

	(void)signo;
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
			count(&server->part->ended[CAUSE_KILLED], 1);
		count_gone(server, children_remove(&children, pid));
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
	while (atomic_load(&server->part->current) > 0)
		sigsuspend(&old);
	sigprocmask(SIG_SETMASK, &old, NULL);
}

static void __attribute__((__noreturn__))
serve_in_child(int fd, const struct peer *peer,
    char *buffer, pid_t worker)
{
	unpwrap_end_with_parent(worker);
	prefer_for_oom_kill(OOM_CHILD);
	for (unsigned i = 0; i < server->nlisten; i++)
		close(server->listenfds[i]);
	serve_blocking(server, fd, peer, buffer);
	_exit(0);
}

/* A child that ends before it is in the list must not be reaped yet. */
static pid_t
fork_listed(const struct peer *peer)
{
	sigset_t chld, old;
	pid_t pid = -1;

	if (server->sources == NULL)
		return cheap_fork();
	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	sigprocmask(SIG_BLOCK, &chld, &old);
	if (children_make_room(&children) == 0)
		pid = cheap_fork();
	if (pid > 0)
		children_add(&children, pid, sources_key(&peer->addr.any));
	sigprocmask(SIG_SETMASK, &old, NULL);
	return pid;
}

static int
serve_with(void *arg, char *buffer)
{
	pid_t worker = getpid(), child;
	struct acceptor acceptor;
	struct peer peer;
	int fd;

	(void)arg;
	if (acceptor_open(&acceptor, server, 0) == -1) {
		log_error("cannot serve", errno);
		return 1;
	}
	while ((fd = acceptor_next(&acceptor, &peer)) >= 0) {
		child = fork_listed(&peer);
		if (child == 0)
			serve_in_child(fd, &peer, buffer, worker);
		if (child == -1) {
			log_error("cannot fork", errno);
			count_gone(server, sources_key(&peer.addr.any));
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
serve_fork(struct server *given)
{
	server = given;
	catch_children();
	cheap_fork_prepare(server);
	return with_stack_buffer(serve_with, NULL);
}
