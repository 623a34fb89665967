"""The configurations of an administrator's own dnsmasq, for the tests of leases over time (see over_time.py). `leasectl import --follow`
follows the lease file of any of them, so there are two groups, which cannot be on one machine."""

import pathlib

from course import Course
from lease_server import LeaseServer
from network import Network
from over_time import Configuration
from sources import CONFIGURATION, configure, dnsmasq_leases, following

INCUS = pathlib.Path('/var/lib/incus/networks')
RENEWALS = 'script-on-renewal'


class OwnDnsmasq(Configuration):

    def network(self, name):
        hosts = pathlib.Path(f'/run/{name}.hosts')
        hosts.touch()
        options = ['no-hosts', f'dhcp-hostsfile={hosts}', *self.options()]
        network = Network(name, families=(4, 6), lease='2m', dns=True, options=options, **self.told(name))
        self.test.addCleanup(network.remove)
        self.test.networks.append(network)
        return network.start()

    def told(self, name):
        """Parameters of a Network: how dnsmasq reports its leases, if it does."""
        return {}

    def options(self):
        """More lines of its configuration."""
        return []

    def server_of(self, network):
        return LeaseServer(f'{network.v4}.1', network.log_file)

    def assign(self, network, mac, address):
        """Done by the administrator: dnsmasq reads it when it is told to."""
        pathlib.Path(f'/run/{network.name}.hosts').write_text(f'{mac},{address}\n')
        network.reload()

    def sources(self):
        """The text of nss-leases.conf."""
        return []

    def lease_files(self):
        return [dnsmasq_leases(network.lease_file, network=network.name) for network in self.networks.values()]


class ScriptAlone(OwnDnsmasq):
    reports_renewals = False

    def told(self, name):
        return {'renewals': False}


class ScriptFollowed(OwnDnsmasq):
    """The follower finds the lease file by itself."""

    def told(self, name):
        return {'renewals': False}


class ScriptNamed(ScriptFollowed):
    """The lease file is also configured as a source."""

    def sources(self):
        return self.lease_files()


class ScriptOnRenewal(OwnDnsmasq):
    """As the README advises."""


class LeasefileRo(OwnDnsmasq):

    def told(self, name):
        return {'leasefile_ro': True, 'environment': {'NSS_LEASES_NETWORK': name}}


class Source(OwnDnsmasq):

    def told(self, name):
        return {'is_told': False}

    def sources(self):
        return self.lease_files()


class Incus(OwnDnsmasq):
    """Its directories, and its options that matter to leases."""

    def told(self, name):
        lease_file = INCUS / name / 'dnsmasq.leases'
        lease_file.parent.mkdir(parents=True)
        return {'is_told': False, 'lease_file': lease_file}

    def options(self):
        return ['dhcp-rapid-commit', 'dhcp-no-override', 'strict-order', 'domain=incus', 'local=/incus/']

    def sources(self):
        return [dnsmasq_leases(INCUS / '*/dnsmasq.leases')]


class OwnHost(Course):

    def runs_unfollowed(self, population):
        self.runs(ScriptAlone(self, 'alone', population), ScriptOnRenewal(self, 'told', population), LeasefileRo(self, 'ro', population))

    def runs_followed(self, population):
        kinds = {'followed': ScriptFollowed, 'named': ScriptNamed, 'source': Source, 'incus': Incus}
        configurations = [kind(self, title, population) for title, kind in kinds.items()]
        configure(*(source for configuration in configurations for source in configuration.sources()))
        self.addCleanup(CONFIGURATION.unlink)
        self.follow = following(self)
        self.runs(*configurations)
