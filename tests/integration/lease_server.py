"""The leases that one dnsmasq holds, according to itself."""

import re
import threading
import time

from dns_query import DnsServer, NoServer

# dnsmasq's shortest.
LEASE = 120
LOGGED = re.compile(r'DHCP(OFFER|ACK|REPLY|ADVERTISE)\(\S+\) (\S+)|started, version')


class LeaseServer:
    """dnsmasq answers DNS questions from its leases. While it does not run, it still holds each lease until the expiry that follows from
    its log: dnsmasq grants LEASE seconds at a time.

    address    where it answers DNS
    log_file   its log, from the first line on; it need not exist yet
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
        """The addresses of a name, or the names of an address. Raises NoReply if it does not answer."""
        try:
            self.held[question] = question.asked_of(self.dns)
        except NoServer:
            return frozenset(answer for answer in self.held.get(question, ()) if self.ends.get(question.address(answer), 0) > time.time())
        return self.held[question]

    def read_log(self):
        """Notes what dnsmasq has granted since the last call, so this has to be called again and again. Any thread may call it."""
        with self.reading:
            self._read_on()

    def _read_on(self):
        if not self.log_file.exists():
            return
        with self.log_file.open('rb') as log:
            log.seek(self.read)
            lines = log.read()
        # A line that is still being written is left for the next call.
        lines = lines[:lines.rfind(b'\n') + 1]
        self.read += len(lines)
        for kind, address in LOGGED.findall(lines.decode(errors='replace')):
            self._note(kind, address, time.time() + LEASE)

    def _note(self, kind, address, end):
        if kind in ('OFFER', 'ADVERTISE'):
            self.offered.add(address)
        elif kind:
            self.ends[address] = end
            # The script is always called when a client asks for a lease from the beginning, and for every lease when dnsmasq starts.
            if address in self.offered:
                self.told_ends[address] = end
                self.offered.remove(address)
        else:
            self.told_ends.update(self.ends)
