"""A witness who looks all the time: does a lookup say what dnsmasq holds, and nothing else?"""

import contextlib
import ipaddress
import socket
import threading
import time

from dns_query import NoReply
from waiting import HUNG, wait_until

# The longest that a change of a lease takes to reach a lookup on a busy machine. Only what is wrong for longer is a fault.
GRACE = 10
# And for as many looks: on a machine that is busier still, everything takes longer, the looks included.
ENOUGH_LOOKS = 8
INTERVAL = 1.5


class Name(str):
    """Asked for its addresses."""

    def looked_up(self):
        try:
            return frozenset(found[4][0] for found in socket.getaddrinfo(self, None, type=socket.SOCK_STREAM))
        except socket.gaierror:
            return frozenset()

    def asked_of(self, dns):
        return dns.addresses(self)

    def address(self, answer):
        return answer


class Address(str):
    """Asked for its names, of which the first label counts."""

    def looked_up(self):
        try:
            name, aliases, _ = socket.gethostbyaddr(self)
        except OSError:
            return frozenset()
        return self._labels([name, *aliases])

    def asked_of(self, dns):
        return self._labels(dns.names(self))

    def address(self, _):
        return str(self)

    def _labels(self, names):
        return frozenset(name.split('.')[0] for name in names)


class Fault:
    """A lookup and dnsmasq disagree. Its time is of the monotonic clock."""

    def __init__(self, question, answer, truth):
        self.question, self.answer, self.truth = question, answer, truth
        self.begin = self.end = time.monotonic()
        self.date = time.strftime('%H:%M:%S')
        self.looks = 0

    def seen_again(self):
        self.end = time.monotonic()
        self.looks += 1

    def counts(self):
        return self.looks >= ENOUGH_LOOKS and self.end - self.begin > GRACE

    def __str__(self):
        return (f'from {self.date} on, for {self.end - self.begin:.0f} s, {self.question} is {sorted(self.answer) or "nothing"}, '
                f'but dnsmasq has {sorted(self.truth) or "nothing"}')


class Witness:
    """The witness of one configuration, a context manager. Each of its names, and each address that any of them ever had, is looked up
    again and again, in one process that goes on all the time, and compared with what the dnsmasqs of that configuration hold.

    servers    the LeaseServers
    excused    whether a wrong answer is one that this configuration is known for: excused(question, answer, truth)
    """

    def __init__(self, servers, excused=lambda *_: False):
        self.servers = servers
        self.excused = excused
        self.questions = {}
        self.faults = []
        self.excuses = 0
        self.looks = 0
        self.rounds = 0
        self.current = {}
        self.over = threading.Event()
        self.may_look = threading.Lock()
        self.thread = threading.Thread(target=self._look_on, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()

    def watch(self, *names):
        for name in names:
            self.questions.setdefault(Name(name))

    @contextlib.contextmanager
    def away(self):
        """A context manager: it does not look meanwhile, say because the host is switched off."""
        with self.may_look:
            yield
            self.current.clear()

    def settles(self):
        """Waits until whatever is wrong has been wrong for long enough to be a fault."""
        until = self.rounds + ENOUGH_LOOKS + 2
        time.sleep(GRACE + 5)
        wait_until(lambda: self.rounds >= until, HUNG, 'enough looks')

    def holds(self, question):
        return frozenset().union(*(server.holds(question) for server in self.servers))

    def names(self):
        return [question for question in list(self.questions) if isinstance(question, Name)]

    def longest(self):
        """The seconds for which any answer was wrong without an excuse."""
        return max((fault.end - fault.begin for fault in self.faults), default=0)

    def failures(self):
        return [str(fault) for fault in self.faults if fault.counts()]

    def _look_on(self):
        while not self.over.wait(INTERVAL):
            with self.may_look:
                for server in self.servers:
                    server.read_log()
                for question in list(self.questions):
                    self._look_at(question)
                self.rounds += 1

    def _look_at(self, question):
        try:
            truth, answer = self.holds(question), question.looked_up()
            # It may have changed in between.
            in_motion = answer != truth and self.holds(question) != truth
        except NoReply:
            return
        self.looks += 1
        if isinstance(question, Name):
            for address in truth | answer:
                self.questions.setdefault(Address(ipaddress.ip_address(address)))
        if in_motion:
            return
        if answer == truth:
            self.current.pop(question, None)
        elif self.excused(question, answer, truth):
            self.excuses += 1
            self.current.pop(question, None)
        else:
            if question not in self.current:
                self.current[question] = Fault(question, answer, truth)
                self.faults.append(self.current[question])
            self.current[question].seen_again()
