#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) the unpwrap authors
#
# "make coverage": what the unit tests run of the library, line by line.
#
# Runs in the build directory; builds and tests in ./coverage, afresh.  Prints
# the share of lines that ran and of branches that were taken, for each file and
# in all, and each line that did not run and has no reason in coverage.excused.
# Ends with 1 where the shares are too small, or where that file and the lines
# that did not run do not agree.  CC and GCOV name a compiler and its gcov, MAKE
# a make.

set -u

lines_least=95
branches_least=90

top_srcdir=$(cd "$(dirname "$0")/.." && pwd) || exit 1
excused=$top_srcdir/tests/coverage.excused
jobs=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)
make=${MAKE:-make}
# What the make above us was told is not for the one below.
unset MAKEFLAGS MFLAGS MAKELEVEL TESTS VERBOSE

fail() {
	echo "coverage: $*" >&2
	exit 1
}

# step NAME COMMAND...: what went wrong is shown where it fails.
step() {
	step_name=$1
	shift
	"$@" >"$step_name.log" 2>&1 && return
	grep -e '^FAIL' -e '^ERROR' -e 'rror:' "$step_name.log" >&2 ||
	    tail -n 40 "$step_name.log" >&2
	fail "$step_name failed: see $(pwd)/$step_name.log"
}

[ ! -e "$top_srcdir/config.status" ] ||
    fail "$top_srcdir is configured itself: \"make distclean\" there first"

# Some tests cease to be root, and write down what they ran nevertheless.
[ "$(id -u)" -ne 0 ] || umask 0

rm -rf coverage
mkdir -p coverage/gcov && cd coverage || exit 1

# Atomic, or threads would spoil each other's counts.  UNPWRAP_COVERAGE: see
# tests/support.c.
step configure "$top_srcdir/configure" --disable-shared CC="${CC:-gcc}" \
    CFLAGS='-O0 -g --coverage -fprofile-update=prefer-atomic' \
    CPPFLAGS=-DUNPWRAP_COVERAGE
step build "$make" -j"$jobs"
step check "$make" check-unit

# Objects that no test is linked with count too: with nothing run.
cd gcov || exit 1
step gcov "${GCOV:-gcov}" -b -c ../libunpwrap/*.gcno
! grep -q 'newer than notes file' gcov.log || fail 'a source changed meanwhile'
[ -e readn.c.gcov ] || fail "gcov wrote nothing about readn.c"

# A .gcov file has a line "COUNT:NUMBER:TEXT" for each line of source, where
# COUNT is "-" (no code) or "#####" (not run); below it the branches, and above
# its first line a function.
LC_ALL=C awk -v excused="$excused" -v lines_least="$lines_least" \
    -v branches_least="$branches_least" '
function trimmed(text) {
	gsub(/[ \t]+/, " ", text)
	sub(/^ /, "", text)
	sub(/ $/, "", text)
	return text
}
function wrong(text) {
	print text
	failed = 1
}
# The least share is not reached by rounding.
function share(part, whole) {
	return whole == 0 ? 100 : int(1000 * part / whole) / 10
}
function row(lines_run, lines, branches_run, branches, name) {
	printf("%5.1f %%  %5.1f %%  %s\n", share(lines_run, lines),
	    share(branches_run, branches), name)
}
# An entry excuses one line.
function read_excuses(	line, number, has_reason, by_chance) {
	while ((getline line <excused) > 0) {
		number++
		if (line ~ /^#/ || line ~ /^[ \t]*$/)
			continue
		if (line !~ /^[ \t]/) {
			has_reason = 1
			by_chance = line ~ /^By chance: /
			continue
		}
		line = trimmed(line)
		if (!has_reason)
			wrong("coverage.excused:" number ": no reason above it")
		left[line]++
		if (by_chance) {
			chance[line] = 1
			nchance++
		} else {
			nexcused++
		}
	}
	close(excused)
}
BEGIN {
	read_excuses()
	print "  lines  branches  file"
}
FNR == 1 {
	if (NR != 1)
		row(file_run, file_lines, file_taken, file_branches, file)
	file = substr(FILENAME, 3)
	sub(/\.gcov$/, "", file)
	file_run = file_lines = file_taken = file_branches = 0
	name = ""
}
/^function / {
	name = $2
	sub(/^\*/, "", name)		# an assembler label
	sub(/^unpwrap__/, "", name)	# of internal.h
	next
}
/^branch / {
	file_branches++
	branches++
	if ($3 == "taken" && $4 > 0) {
		file_taken++
		taken++
	}
	next
}
/^ *[^ :]+: *[0-9]+:/ {
	split($0, part, ":")
	count = trimmed(part[1])
	number = part[2] + 0
	if (count == "-" || number == 0)
		next
	file_lines++
	lines++
	if (count !~ /^[#=]/) {
		file_run++
		lines_run++
		next
	}
	text = $0
	sub(/^[^:]*:[^:]*:/, "", text)
	entry = trimmed(file " " name ": " trimmed(text))
	if (left[entry] > 0)
		left[entry]--
	else
		unexcused[++nunexcused] = number ": " entry
}
END {
	row(file_run, file_lines, file_taken, file_branches, file)
	row(lines_run, lines, taken, branches, "all, " lines + 0 \
	    " lines and " branches + 0 " branches")
	print ""
	print lines - lines_run " lines did not run; excused are " nexcused + 0 \
	    ", and " nchance + 0 " by chance"
	for (i = 1; i <= nunexcused; i++)
		wrong("did not run, line " unexcused[i])
	for (entry in left)
		if (left[entry] > 0 && !(entry in chance))
			wrong("excused, but gone or run: " entry)
	if (100 * lines_run < lines_least * lines)
		wrong("fewer than " lines_least " % of the lines ran")
	if (100 * taken < branches_least * branches)
		wrong("fewer than " branches_least " % of the branches " \
		    "were taken")
	exit failed
}' ./*.gcov
