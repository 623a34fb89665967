"""Waiting for something that is about to happen, no longer than it takes."""

import pathlib
import time

# The longest that a change may take from dnsmasq's packet to a lookup, and a program to answer, on a machine that has much else to
# do. Less than half of dnsmasq's shortest lease (120 s): what ends within it has not just expired.
SOON = 50

# Seconds that a lease lasts which a test wants to see before it ends, on such a machine.
BRIEF = 15

# After so long, a program that should end by itself hangs.
HUNG = 600


def wait_until(predicate, seconds, what):
    """The first true value of predicate(). After this many seconds an AssertionError says what was awaited.

    `what` is a text, or a function that makes it when it is needed.
    """
    deadline = time.monotonic() + seconds
    while True:
        asked = time.monotonic()
        value = predicate()
        if value:
            return value
        answered = time.monotonic()
        if answered > deadline:
            raise AssertionError(f'not within {seconds} s: {what() if callable(what) else what}')
        # To ask takes the processor from what is awaited: no more than a third of the time.
        time.sleep(max(0.05, 2 * (answered - asked)))


def accepts_connections(path):
    """Whether a program listens at this socket. It has a name before that; and to try would start what systemd starts at the first try."""
    accepting = 0x10000  # a flag in proc_net_unix(5)
    sockets = (line.split() for line in pathlib.Path('/proc/net/unix').read_text().splitlines()[1:])
    return any(fields[7:] == [str(path)] and int(fields[3], 16) & accepting for fields in sockets)


# The clock whose seconds time(2) shows. It follows the clock that time.time() reads with each tick of the kernel, some milliseconds late.
CLOCK_REALTIME_COARSE = 5


def another_second():
    """Waits for a second that time(2) did not show before. Leases end at whole seconds of that clock: dnsmasq reports a renewal only if the
    lease then ends in another second."""
    def second():
        return int(time.clock_gettime(CLOCK_REALTIME_COARSE))

    before = second()
    wait_until(lambda: second() > before, SOON, 'another second')
