/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * Echo on libuv: what is read is written at once (uv_try_write), and a request
 * is allocated for what does not go.
 */
#define _GNU_SOURCE
#include "peer.h"

#include <uv.h>

struct late {
	uv_write_t request;
	uv_stream_t *stream;
	char	 bytes[];
};

static void
lend(uv_handle_t *handle, size_t size, uv_buf_t *buf)
{
	(void)handle;
	(void)size;
	*buf = uv_buf_init(hot, sizeof(hot));
}

static void
gone(uv_handle_t *handle)
{
	free(handle);
}

static void
end(uv_stream_t *stream)
{
	if (!uv_is_closing((uv_handle_t *)stream))
		uv_close((uv_handle_t *)stream, gone);
}

static void	 readable(uv_stream_t *, ssize_t, const uv_buf_t *);

static void
written(uv_write_t *request, int status)
{
	struct late *late = (struct late *)request;

	if (status < 0)
		end(late->stream);
	else
		uv_read_start(late->stream, lend, readable);
	free(late);
}

static void
write_late(uv_stream_t *stream, const char *bytes, size_t n)
{
	struct late *late = malloc(sizeof(*late) + n);
	uv_buf_t buf;

	if (late == NULL)
		fail("memory");
	memcpy(late->bytes, bytes, n);
	late->stream = stream;
	buf = uv_buf_init(late->bytes, (unsigned)n);
	uv_read_stop(stream);
	if (uv_write(&late->request, stream, &buf, 1, written) == 0)
		return;
	free(late);
	end(stream);
}

static void
readable(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
	uv_buf_t out;
	int sent;

	if (n < 0)
		end(stream);
	if (n <= 0)
		return;
	out = uv_buf_init(buf->base, (unsigned)n);
	sent = uv_try_write(stream, &out, 1);
	if (sent == UV_EAGAIN)
		sent = 0;
	if (sent < 0)
		end(stream);
	else if (sent < n)
		write_late(stream, buf->base + sent, (size_t)(n - sent));
}

static void
incoming(uv_stream_t *listener, int status)
{
	uv_tcp_t *tcp;

	if (status < 0)
		return;
	tcp = malloc(sizeof(*tcp));
	if (tcp == NULL || uv_tcp_init(listener->loop, tcp) != 0)
		fail("memory");
	if (uv_accept(listener, (uv_stream_t *)tcp) == 0)
		uv_read_start((uv_stream_t *)tcp, lend, readable);
	else
		end((uv_stream_t *)tcp);
}

int
main(void)
{
	uv_loop_t *loop = uv_default_loop();
	uv_tcp_t listener;

	uv_tcp_init(loop, &listener);
	if (uv_tcp_open(&listener, peer_listen()) != 0 ||
	    uv_listen((uv_stream_t *)&listener, 4096, incoming) != 0)
		fail("uv_listen");
	return uv_run(loop, UV_RUN_DEFAULT);
}
