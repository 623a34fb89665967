"""The configurations of a dnsmasq of one's own, for what happens over time (see over_time.py)."""

import pathlib

from lease_server import LeaseServer
from network import Network
from over_time import Configuration
from sources import dnsmasq_leases

INCUS = pathlib.Path('/var/lib/incus/networks')
RENEWALS = 'script-on-renewal'


class OwnDnsmasq(Configuration):
    """How dnsmasq is told to tell the helper: options of a Network."""

    options = ()

    def network(self, name):
        hosts = pathlib.Path(f'/run/{name}.hosts')
        hosts.touch()
        network = Network(name, families=(4, 6), lease='2m', dns=True, **self.own(name))
        self.test.addCleanup(network.remove)
        self.test.networks.append(network)
        return network.start()

    def own(self, name):
        return {'options': ['no-hosts', f'dhcp-hostsfile=/run/{name}.hosts', *self.options]}

    def server_of(self, network):
        return LeaseServer(f'{network.v4}.1', network.log_file)

    def assign(self, network, mac, address):
        """By the administrator: dnsmasq reads it when it is told to."""
        pathlib.Path(f'/run/{network.name}.hosts').write_text(f'{mac},{address}\n')
        network.reload()

    def sources(self):
        """What the configuration has of it."""
        return []


class ScriptAlone(OwnDnsmasq):
    tells_renewals = False


class ScriptFollowed(OwnDnsmasq):

    def sources(self):
        return [dnsmasq_leases(network.lease_file, network=network.name) for network in self.networks.values()]


class ScriptOnRenewal(OwnDnsmasq):
    options = RENEWALS,


class LeasefileRo(OwnDnsmasq):

    def own(self, name):
        return {**super().own(name), 'leasefile_ro': True, 'environment': {'NSS_LEASES_NETWORK': name}}


class Source(OwnDnsmasq):

    def own(self, name):
        return {**super().own(name), 'is_told': False}

    def sources(self):
        return [dnsmasq_leases(network.lease_file, network=network.name) for network in self.networks.values()]


class Incus(OwnDnsmasq):
    """Its directories, and those of its options that matter to leases."""

    options = 'dhcp-rapid-commit', 'dhcp-no-override', 'strict-order', 'domain=incus', 'local=/incus/'

    def own(self, name):
        lease_file = INCUS / name / 'dnsmasq.leases'
        lease_file.parent.mkdir(parents=True)
        return {**super().own(name), 'is_told': False, 'lease_file': lease_file}

    def sources(self):
        return [dnsmasq_leases(INCUS / '*/dnsmasq.leases')]


def each_kind(test, population):
    """One of each, and what nss-leases.conf has to say for them."""
    kinds = {'alone': ScriptAlone, 'followed': ScriptFollowed, 'told': ScriptOnRenewal, 'ro': LeasefileRo, 'source': Source, 'incus': Incus}
    configurations = [kind(test, title, population) for title, kind in kinds.items()]
    return configurations, [source for configuration in configurations for source in configuration.sources()]
