"""Leases end with their machines: the real libvirt calls our hook."""

import json
import pathlib
import subprocess

import lab
from lab import Udhcpc, leasectl, resolve
from libvirt_lab import LibvirtTest, switch
from sandbox import SCRATCH, run
from schemas import validate
from waiting import HUNG, wait_until

HOOK = pathlib.Path('/etc/libvirt/hooks/qemu.d/nss-leases')


def held(network, mac):
    """What dnsmasq itself holds for a card on a network of ours, by its lease file."""
    return {line.split()[2] for line in network.lease_file.read_text().splitlines() if line.split()[1] == mac}


def hook_status():
    done = subprocess.run(['leasectl', 'libvirt-hook', 'status', '--json'], stdout=subprocess.PIPE, text=True)
    return done.returncode, validate(done.stdout, 'libvirt-hook.schema.json')['hook']


class Hook(LibvirtTest):

    def setUp(self):
        super().setUp()
        switch('on')
        self.addCleanup(switch, 'off')
        leasectl('libvirt-hook', 'on')
        self.addCleanup(leasectl, 'libvirt-hook', 'off')
        # libvirt looks for hooks when it starts.
        self.libvirt.restart()

    def leases_of(self, network, guest):
        """What libvirt says of a guest's leases on a network."""
        return {row[2].split('/')[0] for row in network.leases() if row[0] in guest.macs}

    def test_a_destroyed_guest_takes_its_leases_along_and_the_others_keep_theirs(self):
        network = self.libvirt_network(families=(4, 6))
        own = self.network('br0')
        gone, bare, stays = self.guest('gone', network), self.guest('bare', own), self.guest('stays', network)
        self.booted(network, gone.macs[0], 2)
        addresses = self.booted(network, stays.macs[0], 2)
        wait_until(lambda: held(own, bare.macs[0]), HUNG, lambda: f'a lease\n{own.log()}')
        # A machine on another bridge may have the same address.
        twin = self.host(own, 'twin', mac=gone.macs[0])
        Udhcpc(twin, 'twin')
        self.resolves('twin', twin.address())
        self.assertEqual(len(resolve('gone')), 2)
        gone.destroy()
        self.assertEqual(held(own, twin.mac), {twin.address()})
        self.assertEqual((resolve('gone'), self.leases_of(network, gone)), (set(), set()))
        bare.destroy()
        self.assertEqual(held(own, bare.macs[0]), set())
        self.assertEqual((resolve('stays'), self.leases_of(network, stays)), (addresses, addresses))

    def test_a_guest_that_is_undefined_while_it_runs_takes_its_leases_along_when_it_ends(self):
        network = self.libvirt_network()
        guest = self.guest('vm1', network)
        addresses = self.booted(network, guest.macs[0], 1)
        self.libvirt.virsh('undefine', 'vm1')
        self.assertEqual(resolve('vm1'), addresses)
        guest.destroy()
        self.assertEqual((resolve('vm1'), self.leases_of(network, guest)), (set(), set()))
        # The test removes it.
        self.libvirt.define('', guest.definition)

    def test_a_saved_guest_keeps_its_leases_and_a_crashed_one_does_not(self):
        network = self.libvirt_network()
        guest = self.guest('vm1', network)
        addresses = self.booted(network, guest.macs[0], 1)
        self.libvirt.virsh('save', 'vm1', SCRATCH / 'vm1.saved')
        self.assertEqual(self.leases_of(network, guest), addresses)
        self.libvirt.virsh('restore', SCRATCH / 'vm1.saved')
        self.assertEqual(resolve('vm1'), addresses)
        process = pathlib.Path('/run/libvirt/qemu/vm1.pid').read_text()
        run('kill', '-KILL', process)
        wait_until(lambda: not self.leases_of(network, guest), HUNG, lambda: f'the end of a lease\n{self.libvirt.log()}')

    def test_a_guest_starts_and_stops_without_leasectl_and_without_a_lease(self):
        """Otherwise what is left of a package that was removed would keep every guest from starting."""
        network = self.libvirt_network()
        program = pathlib.Path('/usr/bin/leasectl')
        aside = program.rename('/usr/bin/leasectl.away')
        try:
            self.guest('vm1', network).destroy()
        finally:
            aside.rename(program)
        self.guest('vm2', network).destroy()

    def test_release_ends_all_leases_of_a_guest_that_libvirt_has(self):
        network = self.libvirt_network(families=(4, 6))
        guest, other = self.guest('vm1', network), self.guest('vm2', network)
        self.booted(network, guest.macs[0], 2)
        addresses = self.booted(network, other.macs[0], 2)
        outcomes = json.loads(leasectl('release', '--guest', 'VM1', '--json'))
        self.assertEqual([entry['outcome'] for entry in outcomes], ['released', 'released'])
        self.assertEqual(self.leases_of(network, guest), set())
        self.assertEqual(self.leases_of(network, other), addresses)

    def test_on_off_and_status(self):
        self.assertEqual(hook_status(), (0, 'nss-leases'))
        leasectl('libvirt-hook', 'off')
        self.assertEqual((hook_status(), HOOK.exists()), ((1, 'none'), False))
        HOOK.write_text('#!/bin/sh\n')
        self.assertEqual(hook_status(), (1, 'other'))
        done = subprocess.run(['leasectl', 'libvirt-hook', 'on'], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr),
                         (3, f"leasectl: {HOOK}: was not written by 'leasectl libvirt-hook on'; move it away first\n"))
        HOOK.unlink()


if __name__ == '__main__':
    lab.main()
