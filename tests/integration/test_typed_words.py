"""Names and addresses on leasectl's command line as people type and copy them."""

import json
import subprocess

import lab
from calls import call, lease, mac
from lab import leasectl, run
from libvirt_lab import LibvirtTest
from program import Program
from sandbox import SCRATCH
from sources import CONFIGURATION, configure, import_once
from waiting import HUNG

DUID = '00:01:00:01:2a:3b:4c:5d:52:54:00:00:00:01'


def said(*arguments):
    """Exit status, standard output and complaints."""
    done = subprocess.run(['leasectl', *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=HUNG)
    return done.returncode, done.stdout, done.stderr


def found(word):
    """The addresses of the leases that `lookup` finds."""
    return {entry['ip-address'] for entry in json.loads(said('lookup', '--json', word)[1])}


class TypedWords(lab.LabTest):

    def setUp(self):
        super().setUp()
        lease(0x1a, 'web', DNSMASQ_CLIENT_ID='01:52:54:00:00:00:1a')
        call('add', DUID, 'fd00::1', 'six', DNSMASQ_IAID='1', DNSMASQ_SERVER_DUID='00:01', DNSMASQ_MAC=mac(2))

    def test_every_spelling_of_an_address_is_understood(self):
        for word in '10.0.0.26', '10.0.0.26/24', '::ffff:10.0.0.26', '[::ffff:a00:1a]':
            with self.subTest(word=word):
                self.assertEqual(found(word), {'10.0.0.26'})
                self.assertEqual(said('resolve', '--reverse', word), (0, f'{word}\tweb\n', ''))
                self.assertNotIn('not a host name', said('check', word)[1])
        for word in 'FD00::1', '[fd00::1]', 'fd00:0:0:0:0:0:0:1', 'fd00::1%lan', 'fd00::1/64':
            with self.subTest(word=word):
                self.assertEqual(found(word), {'fd00::1'})
                self.assertEqual(said('resolve', '--reverse', word), (0, f'{word}\tsix\n', ''))

    def test_every_spelling_of_a_hardware_address_is_understood(self):
        for word in '52:54:00:00:00:1a', '52:54:00:00:00:1A', '52-54-00-00-00-1A', '5254.0000.001a', '52:54:0:0:0:1a', '52-54-0-0-0-1a':
            with self.subTest(word=word):
                self.assertEqual(found(word), {'10.0.0.26'})
                self.assertEqual(said('resolve', word), (0, f'{word}\t10.0.0.26\n', ''))
                self.assertEqual(said('resolve', '--reverse', word), (0, f'{word}\tweb\n', ''))
                self.assertEqual(said('wait', '--timeout', '0', word), (0, f'{word}\t10.0.0.26\n', ''))
                self.assertIn('web', said('check', word)[1])
        self.assertEqual(found('52540000001a'), {'10.0.0.26'})
        code, output, complaint = said('check', '52-54-00-00-00-99')
        self.assertEqual((code, complaint), (1, ''))
        self.assertIn("nothing is leased to '52-54-00-00-00-99'", output)
        self.assertNotIn('not a host name', output)

    def test_a_hardware_address_is_awaited(self):
        waiting = Program(self, 'leasectl', 'wait', '5254.0000.0003').asleep()
        lease(3, '')
        self.assertEqual(waiting.result(), 0)
        self.assertEqual(waiting.lines(), ['5254.0000.0003\t10.0.0.3'])

    def test_names_that_are_hex_digits_are_names(self):
        for number, name in enumerate(('db', 'db-01', 'fe-52', '52-54-00-00-00-77'), 0x20):
            lease(number, name)
            with self.subTest(name=name):
                self.assertEqual(found(name), {f'10.0.0.{number}'})
                self.assertEqual(said('wait', '--timeout', '0', name), (0, f'{name}\t10.0.0.{number}\n', ''))
                code, output, complaint = said('check', name)
                self.assertEqual(complaint, '')
                self.assertIn(f' {name} ', output)

    def test_client_identifiers_and_duids_find_their_leases(self):
        for word in '01:52:54:00:00:00:1a', '01-52-54-00-00-00-1A', '0152540000001a':
            self.assertEqual(found(word), {'10.0.0.26'}, word)
        for word in DUID, DUID.upper().replace(':', '-'), DUID.replace(':', ''):
            self.assertEqual(found(word), {'fd00::1'}, word)

    def test_a_name_comes_before_bytes_that_it_may_be(self):
        lease(4, '52540000001a')
        self.assertEqual(found('52540000001a'), {'10.0.0.4'})

    def test_a_name_with_letters_beyond_ascii_is_found_by_its_other_form(self):
        lease(5, 'xn--bcher-kva', DNSMASQ_DOMAIN='lab.test')
        for word in 'bücher', 'BÜCHER', 'bücher.lab.test', 'bu\u0308cher':
            with self.subTest(word=word):
                self.assertEqual(found(word), {'10.0.0.5'})
                self.assertEqual(said('resolve', word), (0, f'{word}\t10.0.0.5\n', ''))
        self.assertEqual(said('wait', '--timeout', '0', 'bücher'), (0, 'xn--bcher-kva\t10.0.0.5\n', ''))
        self.assertNotIn('not a host name', said('check', 'bücher')[1])

    def test_without_the_library_its_package_is_named(self):
        run('sh', '-c', 'for file in $(ldconfig -p | sed -n "s/.*=> \\(.*libidn2.so.0\\)$/\\1/p"); do mv $file $file.away; done')
        self.addCleanup(run, 'sh', '-c', 'for file in $(find /usr/lib /lib -name "libidn2.so.0.away"); do mv $file ${file%.away}; done')
        code, _, complaint = said('lookup', 'bücher')
        self.assertEqual(code, 1)
        self.assertIn('install libidn2-0', complaint)

    def test_what_no_lease_can_have_is_not_awaited(self):
        for word, reason in (('10.77.1.130', 'is an address'), ('fd00::1', 'is an address'), ('[fd00::1]', 'is an address'),
                             ('localhost', 'is this machine'), ('localhost.localdomain', 'is this machine'), ('a b', 'cannot be the name of a lease'),
                             ('a..b', 'cannot be the name of a lease')):
            with self.subTest(word=word):
                code, output, complaint = said('wait', word)
                self.assertEqual((code, output), (2, ''))
                self.assertIn(f"leasectl: '{word}' {reason}", complaint)

    def test_a_refused_name_is_awaited_with_a_word(self):
        code, _, complaint = said('wait', 'wpad', '--timeout', '0')
        self.assertEqual(code, 1)
        self.assertRegex(complaint.splitlines()[0], "^leasectl: 'wpad' .*, so only a guest of a MAC map can have that name$")

    def test_a_word_that_is_no_name_is_pointed_out_once(self):
        self.assertEqual(said('resolve', 'bad name', 'worse name', 'web'),
                         (1, 'web\t10.0.0.26\n', "leasectl: 'bad name' cannot be the name of a lease\n"))

    def test_a_name_given_twice_counts_once(self):
        self.assertEqual(said('wait', 'web', 'web', '[web', '--timeout', '0')[0], 2)
        self.assertEqual(said('wait', 'db', 'web', 'db', '--timeout', '0'),
                         (1, 'web\t10.0.0.26\n', 'leasectl: time is up; without a lease: db\n'))
        self.assertEqual(leasectl('list', 'lan', 'lan'), leasectl('list', 'lan'))
        self.assertEqual(leasectl('networks', 'lan', 'lan'), leasectl('networks'))


    def test_an_empty_text_is_a_mistake_not_a_choice_of_everything(self):
        for command in (['list', '--guest', ''], ['list', '--domain='], ['list', '--match', ''], ['watch', '--guest', ''], ['watch', '--domain', ''],
                        ['wait', 'web', '--match', ''], ['wait', '--guest', ''], ['export', 'ansible', '--host', ''],
                        ['export', 'hosts', '--output', ''], ['lease-file', 'take', ''], ['lease-file', 'give', ''],
                        ['lease-file', 'give', '--network', ''], ['dump', ''], ['release', ''], ['release', '--guest', '']):
            with self.subTest(command=command):
                code, output, complaint = said(*command)
                self.assertEqual((code, output), (2, ''))
                self.assertNotEqual(complaint, '')


class LibvirtsNames(LibvirtTest):
    """A network of libvirt's has two names."""

    def setUp(self):
        super().setUp()
        self.net = self.libvirt_network('default')
        lease(1, 'vm', DNSMASQ_INTERFACE=self.net.name)
        lease(2, 'other', DNSMASQ_INTERFACE='lan')

    def commands(self):
        """Commands that name the network, by each of its names."""
        for name in 'default', self.net.name:
            yield name, (['list', name], ['networks', name], ['export', 'hosts', name], ['lookup', f'vm.{name}'],
                         ['wait', '--timeout', '0', f'vm.{name}'])

    def test_both_are_understood_wherever_a_network_is_named(self):
        by_title, by_bridge = ([said(*command) for command in commands] for _, commands in self.commands())
        self.assertEqual(by_title, by_bridge)
        self.assertEqual({code for code, _, _ in by_title}, {0})
        self.assertEqual(said('resolve', 'vm.default'), (0, 'vm.default\t10.0.0.1\n', ''))
        self.assertIn(f'vm.{self.net.name}', said('check', 'vm.default')[1])

    def test_libvirt_tells_them_to_other_users(self):
        as_nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', 'leasectl']
        for name, commands in self.commands():
            for command in commands:
                with self.subTest(command=command):
                    done = subprocess.run([*as_nobody, *command], capture_output=True, text=True, timeout=HUNG)
                    self.assertEqual((done.returncode, done.stderr), (0, ''))
        self.assertEqual(run(*as_nobody, 'list', 'default'), leasectl('list', 'default'))

    def test_watch_and_forget_understand_them_too(self):
        watch = Program(self, 'leasectl', 'watch', 'default').asleep()
        lease(4, 'elsewhere', DNSMASQ_INTERFACE='lan')
        lease(3, 'new', DNSMASQ_INTERFACE=self.net.name)
        lab.wait_until(watch.lines, lab.SOON, 'a change')
        self.assertEqual([line.split()[5] for line in watch.lines()], ['new'])
        leasectl('forget', '--all', 'default')
        self.assertEqual([entry['hostname'] for entry in json.loads(leasectl('list', '--json'))], ['other', 'elsewhere'])

    def test_a_network_of_ours_with_that_name_comes_first(self):
        lease(9, 'ours', DNSMASQ_INTERFACE='default')
        self.assertEqual([entry['hostname'] for entry in json.loads(leasectl('list', '--json', 'default'))], ['ours'])


class NamesOfOtherHosts(LibvirtTest):
    """Of a lease that another host shares, the host is what follows the name; not its network, nor libvirt's network of that name."""

    def setUp(self):
        super().setUp()
        self.bridge = self.libvirt_network('hv2').name
        file = SCRATCH / 'shared/hv2/lab.status'
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps([{'ip-address': '10.9.0.1', 'hostname': 'far', 'expiry-time': 0, 'last-change': '1.000000000'}]))
        self.addCleanup(CONFIGURATION.unlink)
        configure({'kind': 'shared-status', 'path': SCRATCH / 'shared/*/*.status'})
        import_once()

    def test_the_host_is_understood_wherever_a_lookup_understands_it(self):
        self.assertEqual(lab.resolve('far.hv2'), {'10.9.0.1'})
        self.assertEqual(found('far.hv2'), {'10.9.0.1'})
        self.assertEqual(said('resolve', 'far.hv2'), (0, 'far.hv2\t10.9.0.1\n', ''))
        self.assertEqual(said('wait', '--timeout', '0', 'far.hv2'), (0, 'far.hv2\t10.9.0.1\n', ''))
        self.assertEqual(said('wait', '--timeout', '0', '--match', '*.hv2'), (0, 'far.hv2\t10.9.0.1\n', ''))
        for selection in ['--domain', 'hv2'], ['--match', 'far.hv2']:
            self.assertEqual(said('list', '--format', '{name} {network} {host}', *selection), (0, 'far hv2:lab hv2\n', ''))
        self.assertEqual(said('wait', '--timeout', '0', 'later.hv2')[2], 'leasectl: time is up; without a lease: later.hv2\n')

    def test_the_network_is_not(self):
        for selection in ['--domain', 'hv2:lab'], ['--match', 'far.hv2:lab']:
            self.assertEqual(said('list', '--format', '{name}', *selection), (0, '', ''))
        self.assertEqual(said('__complete', 'list', '--domain', '')[1].split(), ['hv2', self.bridge])


if __name__ == '__main__':
    lab.main()
