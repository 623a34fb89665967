"""What the tests of leases shared through etcd have in common: a cluster of three members, and hypervisors with a dnsmasq each."""

import json
import pathlib
import subprocess

import cluster
import lab
from client import Host, Udhcpc
from cluster import Etcd, Hypervisor
from schemas import validator


def write_leases(hypervisor, count, end=4_000_000_000):
    """The status file of a network with this many leases, and their names and addresses."""
    records = [{'ip-address': f'10.{64 + (n >> 16)}.{n >> 8 & 255}.{n & 255}', 'hostname': f'vm-{n}', 'expiry-time': end, 'domain': 'lab.example',
                'last-change': f'1700000000.{n:09}'} for n in range(count)]
    file = hypervisor.directory / 'state' / 'lab.status'
    file.with_suffix('.new').write_text(json.dumps(records))
    file.with_suffix('.new').rename(file)
    hypervisor.run(cluster.LEASECTL, 'rebuild')
    return {(record['hostname'], record['ip-address']) for record in records}


def known(hypervisor):
    """What is known there, as write_leases() returns it."""
    return {(lease['hostname'], lease['ip-address']) for lease in hypervisor.leases()}


def changes(watch):
    """What a Hypervisor.watch() has told so far."""
    return [(change['change'], change['lease']['hostname']) for change in map(json.loads, watch.lines())]


def check(schema, document):
    validator(f'{schema}.schema.json').validate(document)


class ShareTest(lab.LabTest):

    members = 3

    def setUp(self):
        super().setUp()
        pathlib.Path('/etc/nss-leases.conf').touch()
        cluster.make_backbone()
        self.addCleanup(subprocess.run, ['ip', 'link', 'delete', cluster.BACKBONE])
        self.etcd = self.make_etcd()

    def make_etcd(self):
        return Etcd(self, self.members)

    def hypervisor(self, name, domain='lab.example', **options):
        """A hypervisor that shares its network, and trusts the domain."""
        options.setdefault('share', 'domains = ["lab.example"]\n')
        hypervisor = Hypervisor(self, name, self.etcd, **options)
        hypervisor.start()
        hypervisor.lab = hypervisor.network(domain=domain)
        return hypervisor

    def reader(self, name='runner', **options):
        options.setdefault('share', 'domains = ["lab.example"]\n')
        return Hypervisor(self, name, self.etcd, networks=(), **options).start()

    def guest(self, hypervisor, name, kind=Udhcpc, **options):
        host = Host(hypervisor.lab, f'{hypervisor.name}-{name}')
        self.addCleanup(host.remove)
        client = kind(host, name, **options)
        return client, host.address()
