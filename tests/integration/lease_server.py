"""What one dnsmasq holds, as it says itself."""

import re
import threading
import time

from dns_query import DnsServer, NoServer

# dnsmasq's shortest.
LEASE = 120
LOGGED = re.compile(r'DHCP(OFFER|ACK|REPLY|ADVERTISE)\(\S+\) (\S+)|started, version')


class LeaseServer:
    """Asked by DNS, dnsmasq answers out of its leases. While it does not run, it still holds what it held, to the end that each lease
    had, which its log tells: dnsmasq grants LEASE seconds at a time.

    address    where it answers DNS
    log_file   its log, from its first line on; there may be none yet
    """

    def __init__(self, address, log_file):
        self.dns = DnsServer(address)
        self.log_file = log_file
        self.read = 0
        self.reading = threading.Lock()
        self.offered = set()
        self.ends = {}
        self.told_ends = {}
        self.held = {}

    def holds(self, question):
        """The addresses of a name, or the names of an address. NoReply: it does not say."""
        try:
            self.held[question] = question.asked_of(self.dns)
        except NoServer:
            return frozenset(answer for answer in self.held.get(question, ()) if self.ends.get(question.address(answer), 0) > time.time())
        return self.held[question]

    def read_log(self):
        """Notes what it granted since the last call, so this has to be called again and again. Any thread may."""
        with self.reading:
            self._read_on()

    def _read_on(self):
        if not self.log_file.exists():
            return
        with self.log_file.open('rb') as log:
            log.seek(self.read)
            lines = log.read()
        # A line that is being written is for the next time.
        lines = lines[:lines.rfind(b'\n') + 1]
        self.read += len(lines)
        for kind, address in LOGGED.findall(lines.decode(errors='replace')):
            self._note(kind, address, time.time() + LEASE)

    def _note(self, kind, address, end):
        if kind in ('OFFER', 'ADVERTISE'):
            self.offered.add(address)
        elif kind:
            self.ends[address] = end
            # Of a lease that a client asks for from the beginning the script is always told, and at a start of dnsmasq of all.
            if address in self.offered:
                self.told_ends[address] = end
                self.offered.remove(address)
        else:
            self.told_ends.update(self.ends)
