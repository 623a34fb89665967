"""What programs see that know nothing about leases."""

import shutil
import socket
import subprocess
from concurrent.futures import ThreadPoolExecutor

import lab
from lab import Dhclient, getent


class Applications(lab.LabTest):

    def setUp(self):
        super().setUp()
        self.lan = self.network(domain='lan.test', families=(4, 6))
        self.web, _, self.web4 = self.join(self.lan, 'web')
        _, _, self.six6 = self.join(self.lan, 'six', Dhclient, family=6)

    def test_getent_hosts_finds_a_name_and_its_qualified_forms(self):
        for name in 'web', 'web.lan.test', 'web.lan', 'WEB', 'web.', 'web.lan.test.':
            with self.subTest(name=name):
                self.assertEqual(getent('hosts', name), [[self.web4, 'web.lan.test', 'web']])
        self.assertEqual(getent('hosts', 'six'), [[self.six6, 'six.lan.test', 'six']])

    def test_getent_hosts_finds_the_name_of_an_address(self):
        for address, name in (self.web4, 'web'), (self.six6, 'six'):
            self.assertEqual(getent('hosts', address), [[address, f'{name}.lan.test', name]])
        for unknown in '10.77.250.250', 'fd77:ffff::1':
            self.assertEqual(getent('hosts', unknown), [])

    def test_getent_ahosts_lists_every_socket_type_of_every_address(self):
        Dhclient(self.web, 'web', family=6)
        web6 = self.web.address(6)
        self.resolves('web', self.web4, web6)
        lines = getent('ahosts', 'web')
        self.assertEqual(sorted(fields[:2] for fields in lines),
                         sorted([address, kind] for address in (self.web4, web6) for kind in ('STREAM', 'DGRAM', 'RAW')))
        self.assertEqual(lines[0][2:], ['web.lan.test'])

    def test_getent_ahosts_of_one_family_gives_that_family_only(self):
        self.assertEqual({fields[0] for fields in getent('ahostsv4', 'web')}, {self.web4})
        self.assertEqual({fields[0] for fields in getent('ahostsv6', 'six')}, {self.six6})
        # getent asks for IPv4 addresses in IPv6 form if there is nothing better.
        self.assertEqual({fields[0] for fields in getent('ahostsv6', 'web')}, {f'::ffff:{self.web4}'})
        self.assertEqual(getent('ahostsv4', 'six'), [])

    def test_a_name_that_nobody_has_is_not_found(self):
        for name in 'nobody-has-this', 'we', 'webs', 'web.elsewhere', 'web.lan.test.lan', 'lan', 'web..lan', '.web', 'web..':
            with self.subTest(name=name):
                self.assertEqual(lab.resolve(name), set())

    def test_all_leases_are_enumerated(self):
        self.assertEqual(sorted(getent('hosts')), sorted([
            ['127.0.0.1', 'localhost'],
            [self.web4, 'web.lan.test', 'web'],
            [self.six6, 'six.lan.test', 'six'],
        ]))

    def test_ping_reaches_a_client_by_its_name(self):
        for option, name, address in ('-4', 'web', self.web4), ('-6', 'six', self.six6):
            done = subprocess.run(['ping', option, '-n', '-c', '1', '-W', '3', name], capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            self.assertIn(f'bytes from {address}: icmp_seq=1', done.stdout)

    def test_ssh_connects_to_the_address_behind_the_name(self):
        for name, address in ('web', self.web4), ('six.lan.test', self.six6):
            done = subprocess.run(['ssh', '-v', '-F', 'none', '-o', 'ConnectTimeout=3', '-o', 'BatchMode=yes', name, 'true'],
                                  stdin=subprocess.DEVNULL, capture_output=True, text=True)
            # No machine of the lab runs a server, so it gets no further.
            self.assertIn(f'Connecting to {name} [{address}] port 22.', done.stderr)
            self.assertIn(f'connect to address {address} port 22: Connection refused', done.stderr)


    def test_a_program_that_lives_on_sees_every_change(self):
        self.assertEqual(looked_up('web'), {self.web4})
        _, client, address = self.join(self.lan, 'guest')
        self.assertEqual(looked_up('guest'), {address})
        client.release()
        self.is_gone('guest')
        self.assertEqual(looked_up('guest'), set())
        shutil.rmtree(lab.RUNTIME)
        lab.wait_until(lambda: not looked_up('web'), lab.SOON, 'the index is gone for a program that had it')
        lab.leasectl('rebuild')
        lab.wait_until(lambda: looked_up('web') == {self.web4}, lab.SOON, 'the new index is there for a program that had another')

    def test_a_program_that_lives_on_gets_a_right_answer_at_every_moment_while_a_crowd_arrives(self):
        with ThreadPoolExecutor() as pool:
            crowd = pool.submit(self.burst, self.lan, 100, 'crowd')

            def all_there():
                for _ in range(200):
                    self.assertEqual((looked_up('web'), looked_up('six.lan.test')), ({self.web4}, {self.six6}))
                return crowd.done() and len(lab.status(self.lan)) == 102

            lab.wait_until(all_there, 2 * lab.SOON, 'a record of every lease')
        for address, name in crowd.result():
            self.assertEqual(looked_up(name), {address})


def looked_up(name):
    """The addresses that this process itself gets. It keeps its mapping of the index."""
    try:
        return {found[4][0] for found in socket.getaddrinfo(name, None)}
    except socket.gaierror as error:
        if error.errno in (socket.EAI_NONAME, socket.EAI_NODATA):
            return set()
        raise


if __name__ == '__main__':
    lab.main()
