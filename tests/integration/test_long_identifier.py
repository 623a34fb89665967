"""Client identifiers and DUIDs with more bytes than dnsmasq gives its script (100), or than can be kept (255)."""

import pathlib
import signal
import subprocess
import sys

import lab
from client import INTERFACE, Client
from lab import Dhclient, Udhcpc, leasectl, record, resolve, status, wait_until
from network import HELPER

PROGRAM = pathlib.Path(__file__).with_name('raw_dhcp6.py')
# RFC 8415 allows 130 bytes. dnsmasq takes more.
LENGTHS = [100, 101, 130, 255, 256, 300]


def duid(length):
    """Type 2: an enterprise's."""
    return '0002' + '0000' + f'{length:04x}' + 'cd' * (length - 6)


def identifier(hex_digits):
    return ':'.join(hex_digits[at:at + 2] for at in range(0, len(hex_digits), 2))


class LongIdentifier(lab.LabTest):

    def ask(self, host, length, name, iaid=7):
        """The address that a client with a DUID of this many bytes is given."""
        wait_until(lambda: host.addresses(6, 'link'), lab.SOON, 'a link-local address')
        return host.run(sys.executable, '-B', PROGRAM, INTERFACE, duid(length), iaid, name).strip()

    def test_a_lease_with_a_duid_of_any_length_has_its_name(self):
        network = self.network(families=(6,), recorded=True)
        host = self.host(network, 'many')
        for length in LENGTHS:
            with self.subTest(length=length):
                address = self.ask(host, length, f'd{length}')
                self.resolves(f'd{length}', address)
                written = record(network, address)
                self.assertEqual(written.get('client-id'), identifier(duid(length)) if length <= 100 else None)
                self.assertEqual((written['mac-address'], written['iaid']), (host.mac, '7'))
        self.all_reported(network, [entry['ip-address'] for entry in status(network)])
        self.assertEqual({call.split()[0] for call in network.calls()}, {'0'})

    def test_at_a_start_with_leasefile_ro_its_address_is_given_to_nobody_else_and_no_duid_is_made_up(self):
        network = self.network(families=(6,), leasefile_ro=True, recorded=True)
        _, _, other = self.join(network, 'other', Dhclient, family=6)
        host = self.host(network, 'many')
        addresses = {length: self.ask(host, length, f'd{length}') for length in (100, 130, 300)}
        for length, address in addresses.items():
            self.resolves(f'd{length}', address)
        before = status(network)
        for _ in range(2):
            told = self.told_again(network, {other, *addresses.values()})
            self.assertEqual({call.split()[0] for call in told}, {'0'})
            self.assertEqual(status(network), before)
        rows = {row.split()[2]: row.split() for row in lab.run(HELPER, 'init').splitlines() if not row.startswith('duid')}
        self.assertEqual({length: rows[address][3:] for length, address in addresses.items()},
                         {100: ['d100', identifier(duid(100))], 130: ['d130', '00'], 300: ['d300', '00']})
        # dnsmasq does not know such a client again: it gets another address, and its name is there.
        for length in 130, 300:
            moved = self.ask(host, length, f'd{length}')
            self.assertNotIn(moved, {other, *addresses.values()})
            self.resolves(f'd{length}', moved)
        self.assertEqual(self.ask(host, 100, 'd100'), addresses[100])
        self.assertEqual((resolve('d100'), resolve('other')), ({addresses[100]}, {other}))

    def test_a_dhcpv4_client_keeps_its_address_and_its_name_over_a_start_with_leasefile_ro(self):
        network = self.network(leasefile_ro=True, recorded=True)
        host = self.host(network, 'long')
        client = Client(host, 'udhcpc', '-f', '-i', INTERFACE, '-t', '20', '-T', '1', '-A', '1', '-C', '-x', 'hostname:long',
                        '-x', '0x3d:' + 'ab' * 200)
        address = host.address()
        self.resolves('long', address)
        self.assertNotIn('client-id', record(network, address))
        self.told_again(network, {address})
        log = len(network.log())
        client.process.send_signal(signal.SIGUSR1)
        wait_until(lambda: f'DHCPACK(lan) {address}' in network.log()[log:], lab.SOON, lambda: f'a renewal\n{network.log()}')
        self.assertNotIn('DHCPNAK', network.log())
        self.resolves('long', address)

    def test_in_a_lease_file_it_costs_its_lease_no_more(self):
        network = self.network(families=(4, 6), is_told=False)
        configuration = pathlib.Path('/etc/nss-leases.conf')
        configuration.write_text(f'[[source]]\nkind = "dnsmasq-leases"\npath = "{network.lease_file}"\nnetwork = "file"\n')
        self.addCleanup(configuration.unlink)
        host = self.host(network, 'many')
        addresses = {length: self.ask(host, length, f'd{length}') for length in LENGTHS}
        client = Udhcpc(host, 'web')
        done = subprocess.run(['leasectl', 'import'], capture_output=True, text=True, check=True)
        self.assertEqual(done.stderr, '')
        self.assertEqual({length: resolve(f'd{length}') for length in LENGTHS}, {length: {address} for length, address in addresses.items()})
        web = host.address()

        def imported():
            leasectl('import')
            return resolve('web') == {web}

        wait_until(imported, lab.SOON, 'a lease after them')
        client.release()
        wait_until(lambda: leasectl('import') and not resolve('web'), lab.SOON, 'its end')
        self.assertEqual(resolve('d300'), {addresses[300]})


if __name__ == '__main__':
    lab.main()
