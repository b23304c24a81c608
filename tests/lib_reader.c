/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "support.h"

#include <sys/ioctl.h>

#include <fcntl.h>

static int fds[2];	/* a pipe: the reader's end, ours */

static struct unpwrap_reader *
new_reader(size_t size)
{
	struct unpwrap_reader *reader;

	ck_assert_int_eq(pipe(fds), 0);
	reader = unpwrap_reader_new(fds[0], size);
	ck_assert(reader != NULL);
	return reader;
}

static void
put(const char *text)
{
	ck_assert_int_eq(write(fds[1], text, strlen(text)), strlen(text));
}

static void
expect_line(struct unpwrap_reader *reader, const char *want)
{
	const char *line;

	ck_assert_int_eq(unpwrap_reader_line(reader, &line), strlen(want));
	ck_assert_mem_eq(line, want, strlen(want));
}

static void
expect_buffered(const struct unpwrap_reader *reader, const char *want)
{
	const char *bytes;

	ck_assert_int_eq(unpwrap_reader_buffered(reader, &bytes),
	    strlen(want));
	ck_assert_mem_eq(bytes, want, strlen(want));
}

/* What the reader has not yet read. */
static int
unread(void)
{
	int n;

	ck_assert_int_eq(ioctl(fds[0], FIONREAD, &n), 0);
	return n;
}

START_TEST(lines_come_one_by_one)
{
	struct unpwrap_reader *reader = new_reader(0);

	put("first\n\nthird\n");
	close(fds[1]);
	expect_line(reader, "first\n");
	expect_line(reader, "\n");
	expect_line(reader, "third\n");
	expect_line(reader, "");
	expect_line(reader, "");
	unpwrap_reader_free(reader);
}
END_TEST

START_TEST(null_bytes_pass)
{
	struct unpwrap_reader *reader = new_reader(0);
	const char *line;

	ck_assert_int_eq(write(fds[1], "a\0b\nc\n", 6), 6);
	ck_assert_int_eq(unpwrap_reader_line(reader, &line), 4);
	ck_assert_mem_eq(line, "a\0b\n", 4);
	expect_line(reader, "c\n");
	unpwrap_reader_free(reader);
}
END_TEST

START_TEST(last_line_may_lack_its_newline)
{
	struct unpwrap_reader *reader = new_reader(0);

	put("line\nlast");
	close(fds[1]);
	expect_line(reader, "line\n");
	expect_line(reader, "last");
	expect_line(reader, "");
	unpwrap_reader_free(reader);
}
END_TEST

START_TEST(long_lines_come_in_pieces)
{
	struct unpwrap_reader *reader = new_reader(4);

	put("12\nabcdefghij\n5678\nab\n");
	expect_line(reader, "12\n");
	expect_line(reader, "abcd");
	expect_line(reader, "efgh");
	expect_line(reader, "ij\n");
	expect_line(reader, "5678");
	expect_line(reader, "\n");
	expect_line(reader, "ab\n");
	unpwrap_reader_free(reader);
}
END_TEST

START_TEST(buffer_of_one_byte)
{
	struct unpwrap_reader *reader = new_reader(1);

	put("ab\nc");
	close(fds[1]);
	expect_line(reader, "a");
	expect_line(reader, "b");
	expect_line(reader, "\n");
	expect_line(reader, "c");
	expect_line(reader, "");
	unpwrap_reader_free(reader);
}
END_TEST

START_TEST(one_read_for_each_buffer)
{
	struct unpwrap_reader *reader = new_reader(8);

	put("ab\ncd\nefg\nhi\n");
	expect_line(reader, "ab\n");
	expect_buffered(reader, "cd\nef");
	ck_assert_int_eq(unread(), 5);
	expect_line(reader, "cd\n");
	ck_assert_int_eq(unread(), 5);
	expect_line(reader, "efg\n");
	ck_assert_int_eq(unread(), 0);
	expect_buffered(reader, "hi\n");
	expect_line(reader, "hi\n");
	expect_buffered(reader, "");
	unpwrap_reader_free(reader);
}
END_TEST

/* Each read of this socket returns one message, so a second one would show. */
START_TEST(no_read_where_a_line_is_held)
{
	struct unpwrap_reader *reader;

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds), 0);
	reader = unpwrap_reader_new(fds[0], 0);
	put("ab\ncd\ne");
	put("f\ngh\n");
	expect_line(reader, "ab\n");
	expect_buffered(reader, "cd\ne");
	expect_line(reader, "cd\n");
	expect_buffered(reader, "e");
	expect_line(reader, "ef\n");
	expect_buffered(reader, "gh\n");
	unpwrap_reader_free(reader);
}
END_TEST

START_TEST(buffer_is_64_KiB_unless_said)
{
	struct unpwrap_reader *reader;
	FILE *fp = tmpfile();

	for (int i = 0; i < 100000; i++)
		fputc('\n', fp);
	rewind(fp);
	reader = unpwrap_reader_new(fileno(fp), 0);
	expect_line(reader, "\n");
	ck_assert_int_eq(lseek(fileno(fp), 0, SEEK_CUR), 65536);
	unpwrap_reader_free(reader);
	fclose(fp);
}
END_TEST

START_TEST(errors_can_be_repeated)
{
	struct unpwrap_reader *reader = new_reader(16);
	const char *line;
	char buf[10];

	nonblocking(fds[0]);
	put("line\npar");
	expect_line(reader, "line\n");
	for (int i = 0; i < 3; i++) {
		errno = 0;
		ck_assert_int_eq(unpwrap_reader_line(reader, &line), -1);
		ck_assert_int_eq(errno, EAGAIN);
		expect_buffered(reader, "par");
	}
	put("tial");
	ck_assert_int_eq(unpwrap_reader_line(reader, &line), -1);
	ck_assert_int_eq(errno, EAGAIN);
	put("\nrest\n");
	expect_line(reader, "partial\n");
	expect_line(reader, "rest\n");
	ck_assert_int_eq(unpwrap_reader_read(reader, buf, sizeof(buf)), -1);
	ck_assert_int_eq(errno, EAGAIN);
	unpwrap_reader_free(reader);
}
END_TEST

START_TEST(interruptions_are_not_seen)
{
	struct unpwrap_reader *reader = new_reader(16);
	struct feed slow = { .fds = fds, .total = 40, .piece = 1,
	    .pause_ms = 10 };
	char buf[40];

	spawn(feed, &slow);
	interrupt_every(2);
	for (size_t i = 0; i < sizeof(buf); i++)
		ck_assert_int_eq(unpwrap_reader_read(reader, buf + i, 1), 1);
	interrupt_every(0);
	ck_assert(pattern_is(buf, sizeof(buf), 0));
	ck_assert_int_gt(interrupts, 0);
	unpwrap_reader_free(reader);
}
END_TEST

START_TEST(read_takes_what_is_held_first)
{
	struct unpwrap_reader *reader = new_reader(8);
	char buf[20];

	put("ab\ncdefgh\nijk");
	expect_line(reader, "ab\n");
	ck_assert_int_eq(unpwrap_reader_read(reader, buf, 0), 0);
	ck_assert_int_eq(unpwrap_reader_read(reader, buf, 2), 2);
	ck_assert_mem_eq(buf, "cd", 2);
	expect_buffered(reader, "efg");
	ck_assert_int_eq(unpwrap_reader_read(reader, buf, sizeof(buf)), 3);
	ck_assert_mem_eq(buf, "efg", 3);
	expect_line(reader, "h\n");
	close(fds[1]);
	ck_assert_int_eq(unpwrap_reader_read(reader, buf, sizeof(buf)), 3);
	ck_assert_mem_eq(buf, "ijk", 3);
	ck_assert_int_eq(unpwrap_reader_read(reader, buf, sizeof(buf)), 0);
	expect_line(reader, "");
	unpwrap_reader_free(reader);
}
END_TEST

/* Nothing to read is no reason to wait. */
START_TEST(read_of_no_bytes_returns)
{
	struct unpwrap_reader *reader = new_reader(0);

	ck_assert_int_eq(unpwrap_reader_read(reader, NULL, 0), 0);
	unpwrap_reader_free(reader);
}
END_TEST

START_TEST(descriptor_stays_open)
{
	struct unpwrap_reader *reader = new_reader(0);

	unpwrap_reader_free(reader);
	ck_assert_int_ne(fcntl(fds[0], F_GETFD), -1);
}
END_TEST

START_TEST(free_keeps_errno)
{
	struct unpwrap_reader *reader = new_reader(1 << 26);

	errno = EDOM;
	unpwrap_reader_free(reader);
	ck_assert_int_eq(errno, EDOM);
	unpwrap_reader_free(NULL);
	ck_assert_int_eq(errno, EDOM);
}
END_TEST

/* On 32 bit half of the address space may be had, once. */
START_TEST(new_fails_where_memory_does)
{
	static const size_t sizes[] = { SIZE_MAX, SIZE_MAX / 2,
		TOO_MUCH_MEMORY / 2 };
	void *volatile half = malloc(TOO_MUCH_MEMORY / 2);

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		errno = 0;
		ck_assert(unpwrap_reader_new(0, sizes[i]) == NULL);
		ck_assert_int_eq(errno, ENOMEM);
	}
	free(half);
}
END_TEST

START_TEST(bad_descriptor_is_an_error)
{
	struct unpwrap_reader *reader = unpwrap_reader_new(-1, 0);
	const char *line;

	ck_assert_int_eq(unpwrap_reader_line(reader, &line), -1);
	ck_assert_int_eq(errno, EBADF);
	unpwrap_reader_free(reader);
}
END_TEST

/* Lines of all lengths, for buffers of all sizes: what readline returns. */
START_TEST(pieces_are_those_of_readline)
{
	struct unpwrap_reader *reader;
	FILE *fp = tmpfile();
	uint32_t random = 1;
	char want[200];
	const char *line;
	ssize_t len;
	off_t offset;

	for (int i = 0; i < 3000; i++) {
		random = random * 1664525 + 1013904223;
		fputc(random >> 28 == 0 ? '\n' : 'a' + i % 26, fp);
	}
	fflush(fp);
	for (size_t size = 1; size < sizeof(want) - 1; size += 1 + size / 4) {
		reader = unpwrap_reader_new(fileno(fp), size);
		offset = 0;
		do {
			lseek(fileno(fp), offset, SEEK_SET);
			len = readline(fileno(fp), want, size + 1);
			lseek(fileno(fp), offset, SEEK_SET);
			/* The reader reads on from behind what it holds. */
			lseek(fileno(fp), (off_t)unpwrap_reader_buffered(reader,
			    &line), SEEK_CUR);
			expect_line(reader, want);
			offset += len;
		} while (len > 0);
		ck_assert_int_eq(offset, 3000);
		unpwrap_reader_free(reader);
	}
	fclose(fp);
}
END_TEST

/* Lines of all lengths, in a file: what comes must be the file's next bytes,
 * and a line must end where it does there, or where the buffer is full. */
#define FILE_SIZE	20000

static void
fill_with_lines(char *bytes, unsigned mostly)
{
	size_t at = 0, len;

	memset(bytes, 'x', FILE_SIZE);
	while (at < FILE_SIZE) {
		len = (size_t)rand() % (rand() % 10 == 0 ? 3000 : mostly);
		at += len;
		if (at < FILE_SIZE)
			bytes[at++] = '\n';
	}
}

static ssize_t
check_line(struct unpwrap_reader *reader, size_t size, const char *want,
    size_t left)
{
	const char *newline = memchr(want, '\n', left), *line;
	size_t len = newline != NULL ? (size_t)(newline - want) + 1 : left;

	if (len > size)
		len = size;
	ck_assert_int_eq(unpwrap_reader_line(reader, &line), len);
	ck_assert(memcmp(line, want, len) == 0);
	return (ssize_t)len;
}

START_TEST(lines_and_bytes_in_any_order)
{
	static const size_t sizes[] = { 1, 63, 64, 65, 700, 4096, 30000 };
	static const unsigned mostly[] = { 2, 20, 90, 700 };
	static char bytes[FILE_SIZE], some[FILE_SIZE];
	size_t size = sizes[_i % 7], at, n;
	struct unpwrap_reader *reader;
	FILE *fp = tmpfile();
	const char *held;
	ssize_t got;

	srand((unsigned)_i);
	fill_with_lines(bytes, mostly[_i / 7 % 4]);
	ck_assert_int_eq(write(fileno(fp), bytes, FILE_SIZE), FILE_SIZE);
	lseek(fileno(fp), 0, SEEK_SET);
	reader = unpwrap_reader_new(fileno(fp), size);
	for (at = 0; at < FILE_SIZE; at += (size_t)got) {
		n = (size_t)rand() % 100;
		if (n < 80) {
			got = check_line(reader, size, bytes + at,
			    FILE_SIZE - at);
		} else {
			got = unpwrap_reader_read(reader, some, n);
			ck_assert_int_ge(got, 1);
			ck_assert(memcmp(some, bytes + at, (size_t)got) == 0);
		}
		/* What is held now begins behind what was handed out. */
		n = unpwrap_reader_buffered(reader, &held);
		ck_assert_uint_eq((size_t)lseek(fileno(fp), 0, SEEK_CUR) - n,
		    at + (size_t)got);
		ck_assert(memcmp(held, bytes + at + got, n) == 0);
	}
	ck_assert_int_eq(unpwrap_reader_line(reader, &held), 0);
	unpwrap_reader_free(reader);
	fclose(fp);
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *tc = add_case(suite, "line");

	tcase_add_test(tc, lines_come_one_by_one);
	tcase_add_test(tc, null_bytes_pass);
	tcase_add_test(tc, last_line_may_lack_its_newline);
	tcase_add_test(tc, long_lines_come_in_pieces);
	tcase_add_test(tc, buffer_of_one_byte);
	tcase_add_test(tc, one_read_for_each_buffer);
	tcase_add_test(tc, no_read_where_a_line_is_held);
	tcase_add_test(tc, buffer_is_64_KiB_unless_said);
	tcase_add_test(tc, errors_can_be_repeated);
	tcase_add_test(tc, bad_descriptor_is_an_error);
	tcase_add_test(tc, pieces_are_those_of_readline);

	tc = add_case(suite, "read");
	tcase_add_test(tc, interruptions_are_not_seen);
	tcase_add_test(tc, read_takes_what_is_held_first);
	tcase_add_test(tc, read_of_no_bytes_returns);
	tcase_add_loop_test(tc, lines_and_bytes_in_any_order, 0, 56);

	tc = add_case(suite, "life");
	tcase_add_test(tc, descriptor_stays_open);
	tcase_add_test(tc, free_keeps_errno);
	tcase_add_test(tc, new_fails_where_memory_does);
}

int
main(void)
{
	return run_suite("reader", fill);
}
