"""DHCPv4 leases, from the client's packet to the answer of the resolver."""

import json
import pathlib

import lab
from lab import Dhclient, Dhcpcd, Udhcpc, record, reverse, resolve, status, wait_until

# Option 12 as no decent client sends it, and the name that dnsmasq makes from it, if any.
HOSTILE_NAMES = [
    (b'$(touch /run/owned)', None),
    (b'`touch /run/owned`;x', None),
    (b'../../etc/cron.d/x', None),
    (b'-rf', None),
    (b'a\nb 10.0.0.1 c', None),
    (b'"},{"ip-address":"10.77.9.9', None),
    (b'\x1b[31mred\x1b[0m', None),
    (b'caf\xc3\xa9\xff', None),
    (b'x' * 255, None),
    (b'web\x00evil', 'web'),
]


class Dhcpv4(lab.LabTest):

    def test_a_lease_of_every_client_program_resolves_by_name_and_by_address(self):
        network = self.network(domain='lan.test')
        for name, kind in ('busy', Udhcpc), ('isc', Dhclient), ('roy', Dhcpcd):
            with self.subTest(client=kind.__name__):
                host, _, address = self.join(network, name, kind)
                self.assertEqual(resolve(f'{name}.lan.test'), {address})
                self.assertEqual(resolve(f'{name}.lan'), {address})
                self.assertEqual(reverse(address), [f'{name}.lan.test', name])
                self.assertEqual(record(network, address)['mac-address'], host.mac)

    def test_the_record_holds_what_dnsmasq_said(self):
        network = self.network(domain='lan.test', lease='30m')
        host, _, address = self.join(network, 'Web')
        written = record(network, address)
        expiry, mac, _, name, client_id = network.lease_file.read_text().split()
        self.assertEqual((written['expiry-time'], written['mac-address'], written['hostname'], written['client-id']),
                         (int(expiry), mac, name, client_id))
        self.assertEqual((written['hostname'], written['domain']), ('Web', 'lan.test'))
        self.assertIsInstance(written['expiry-time'], int)
        self.assertEqual(resolve('wEB'), {address})

    def test_a_renewal_is_seen_when_dnsmasq_reports_renewals(self):
        network = self.network(recorded=True)
        _, client, address = self.join(network, 'web')
        before = record(network, address)['expiry-time']

        def renewed():
            client.renew()
            return record(network, address)['expiry-time'] > before

        wait_until(renewed, lab.SOON, 'a later expiry')
        self.assertEqual(resolve('web'), {address})
        wait_until(lambda: [call for call in network.calls() if call.startswith('0 old')], lab.SOON, 'the helper was told so')

    def test_a_renamed_client_is_found_by_its_new_name_only(self):
        network = self.network()
        host, client, address = self.join(network, 'before')
        client.kill()
        Udhcpc(host, 'after')
        self.resolves('after', address)
        self.assertEqual(resolve('before'), set())
        self.assertEqual([entry['hostname'] for entry in status(network)], ['after'])

    def test_a_machine_that_gets_another_address_is_found_there_only(self):
        fixed = pathlib.Path('/run/fixed-addresses')
        fixed.touch()
        network = self.network(options=[f'dhcp-hostsfile={fixed}'])
        host, client, old = self.join(network, 'web')
        client.kill()
        new = f'{network.v4}.50'
        fixed.write_text(f'{host.mac},{new}\n')
        network.reload()
        wait_until(lambda: network.log().count(f'read {fixed}') == 2, lab.SOON, 'dnsmasq has read the fixed address')
        Udhcpc(host, 'web')
        self.resolves('web', new)
        self.assertEqual(reverse(old), [])
        self.assertEqual([entry['ip-address'] for entry in status(network)], [new])

    def test_a_name_that_dnsmasq_is_configured_to_give_resolves(self):
        network = self.network(options=['dhcp-host=52:54:00:*:*:*,given'])
        host = self.host(network, 'quiet')
        Udhcpc(host)
        self.resolves('given', host.address())

    def test_an_infinite_lease_resolves_and_has_expiry_0(self):
        network = self.network(lease='infinite', recorded=True)
        _, _, address = self.join(network, 'web')
        self.assertEqual(record(network, address)['expiry-time'], 0)
        self.told_again(network, {address})
        self.assertEqual(resolve('web'), {address})

    def test_a_name_that_another_client_takes_over_leads_to_that_client_only(self):
        network = self.network()
        _, _, old = self.join(network, 'web')
        taker = self.host(network, 'taker')
        Udhcpc(taker, 'web')
        new = taker.address()
        self.assertNotEqual(new, old)
        self.resolves('web', new)
        self.assertEqual(reverse(old), [])
        self.assertEqual({entry['ip-address']: entry.get('hostname') for entry in status(network)}, {old: None, new: 'web'})

    def test_a_released_lease_is_gone(self):
        network = self.network()
        _, client, address = self.join(network, 'web')
        self.join(network, 'other')
        client.release()
        self.is_gone('web')
        self.assertEqual(reverse(address), [])
        self.assertEqual([entry['hostname'] for entry in status(network)], ['other'])

    def test_a_client_without_a_name_has_a_record_and_no_name(self):
        network = self.network()
        host = self.host(network, 'quiet')
        Udhcpc(host)
        address = host.address()
        written = wait_until(lambda: record(network, address), lab.SOON, 'a record')
        self.assertNotIn('hostname', written)
        self.assertEqual(written['mac-address'], host.mac)
        self.assertEqual(reverse(address), [])

    def test_a_name_that_policy_refuses_does_not_resolve_but_is_kept_on_record(self):
        network = self.network()
        for name in 'localhost', 'wpad', 'isatap', '1234':
            with self.subTest(name=name):
                before = resolve(name)
                host = self.host(network, f'n-{name}')
                Udhcpc(host, name)
                address = host.address()
                written = wait_until(lambda: record(network, address), lab.SOON, 'a record')
                self.assertNotIn('hostname', written)
                self.assertEqual(written['refused-hostname'], name)
                self.assertNotIn(address, resolve(name))
                self.assertEqual(resolve(name), before)
                self.assertEqual(reverse(address), [])

    def test_hostile_bytes_in_option_12_do_no_harm(self):
        network = self.network(recorded=True)
        _, _, innocent = self.join(network, 'innocent')
        for number, (name_bytes, name) in enumerate(HOSTILE_NAMES):
            with self.subTest(option_12=name_bytes):
                host = self.host(network, f'hostile{number}')
                Udhcpc(host, name_bytes=name_bytes)
                address = host.address()
                written = wait_until(lambda: record(network, address), lab.SOON, 'a record')
                self.assertEqual(written.get('hostname'), name)
                self.assertEqual(reverse(address)[:1], [name] if name else [])
        self.assertEqual(len(status(network)), 1 + len(HOSTILE_NAMES))
        self.all_reported(network, {entry['ip-address'] for entry in status(network)})
        self.assertEqual({call.split()[0] for call in network.calls()}, {'0'})
        self.assertFalse(pathlib.Path('/run/owned').exists())
        self.assertEqual(resolve('innocent'), {innocent})
        for line in lab.leasectl('list').splitlines():
            self.assertTrue(line.isprintable(), line)
        self.assertEqual(len(json.loads(lab.leasectl('list', '--json'))), 1 + len(HOSTILE_NAMES))


if __name__ == '__main__':
    lab.main()
