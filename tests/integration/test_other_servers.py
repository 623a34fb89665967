"""Leases of DHCP servers other than dnsmasq, imported from their files as these change. What is answered is compared with what the
server's files say."""

import json
import subprocess
import sys
import time

import lab
from client import Dhclient, Udhcpc
from import_lab import READER, ImportTest
from lab import leasectl, resolve, reverse
from other_servers import Dhcpd, Dhcpd6, Kea, Kea6
from sources import configure, follower
from waiting import wait_until


class OtherServerTest(ImportTest):
    kind = server = client = None

    def serve(self, name='lan', **options):
        server = self.server(name, **options)
        self.addCleanup(server.remove)
        self.networks.append(server)
        return server.start()

    def followed(self, name='lan', **options):
        """A server whose file is followed: the two."""
        server = self.serve(name, **options)
        configure({'kind': self.kind, 'path': server.lease_file, 'network': name})
        return server, follower(self)

    def machine_of(self, server, name, kind=None):
        """A machine that got its lease under this name, which resolves: the host, its client and its address."""
        host = self.host(server, name)
        client = (kind or self.client)(host, name)
        address = host.address(server.family)
        self.resolves(name, address)
        return host, client, address

    def answers(self, server):
        """{address: name} of all leases that have not ended, as leasectl prints them."""
        rows = json.loads(leasectl('list', '--json', server.name))
        return {row['ip-address']: row.get('hostname', '') for row in rows}

    def agrees(self, server):
        """What is answered is what the server's files say."""
        wait_until(lambda: self.answers(server) == server.leased(), lab.SOON,
                   lambda: f'the same leases: {self.answers(server)}, and the server has {server.leased()}')
        for address, name in server.leased().items():
            self.assertEqual(resolve(name), {address})
            self.assertEqual(reverse(address)[:1], [name])


    def looked(self, follow, before):
        """Returns once the follower has looked at what changed after its first `before` sleeps: it waits for the next change, or, for a file
        without its end, looks again each second. One look takes some sleeps."""
        def has_looked():
            looks = follow.asleep().switches()
            time.sleep(1.5)
            after = follow.switches()
            return looks > before and (after == looks or after >= before + 20)

        wait_until(has_looked, lab.SOON, 'the importer has looked')


class Names:
    """For each server."""

    # Whether a client that has a lease may come with another name.
    renames = True
    # Whether its file has all of the name that the client sent.
    keeps_whole_names = True

    def test_leases_come_change_their_names_and_go(self):
        server, follow = self.followed()
        self.machine_of(server, 'other')
        host, client, address = self.machine_of(server, 'web')
        self.agrees(server)
        if self.renames:
            client.kill()
            if isinstance(client, Dhclient):
                client.forget()
        else:
            client.release()
            self.is_gone('web')
            client.kill()
        renamed = self.client(host, 'api')
        self.resolves('api', address if self.renames else host.address(server.family))
        self.is_gone('web')
        self.agrees(server)
        renamed.release()
        self.is_gone('api')
        self.agrees(server)
        self.assertEqual(set(self.answers(server).values()), {'other'})
        self.assertEqual(follow.err.read_text(), '')

    def test_a_client_that_calls_itself_by_another_s_full_name_is_found_by_neither(self):
        server, _ = self.followed()
        configure({'kind': self.kind, 'path': server.lease_file, 'network': 'lan', 'domain': 'lab.example'})
        for name, domain in ('www', 'example.com'), ('db', 'lab.example'):
            host = self.host(server, name)
            self.client(host, f'{name}.{domain}')
            if domain == 'lab.example':
                self.resolves('db.lab.example', host.address(server.family))
        wait_until(lambda: len(self.answers(server)) == 2, lab.SOON, 'both leases')
        self.assertEqual(resolve('www.example.com'), set())
        if self.keeps_whole_names:
            self.assertEqual((resolve('www'), resolve('www.lab.example')), (set(), set()))
            self.assertIn('refused:www.example.com', leasectl('list'))

    def test_a_restart_of_the_server_loses_no_name(self):
        server, follow = self.followed()
        self.machine_of(server, 'web')
        reader = subprocess.Popen([sys.executable, '-c', READER, 'web'], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for name in 'one', 'two':
            server.restart()
            self.machine_of(server, name)
            server.kill()
            server.start()
            self.agrees(server)
        found, missed = map(int, reader.communicate()[0].split())
        self.assertGreater(found, 0)
        self.assertEqual(missed, 0)
        self.assertEqual(follow.err.read_text(), '')

    def test_a_lease_that_is_not_renewed_ends_in_its_second(self):
        server, _ = self.followed(lease=12)
        host, client, address = self.machine_of(server, 'brief')
        ends = next(row['expiry-time'] for row in json.loads(leasectl('list', '--json')) if row['ip-address'] == address)
        client.kill()
        # It may have renewed its lease meanwhile.
        self.is_gone('brief')
        self.assertGreaterEqual(time.time(), ends)
        self.assertEqual(reverse(address), [])
        self.agrees(server)

    def test_what_is_damaged_or_half_written_costs_no_other_lease(self):
        server, follow = self.followed()
        self.machine_of(server, 'web')
        before = server.leased()
        for text in self.damage:
            looks = follow.switches()
            with server.lease_file.open('a') as file:
                file.write(text)
                file.flush()
                # Without its end, it may still be being written; with another record after it, the server could not read that.
                self.looked(follow, looks)
                self.assertEqual(self.answers(server), before)
                file.write('' if text.endswith('\n') else '\n')
            self.machine_of(server, f'after-{self.damage.index(text)}')
            before = server.leased()
            self.agrees(server)
        self.assertIn('it is left out', follow.err.read_text())
        self.resolves('wrong')
        server.restart()
        self.machine_of(server, 'later')
        self.agrees(server)


class Cleaned:

    def test_a_clean_up_of_the_lease_file_loses_no_name_and_brings_none_back(self):
        server, follow = self.followed(cleanup=1)
        self.machine_of(server, 'steady')
        _, client, _ = self.machine_of(server, 'gone')
        client.release()
        self.is_gone('gone')
        reader = subprocess.Popen([sys.executable, '-c', READER, 'steady'], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        cleaned = server.lease_file.with_name(server.lease_file.name + '.2')
        for number in range(3):
            before = cleaned.stat().st_ino if cleaned.exists() else None
            wait_until(lambda: cleaned.exists() and cleaned.stat().st_ino != before, lab.SOON, 'a clean-up')
            self.machine_of(server, f'vm{number}')
            self.assertEqual(resolve('gone'), set())
            self.agrees(server)
        found, missed = map(int, reader.communicate()[0].split())
        self.assertGreater(found, 0)
        self.assertEqual(missed, 0)
        self.assertEqual(follow.err.read_text(), '')


class KeaV4(Names, Cleaned, OtherServerTest):
    kind, server, client = 'kea-leases', Kea, Udhcpc
    damage = ('10.77.1.240,wrong\n', '10.77.1.240,52:54:00:00:00:01,,no,1,1,0,0,wrong,0,\n', '10.77.1.241,52:54:00:00:00:01,,36')


class KeaV6(Names, Cleaned, OtherServerTest):
    kind, server, client = 'kea-leases', Kea6, Dhclient

    damage = ('fd77:1::1f0,wrong\n', 'fd77:1::1f0,00:01,no,1,1,0,0,1,128,0,0,wrong,,0,,,\n', 'fd77:1::1f0,00:')

    def client(self, host, name):
        return Dhclient(host, name, family=6)


class DhcpdV4(Names, OtherServerTest):
    kind, server, client = 'isc-dhcpd-leases', Dhcpd, Udhcpc
    damage = ('lease 10.77.1.240 {\n  client-hostname "wrong";\n}\n', 'lease 10.77.1.240 {\n  binding state active;\n',
              'lease 10.77.1.240 {\n  binding st')


class DhcpdV6(Names, OtherServerTest):
    kind, server, keeps_whole_names = 'isc-dhcpd-leases', Dhcpd6, False
    damage = ('ia-na "\\001\\000\\000\\000\\003" {\n  iaaddr fd77::1 {\n    set client-name = "wrong";\n  }\n}\n',
              'ia-na "\\001\\000\\000\\000\\003" {\n  iaaddr fd77::1 {\n', 'ia-na "\\001')

    def client(self, host, name):
        return Dhclient(host, name, family=6)


if __name__ == '__main__':
    lab.main()
