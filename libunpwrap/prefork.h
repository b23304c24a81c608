/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * The supervisor of unpwrap_prefork: its workers, and what it does with them.
 */
#ifndef UNPWRAP_PREFORK_H
#define UNPWRAP_PREFORK_H

#include "internal.h"

#include <sys/types.h>

#define PREFORK_NEVER		INT64_MAX
#define PREFORK_DELAY_MS	100	/* until a failing start is made again:
					   doubled each time */

enum slot_state {
	SLOT_FREE,
	SLOT_STARTING,		/* not yet known to have survived its start */
	SLOT_READY,
	SLOT_LEAVING,		/* told to finish */
	SLOT_KILLED
};

struct slot {
	enum slot_state state;
	pid_t	 pid;
	int	 fd;		/* its end of the worker's stopfd; -1: closed */
	unsigned generation;
	unsigned number;	/* the worker's */
	int64_t	 due;		/* STARTING: is ready then; LEAVING: is killed
				   then; otherwise PREFORK_NEVER */
};

struct supervisor {
	const struct unpwrap_prefork *conf;
	struct slot *slots;	/* nslots of them */
	struct pollfd *ready;	/* room for one more */
	unsigned nslots;
	unsigned generation;	/* SIGHUP begins a new one */
	int64_t	 start_at;	/* no worker is started before */
	unsigned failures;	/* starts in a row that failed, */
	unsigned alone;		/* and with no worker ready */
	int64_t	 failed_until;	/* a failure before then is the same one */
	int64_t	 second;	/* the one that deaths counts in */
	unsigned deaths;	/* in it, of workers that were ready */
	unsigned finished;	/* once: workers that need no replacement */
	int	 stopping;
	int	 killed;	/* a worker, while stopping */
	int	 error;		/* why we stop; 0: we were asked to */
};

static inline void
prefork_tell(const struct supervisor *s, struct unpwrap_event event)
{
	if (s->conf->event != NULL)
		s->conf->event(&event, s->conf->arg);
}

/* Serving, as far as we know. */
static inline int
prefork_is_up(const struct slot *slot)
{
	return slot->state == SLOT_STARTING || slot->state == SLOT_READY;
}

/* prefork.c: how many slots are in that state. */
unsigned prefork_count(const struct supervisor *, enum slot_state)
	    INTERNAL(prefork_count);

/* prefork_start.c: starts the workers that are missing, if they may be started
 * by now. */
void	 prefork_start_missing(struct supervisor *, int64_t now)
	    INTERNAL(prefork_start_missing);

/* prefork_end.c: how workers end.  The first two: all of them leave, or are
 * killed, and none is started any more. */
void	 prefork_stop(struct supervisor *) INTERNAL(prefork_stop);
void	 prefork_stop_at_once(struct supervisor *)
	    INTERNAL(prefork_stop_at_once);
/* After SIGHUP: for each worker of the new generation that is ready, the one of
 * an older generation goes, so that the number that serves never falls. */
void	 prefork_retire_old(struct supervisor *) INTERNAL(prefork_retire_old);
void	 prefork_kill(struct supervisor *, struct slot *)
	    INTERNAL(prefork_kill);
void	 prefork_became_ready(struct supervisor *, struct slot *)
	    INTERNAL(prefork_became_ready);
/* What the worker says on its stopfd. */
void	 prefork_hear(struct supervisor *, struct slot *)
	    INTERNAL(prefork_hear);
/* Those that have ended. */
void	 prefork_reap(struct supervisor *) INTERNAL(prefork_reap);

/* prefork_signals.c: the supervisor's signals, counted and on a descriptor; one
 * supervisor in a process.  open returns -1 as pipe(2) does; close brings back
 * the caller's dispositions and mask, and keeps errno. */
int	 prefork_signals_open(void) INTERNAL(prefork_signals_open);
void	 prefork_signals_close(void) INTERNAL(prefork_signals_close);
/* In a child, which is to leave the pipe to its parent. */
void	 prefork_signals_forget(void) INTERNAL(prefork_signals_forget);
/* Readable once a signal has come. */
int	 prefork_signals_fd(void) INTERNAL(prefork_signals_fd);
/* How often each has come since the last call: came[signo], of NSIG. */
void	 prefork_signals_take(unsigned came[]) INTERNAL(prefork_signals_take);
/* None comes in between; not to be nested. */
void	 prefork_signals_hold(void) INTERNAL(prefork_signals_hold);
void	 prefork_signals_release(void) INTERNAL(prefork_signals_release);

/* prefork_worker.c: what a worker does, from its birth to its _exit. */
void	 prefork_worker_run(const struct unpwrap_prefork *prefork,
	    const struct unpwrap_worker *, pid_t supervisor)
	    INTERNAL(prefork_worker_run) UNPWRAP_NORETURN;
#define WORKER_IS_READY		'+'	/* what it writes into its stopfd */
#define WORKER_RETIRES		'-'

#endif
