# SPDX-License-Identifier: MIT
# Copyright (c) the unpwrap authors
#
# For test scripts, which source it first of all: the Test Anything Protocol, a
# directory for files, waiting with a deadline.
#
#	. "${top_srcdir:-.}/tests/tap.sh"
#	is "what is tested" "$got" "expected"
#	ok "what is tested" command argument...
#	done_testing
#
# A script runs in the build directory.  It is run again under "peer bounded",
# which ends it after $tap_limit seconds (set it before sourcing), and fails it
# if a process that it started is still there at its end.

set -u

top_builddir=$(cd "${top_builddir:-.}" && pwd) || exit 99
top_srcdir=$(cd "${top_srcdir:-.}" && pwd) || exit 99
export top_builddir top_srcdir
peer=$top_builddir/tests/peer

if [ -z "${tap_bounded:-}" ]; then
	if [ ! -x "$peer" ]; then
		echo "Bail out! $peer is not built"
		exit 99
	fi
	tap_bounded=yes
	export tap_bounded
	exec "$peer" bounded "${tap_limit:-900}" sh "$0" "$@"
fi

tap_number=0
tap_failed=0

tap_deadline=20		# seconds until wait_for gives up

# Paths in it are words of lists, and those of sockets have 107 bytes.
case ${TMPDIR:=/tmp} in
*[[:space:]]*)	TMPDIR=/tmp ;;
esac
[ ${#TMPDIR} -le 60 ] || TMPDIR=/tmp
tmp=$(mktemp -d "$TMPDIR/unpwrap.XXXXXX") || exit 99

# What is to be done at the end, whatever the end is: a script adds to it.
clean_up() {
	:
}

tap_end() {
	tap_status=$?
	trap '' EXIT HUP INT TERM
	clean_up
	rm -rf "$tmp"
	exit "$tap_status"
}
trap tap_end EXIT
trap 'exit 99' HUP INT TERM
trap : PIPE	# not ignored: programs would inherit that

diag() {
	printf '%s\n' "$*" | sed 's/^/# /'
}

tap_result() {
	tap_number=$((tap_number + 1))
	[ "$1" = ok ] || tap_failed=$((tap_failed + 1))
	printf '%s %d - %s\n' "$1" "$tap_number" "$2"
}

# is NAME GOT EXPECTED
is() {
	if [ "$2" = "$3" ]; then
		tap_result ok "$1"
		return 0
	fi
	tap_result 'not ok' "$1"
	diag "got:      $2"
	diag "expected: $3"
	return 1
}

# ok NAME COMMAND...: that the command succeeds.
ok() {
	tap_name=$1
	shift
	if "$@"; then
		tap_result ok "$tap_name"
		return 0
	fi
	tap_result 'not ok' "$tap_name"
	diag "failed: $*"
	return 1
}

# skip NAME REASON: one test that cannot be made here.
skip() {
	tap_result ok "$1 # SKIP $2"
}

# skip_all REASON: the whole script cannot be run here.
skip_all() {
	echo "1..0 # SKIP $*"
	exit 0
}

done_testing() {
	echo "1..$tap_number"
	[ "$tap_failed" -eq 0 ] || exit 1
	exit 0
}

have() {
	command -v "$1" >/dev/null 2>&1
}

pause() {
	sleep 0.02 2>/dev/null || sleep 1
}

# wait_for COMMAND...: until it succeeds; fails after $tap_deadline seconds.  The
# command may itself wait for something.
tap_untils=
wait_for() {
	tap_untils="$(($(date +%s) + tap_deadline)) $tap_untils"
	until "$@"; do
		if [ "$(date +%s)" -ge "${tap_untils%% *}" ]; then
			tap_untils=${tap_untils#* }
			return 1
		fi
		pause
	done
	tap_untils=${tap_untils#* }
}

not() {
	! "$@"
}

has_line() {	# FILE PATTERN
	grep -q -e "$2" "$1" 2>/dev/null
}

# strerror NAME: the text that this libc has for an errno value.
strerror() {
	"$peer" strerror "$1"
}

# status COMMAND...: prints its exit status.
status() {
	"$@"
	echo $?
}
