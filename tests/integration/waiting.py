"""Waiting for something that is about to happen, no longer than it takes."""

import time

# The longest that a change may take from dnsmasq's packet to a lookup, and a program to answer, on a machine that has much else to
# do. Less than half of dnsmasq's shortest lease (120 s): what ends within it has not just expired.
SOON = 50


def wait_until(predicate, seconds, what):
    """The first true value of predicate(). After so many seconds an AssertionError says what was awaited.

    what is a text, or a function that makes it when it is needed.
    """
    deadline = time.monotonic() + seconds
    while True:
        value = predicate()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f'not within {seconds} s: {what() if callable(what) else what}')
        time.sleep(0.05)
