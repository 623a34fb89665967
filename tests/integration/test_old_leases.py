"""A machine that has had several addresses under one name: programs are given the one that it has now."""

import json
import pathlib
import socket
import subprocess
import time

import lab
from calls import call, lease, mac
from lab import SOON, Udhcpc, leasectl, resolve, reverse, wait_until
from sandbox import SCRATCH
from waiting import BRIEF

CONFIGURATION = pathlib.Path('/etc/nss-leases.conf')
IDENTIFIERS = bytes.fromhex('00112233445566778899'), bytes.fromhex('ff00112233445566')


class OldLeases(lab.LabTest):

    def check(self, name):
        return subprocess.run(['leasectl', 'check', name], capture_output=True, text=True).stdout

    def test_a_guest_that_boots_from_the_network_is_found_where_its_system_is(self):
        # dnsmasq itself moves a client's name to its newest lease; a guest's name is that of the machine, whatever its leases.
        network = self.network(recorded=True)
        host = self.host(network, 'pxe')
        guests = SCRATCH / 'guests.json'
        guests.write_text(json.dumps([{'domain': 'vm', 'macs': [host.mac]}]))
        CONFIGURATION.write_text(f'[[source]]\nkind = "mac-map"\npath = "{guests}"\n')
        self.addCleanup(CONFIGURATION.unlink)
        leasectl('import')
        addresses = []
        # Firmware and system have client identifiers of their own, so dnsmasq gives each its own address.
        for identifier in IDENTIFIERS:
            client = Udhcpc(host, client_id=identifier)
            wait_until(lambda: set(host.addresses(4)) - set(addresses), SOON, 'a new address')
            addresses += set(host.addresses(4)) - set(addresses)
            self.all_reported(network, addresses)
            client.kill()
        old, new = addresses
        self.resolves('vm', new)
        self.assertEqual(resolve('vm.lan'), {new})
        self.assertEqual(reverse(old), ['vm'])
        self.assertEqual(len(json.loads(leasectl('list', '--json'))), 2)
        self.assertRegex(self.check('vm'), rf'(?m)^ok +name +vm \({old} in lan\) is old and not answered')

    def test_machines_of_one_name_are_all_found(self):
        for number in 1, 2, 3:
            lease(number, 'two')
        self.assertEqual(resolve('two'), {'10.0.0.1', '10.0.0.2', '10.0.0.3'})
        self.assertNotIn('is old', self.check('two'))

    def test_the_older_lease_answers_again_when_the_newer_one_expires_or_is_deleted(self):
        call('add', mac(1), '10.0.0.1', 'web')
        call('add', mac(1), '10.0.0.9', 'web')
        self.assertEqual(resolve('web'), {'10.0.0.9'})
        call('del', mac(1), '10.0.0.9', 'web')
        self.assertEqual(resolve('web'), {'10.0.0.1'})
        call('add', mac(1), '10.0.0.8', 'web', DNSMASQ_LEASE_EXPIRES=str(int(time.time()) + BRIEF))
        self.assertEqual(resolve('web'), {'10.0.0.8'})
        self.resolves('web', '10.0.0.1')
        leasectl('rebuild')
        self.assertEqual(resolve('web'), {'10.0.0.1'})

    def test_what_is_the_newest_survives_a_rebuild(self):
        call('add', mac(1), '10.0.0.9', 'web')
        call('add', mac(1), '10.0.0.1', 'web')
        for _ in range(2):
            self.assertEqual(resolve('web'), {'10.0.0.1'})
            leasectl('rebuild')
        call('old', mac(1), '10.0.0.9', 'web', DNSMASQ_LEASE_EXPIRES='4102444800')
        self.assertEqual(resolve('web'), {'10.0.0.9'})

    def test_very_many_ipv6_leases_of_a_name_do_not_hide_its_ipv4_address(self):
        lease(1, 'web')
        records = json.loads((lab.STATE / 'lan.status').read_text())
        records += [{'iaid': str(number), 'ip-address': f'fd77::{number:x}', 'hostname': 'web', 'client-id': f'00:03:{number >> 8:02x}:{number & 255:02x}',
                     'expiry-time': 4102444800, 'last-change': f'4000000000.{number:09}'} for number in range(1, 1200)]
        (lab.STATE / 'lan.status').write_text(json.dumps(records))
        leasectl('rebuild')
        addresses = resolve('web')
        self.assertIn('10.0.0.1', addresses)
        self.assertEqual(len(addresses), 1025)
        self.assertEqual(socket.gethostbyname('web'), '10.0.0.1')


if __name__ == '__main__':
    lab.main()
