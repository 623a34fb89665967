"""Calls the helper without dnsmasq, for tests of what happens after a call."""

import lab
from network import HELPER


def call(*arguments, **variables):
    """One call, as dnsmasq makes it for the network lan."""
    lab.run(HELPER, *arguments, env={'DNSMASQ_INTERFACE': 'lan', 'DNSMASQ_LEASE_EXPIRES': '0', **variables})


def lease(number, name, **variables):
    """Leases 10.0.0.number to the machine of that number, under a name."""
    call('add', mac(number), f'10.0.0.{number}', name, **variables)


def mac(number):
    return f'52:54:00:00:00:{number:02x}'
