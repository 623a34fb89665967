"""The configurations of libvirt's dnsmasq, for the tests of leases over time (see over_time.py). libvirt's own helper and ours in its place
cannot be
on one machine at once."""

import shutil

from course import Course
from lease_server import LeaseServer
from libvirt import RUNTIME
from libvirt_lab import LibvirtTest, switch
from over_time import Configuration
from sources import following


class LibvirtsDnsmasq(Configuration):

    def network(self, name):
        return self.test.libvirt_network(name, families=(4, 6), minutes=2)

    def server_of(self, network):
        return LeaseServer(f'{network.v4}.1', network.log_file)

    def assign(self, network, mac, address):
        network.assign(mac, address)

    def power_fails(self):
        super().power_fails()
        for network in self.networks.values():
            network.unplug()


class LibvirtsHost(Course, LibvirtTest):

    def power_fails(self):
        self.libvirt.stop()
        super().power_fails()
        shutil.rmtree(RUNTIME)

    def boots(self):
        self.libvirt.start()
        super().boots()

    def runs_beside(self, population):
        self.follow = following(self)
        self.runs(LibvirtsDnsmasq(self, 'beside', population))

    def runs_in_place(self, population):
        self.addCleanup(switch, 'off')
        switch('on')
        self.runs(LibvirtsDnsmasq(self, 'placed', population))
