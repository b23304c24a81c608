/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * A reliable echo client on UDP: what is not answered in time is sent again.
 * Usage: PROGRAM [HOST [PORT]]
 *
 * Each datagram carries a sequence number, by which its reply is told from one
 * that is late or double, and the time at which it was sent, so that the round
 * trip is measured also where a packet was sent twice (Karn's problem).  The
 * timeout follows what was measured (Jacobson), and doubles at each loss.
 */
#include <unprtt.h>

struct packet {
	uint32_t seq;
	uint32_t ts;		/* milliseconds, by rtt_ts */
	char	 line[MAXLINE];
};
#define HEADER	offsetof(struct packet, line)

static struct rtt_info rtt;

/* Waits for the reply to a request of size bytes; returns 0 if none comes in so
 * many seconds.  Other datagrams do not restart the wait. */
static int
get_reply(int fd, const struct packet *request, size_t size, int seconds,
    struct packet *reply)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	uint32_t limit = 1000 * (uint32_t)seconds, start = rtt_ts(&rtt), used;

	while ((used = rtt_ts(&rtt) - start) < limit) {
		if (Poll(&ready, 1, (int)(limit - used)) == 0)
			break;
		if (Recv(fd, reply, sizeof(*reply), 0) == (ssize_t)size &&
		    reply->seq == request->seq)
			return 1;
	}
	return 0;
}

static void
ask(int fd, struct packet *request, size_t size, struct packet *reply)
{
	int seconds;

	rtt_newpack(&rtt);
	request->seq = htonl(ntohl(request->seq) + 1);
	for (;;) {
		request->ts = htonl(rtt_ts(&rtt));
		seconds = rtt_start(&rtt);
		Send(fd, request, size, 0);
		if (get_reply(fd, request, size, seconds, reply))
			break;
		if (rtt_timeout(&rtt) == -1)
			err_quit("no reply: giving up");
		err_msg("no reply in %d s: sending it again", seconds);
	}
	rtt_stop(&rtt, rtt_ts(&rtt) - ntohl(reply->ts));
}

/* The socket is connected: the kernel drops what others send, and "no such
 * port" is an error at once, not a timeout. */
int
main(int argc, char *argv[])
{
	struct packet request = { .seq = 0 }, reply;
	size_t len;
	int fd;

	if (argc > 3)
		err_quit("usage: %s [HOST [PORT]]", argv[0]);
	fd = Udp_connect(argc > 1 ? argv[1] : "localhost",
	    argc > 2 ? argv[2] : SERV_PORT_STR);
	rtt_init(&rtt);
	while (Fgets(request.line, sizeof(request.line), stdin) != NULL) {
		len = strlen(request.line);
		ask(fd, &request, HEADER + len, &reply);
		Write(STDOUT_FILENO, reply.line, len);
	}
	return 0;
}
