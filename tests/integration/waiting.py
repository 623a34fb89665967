"""Waiting for something that is on its way, no longer than it takes."""

import time


def wait_until(predicate, seconds, what):
    """The first true value of predicate(); after so many seconds, an AssertionError that says what was awaited.

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
