"""Names over time with the real libvirt: beside its helper, or with ours in its place. The one and the other cannot be at once, so each is
a program of its own: test_over_time_libvirt.py Beside | InPlace."""

import shutil

import lab
from lease_server import LeaseServer
from libvirt import RUNTIME
from libvirt_lab import LibvirtTest, switch
from over_time import Configuration, Course
from sandbox import run
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
        for network in self.networks:
            network.unplug()


class LibvirtsHost(Course, LibvirtTest):

    def power_fails(self):
        self.libvirt.stop()
        super().power_fails()
        shutil.rmtree(RUNTIME)

    def boots(self):
        self.libvirt.start()
        super().boots()


class Beside(LibvirtsHost):

    def test_at_any_time_a_lookup_says_what_dnsmasq_holds(self):
        self.follow = following(self)
        self.runs(LibvirtsDnsmasq(self, 'beside'))


class InPlace(LibvirtsHost):

    def test_at_any_time_a_lookup_says_what_dnsmasq_holds(self):
        self.addCleanup(switch, 'off')
        switch('on')
        self.runs(LibvirtsDnsmasq(self, 'placed'))


if __name__ == '__main__':
    lab.main()
