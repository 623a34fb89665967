"""leasectl check: what keeps lookups from finding leases, and what it says about a name."""

import os
import pathlib
import shutil
import socket
import subprocess
import time

import lab
from check import CONFIGURATION, HOSTS, NSSWITCH, CheckTest, lease_of, replace
from lab import STATE, Dhclient, resolve, run
from network import HELPER
from waiting import wait_until


class CheckLookups(CheckTest):

    # Module

    def test_a_module_that_cannot_be_used(self):
        module = pathlib.Path(run('sh', '-c', 'echo /usr/lib/*/libnss_leases.so.2').strip())
        sound = module.read_bytes()

        def fifo():
            module.unlink()
            os.mkfifo(module)

        cases = {
            'is not installed': module.unlink,
            'is not readable by everybody': lambda: module.chmod(0o600),
            'is a FIFO': fifo,
            'the loader does not load': lambda: replace(module, b'no ELF file'),
            'is cut short (1000 bytes)': lambda: replace(module, sound[:1000]),
            'has no _nss_leases_gethostbyname4_r': lambda: replace(module, module.with_name('libnss_compat.so.2').read_bytes()),
            'does not read /run/nss-leases/hosts.idx': lambda: replace(module, sound.replace(b'/run/nss-leases/hosts.idx', b'/run/nss_leases/hosts.idx')),
        }
        for text, break_it in cases.items():
            with self.subTest(text):
                break_it()
                # glibc waits for a FIFO, and root may read everything.
                # A module without its end ends the program.
                if text not in ('is a FIFO', 'is not readable by everybody', 'is cut short (1000 bytes)'):
                    self.assertEqual(resolve('web'), set())
                self.fixed('module', text, 'web')

    # nsswitch.conf

    def test_glibc_does_not_ask_the_module(self):
        cases = {
            'hosts: files dns\n': "'hosts: files dns': leases is missing",
            'passwd: files\n': 'the line is missing',
            'hosts: files leases': 'no newline at its end',
            'hosts: files\nhosts: files leases': 'no newline at its end',
            'hosts: leases\nhosts: files\n': 'leases is missing',
            'hosts: files resolve [!UNAVAIL=return] leases\n': "'resolve [!UNAVAIL=return]' comes before leases and ends the search for every",
            'hosts: files [notfound=RETURN] leases\n': "'files [notfound=RETURN]' comes before leases",
            'hosts:files[NOTFOUND = return]leases\n': "'files [NOTFOUND = return]' comes before leases",
            'hosts: files dns [UNAVAIL=return] leases\n': 'ends the search when it cannot answer',
            'hosts: files dns leases\n': "'dns' comes before leases",
            'hosts: leases files\n': "'files' comes after leases",
            'hosts: files leases [NOWHERE=return]\n': 'line 1: the brackets cannot be parsed',
            'hosts: files leases\npasswd: files [SUCCESS\n': 'line 2: the brackets cannot be parsed',
        }
        for text, finding in cases.items():
            with self.subTest(text):
                NSSWITCH.write_text(text)
                if 'comes before' not in finding and 'comes after' not in finding:
                    self.assertEqual(resolve('web'), set())
                self.fixed('nsswitch', finding, 'web')
                self.assertEqual(resolve('web'), {self.web})

    def test_lines_by_which_the_module_is_asked(self):
        for text in ('\thosts : files leases dns\n', 'hosts: files mdns4_minimal [NOTFOUND=return] leases\n', 'hosts files leases\n',
                     'hosts: dns\nhosts: files leases [!UNAVAIL=return] dns\n', '# hosts: files\nhosts: files # leases\n',
                     'hosts: files myhostname [SUCCESS=return NOTFOUND=continue] leases\n', 'hosts: files leases\nsudoers: files [what=ever]\n'):
            with self.subTest(text):
                NSSWITCH.write_text(text)
                self.assertEqual(resolve('web'), {self.web})
                self.well('web')

    def test_lines_of_distributions_and_of_administrators(self):
        lines = (
            'hosts:          files dns',
            'hosts:\t\tfiles mdns4_minimal [NOTFOUND=return] dns myhostname mymachines',
            'hosts: mymachines resolve [!UNAVAIL=return] files myhostname dns',
            'hosts: leases mymachines resolve [!UNAVAIL=return] files myhostname dns',
            'hosts: mymachines leases resolve [!UNAVAIL=return] files myhostname dns',
            'hosts: mymachines resolve [!UNAVAIL=return] files leases myhostname dns',
            'hosts: files mdns4_minimal [NOTFOUND=return] resolve [!UNAVAIL=return] dns',
            'hosts:      files myhostname mdns4_minimal [NOTFOUND=return] resolve [!UNAVAIL=return] dns',
            'hosts: files libvirt libvirt_guest myhostname resolve [!UNAVAIL=return] dns',
            'hosts: files mdns_minimal [NOTFOUND=return] dns',
            'hosts: files',
            'hosts: dns files',
            'hosts: dns files leases',
            'hosts: files dns wins',
            'hosts: files mdns4 wins winbind dns',
            'hosts: files nis [NOTFOUND=return] dns',
            'hosts: sss files dns leases',
            'hosts: files [NOTFOUND=return] dns',
            'hosts: mymachines [NOTFOUND=return] files dns',
            "hosts: files dns # it's Bob's; $(reboot) & `reboot`",
            'hosts: files dns # leases in front',
            'hosts: files leases dns # lease names before DNS',
            'hosts: files dns#note',
            'hosts: files leases#note',
            'hosts: files dns [NOTFOUND=return]#note',
            '# hosts: files leases\nhosts: files dns',
            'hosts: files leases\nhosts: files dns',
            'hosts:',
            'hosts: files lease dns',
            'hosts: Files Leases dns',
            'hosts: FILES DNS',
            'Hosts: files mymachines dns',
            'host: files dns',
            'hosts files dns',
            'hosts: files mdns4_minimal [NOTFUND=return] resolve [!UNAVAIL=return] dns',
            'group: files [SUCCESS=merge] db [x systemd\nservices: files [a/b&c] db\nhosts: files dns',
        )
        for line in lines:
            for newline in '\n', '':
                with self.subTest(line=line, newline=newline):
                    NSSWITCH.write_text(f'passwd: files\n{line}{newline}')
                    for finding in self.report('web')['findings']:
                        if finding['topic'] == 'nsswitch' and finding['severity'] == 'problem':
                            run('sh', '-c', finding['remedy'])
                    self.well('web')
                    self.assertEqual(resolve('web'), {self.web})
                    self.assertTrue(NSSWITCH.read_text().startswith('passwd: files\n'))

    def test_the_file_of_authselect_is_changed_where_it_is(self):
        directory = pathlib.Path('/etc/authselect')
        directory.mkdir()
        self.addCleanup(shutil.rmtree, directory)
        self.addCleanup(NSSWITCH.unlink)
        file = directory / 'nsswitch.conf'
        file.write_text('hosts: files dns\n')
        NSSWITCH.unlink()
        NSSWITCH.symlink_to('authselect/nsswitch.conf')
        self.found('nsswitch', 'authselect create-profile')
        self.fixed('nsswitch', 'leases is missing', 'web')
        self.assertTrue(NSSWITCH.is_symlink())
        self.assertEqual(file.read_text(), 'hosts: files leases dns\n')

    def test_a_file_that_others_cannot_read(self):
        NSSWITCH.chmod(0o600)
        self.addCleanup(NSSWITCH.chmod, 0o644)
        self.fixed('nsswitch', 'is not readable by everybody', 'web')
        self.well('web', user='nobody')

    def test_a_fifo_in_place_of_nsswitch_conf_is_not_waited_for(self):
        NSSWITCH.unlink()
        os.mkfifo(NSSWITCH)
        self.addCleanup(NSSWITCH.unlink)
        finding = self.found('nsswitch', 'is a FIFO', 'web')
        self.assertEqual(finding['look-at'], 'ls -lL /etc/nsswitch.conf')
        self.assertNotIn('remedy', finding)

    # Caches

    def test_nscd_in_front(self):
        pathlib.Path('/run/nscd').mkdir(exist_ok=True)
        run('service', 'nscd', 'start')
        self.addCleanup(run, 'service', 'nscd', 'stop')
        self.fixed('caches', 'nscd (process', 'web')
        self.found('caches', 'nscd runs without a cache of hosts', severity='ok')

    def test_nscd_that_remembers_that_a_name_did_not_exist(self):
        configuration = pathlib.Path('/etc/nscd.conf')
        self.addCleanup(configuration.write_text, configuration.read_text())
        configuration.write_text('enable-cache hosts yes\npositive-time-to-live hosts 3600\nnegative-time-to-live hosts 3600\ncheck-files hosts no\n')
        pathlib.Path('/run/nscd').mkdir(exist_ok=True)
        run('service', 'nscd', 'start')
        self.addCleanup(run, 'service', 'nscd', 'stop')
        self.assertEqual(resolve('late'), set())
        lease_of('late', '10.77.250.5', int(time.time()) + 3600, 'other')
        run('sh', '-c', self.found('name', 'nscd remembers that it did not exist', 'late')['remedy'])
        self.found('name', 'late is 10.77.250.5', 'late', severity='ok')
        lease_of('late', '10.77.250.6', int(time.time()) + 3600, 'third')
        run('sh', '-c', self.found('name', 'a cache may remember it', 'late')['remedy'])
        self.found('name', 'late is 10.77.250.5 10.77.250.6', 'late', severity='ok')

    # Names

    def test_a_name_that_is_over(self):
        lease_of('old', '10.77.250.1', int(time.time()) - 60)
        finding = self.found('name', 'the lease of old (10.77.250.1 in lan) expired at 20', 'old')
        self.assertEqual((finding.get('remedy'), finding.get('look-at')), (None, None))
        for mode in 0o711, 0o700:
            STATE.chmod(mode)
            self.found('name', 'dnsmasq has not reported it since', 'old', user='nobody')

    def test_a_name_that_is_over_for_dnsmasq_too(self):
        over = str(int(time.time()) - 60)
        expiry, mac = self.lan.lease_file.read_text().split()[:2]
        run(HELPER, 'old', mac, self.web, 'web', env={'DNSMASQ_INTERFACE': 'lan', 'DNSMASQ_LEASE_EXPIRES': over})
        self.lan.lease_file.write_text(self.lan.lease_file.read_text().replace(expiry, over))
        shown = run('sh', '-c', self.found('name', 'dnsmasq has not reported it since', 'web')['look-at'])
        self.assertEqual(shown.split()[:4], [over, mac, self.web, 'web'])

    def test_a_name_that_is_over_though_dnsmasq_knows_better(self):
        mac = self.lan.lease_file.read_text().split()[1]
        run(HELPER, 'old', mac, self.web, 'web', env={'DNSMASQ_INTERFACE': 'lan', 'DNSMASQ_LEASE_EXPIRES': str(int(time.time()) - 60)})
        self.assertEqual(resolve('web'), set())
        self.fixed('name', f"goes on in dnsmasq's lease file, {self.lan.lease_file}", 'web')
        self.assertEqual(resolve('web'), {self.web})

    def test_a_name_that_the_policy_refuses(self):
        CONFIGURATION.write_text('[names]\ndeny = ["deb*"]\n')
        end = int(time.time()) + 3600
        # In another network: an import ends leases that are not in the lease file of the network's dnsmasq.
        lease_of('wpad', '10.77.250.2', end, 'other')
        lease_of('debian', '10.77.250.3', end, 'other')
        self.found('name', 'its name is reserved (wpad)', 'wpad')
        self.found('name', 'its name is reserved (wpad)', '10.77.250.2')
        self.found('name', 'its name is denied by names.deny (deb*)', 'debian')
        self.found('name', 'would not be answered: it is reserved (localhost*)', 'localhost5')
        CONFIGURATION.unlink()
        self.fixed('name', 'accepts it now', 'debian')
        CONFIGURATION.write_text('[names]\ndeny = ["deb*"]\n')
        remedy = self.found('name', 'since the policy changed', 'debian')['remedy']
        run('sh', '-c', remedy)
        self.found('name', 'its name is denied', 'debian')

    def test_a_name_that_no_lease_has(self):
        self.found('name', 'no lease has the name nobody', 'nobody')
        self.found('name', "web (" + self.web + " in lan) is not in 'elsewhere.test'", 'web.elsewhere.test')
        self.found('name', 'nothing is leased at 10.77.250.9', '10.77.250.9')
        lease_of('', '10.77.250.4', 0)
        self.found('name', 'has no name', '10.77.250.4')
        self.found('name', 'is not a host name', 'a..b')

    def test_a_hardware_address_that_no_lease_has(self):
        finding = self.found('name', "nothing is leased to '52:54:00:99:99:99'", '52:54:00:99:99:99', 'web')
        self.assertEqual(finding['look-at'], 'leasectl list')

    def test_a_name_with_one_family(self):
        _, _, six = self.join(self.network('red', families=(4, 6)), 'six', Dhclient, family=6)
        self.found('name', f'six is {six} (IPv6 only)', 'six', severity='ok')
        self.found('name', f'six is {six} (IPv6 only)', six, severity='ok')

    def test_a_name_that_stands_in_etc_hosts(self):
        HOSTS.write_text(HOSTS.read_text() + '10.9.9.9\tweb.lan webserver web\nfd00:9::9 web\n')
        finding = self.found('name', f'web is {self.web}, but getaddrinfo() answers 10.9.9.9 fd00:9::9, from /etc/hosts', 'web')
        # A guest chose the name, so no command that removes the line is printed.
        self.assertEqual((finding['look-at'], 'remedy' in finding), (f'${{EDITOR:-vi}} {HOSTS}', False))
        HOSTS.write_text('127.0.0.1 localhost\n10.9.9.9\tweb.lan webserver\n')
        self.assertEqual(resolve('web'), {self.web})
        # The lease has this name as well, and dnsmasq would not give it a name like that.
        self.found('name', f'web ({self.web} in lan) is answered, but its name is given to 10.9.9.9 by /etc/hosts', 'web')
        self.found('name', '10.9.9.9, from /etc/hosts', 'web.lan')
        HOSTS.write_text('127.0.0.1 localhost\n10.9.9.9\twebserver\n')
        self.well('web', 'web.lan')
        self.assertEqual(resolve('webserver'), {'10.9.9.9'})

    def test_a_name_that_stands_in_etc_hosts_since_the_index_was_made(self):
        HOSTS.write_text(HOSTS.read_text() + '10.9.9.9 web.lan\n')
        given = 'its name is given to 10.9.9.9 by /etc/hosts'
        run('sh', '-c', self.found('name', f'web ({self.web} in lan) is answered, but {given}', 'web')['remedy'])
        self.found('name', f'web ({self.web} in lan) has a lease, but {given}', 'web')

    def serve_dns(self, network, *lines):
        """With a dnsmasq that also answers DNS."""
        network.stop()
        text = network.configuration.read_text().replace('port=0\n', 'no-resolv\nno-hosts\n')
        network.configuration.write_text(text + ''.join(f'{line}\n' for line in lines))
        network.start()

    def test_a_name_that_dnsmasq_gives_to_another(self):
        other = f'{self.lan.v4}.9'
        self.serve_dns(self.lan, f'host-record=gitlab,gitlab.lab.test,{other}')
        _, _, address = self.join(self.lan, 'gitlab')
        text = f'DNS at {self.lan.v4}.1, where lan has its dnsmasq, gives gitlab the address {other}, not {address}: '
        for asked in 'gitlab', 'gitlab.lan', address:
            finding = self.found('name', text, asked)
            self.assertIn('add "gitlab" to deny in [names], then rebuild', finding['text'])
            self.assertEqual(finding['look-at'], f'${{EDITOR:-vi}} {CONFIGURATION} && leasectl rebuild')
        self.well('web')
        CONFIGURATION.write_text('[names]\ndeny = ["gitlab"]\n')
        run('leasectl', 'rebuild')
        self.assertEqual(resolve('gitlab'), set())
        self.assertNotIn('has its dnsmasq', self.found('name', 'names.deny', 'gitlab')['text'])

    def test_a_name_that_dnsmasq_gives_with_its_domain_only(self):
        self.serve_dns(self.lan, 'domain=lab.test', 'dhcp-fqdn', f'host-record=gitlab.lab.test,{self.lan.v4}.9')
        self.join(self.lan, 'db')
        self.well('db')
        self.join(self.lan, 'gitlab')
        self.found('name', f'gives gitlab the address {self.lan.v4}.9', 'gitlab')

    def test_a_name_that_dnsmasq_gives_to_another_for_ipv6(self):
        six = self.network('six', families=(6,), options=('user=dnsmasq',))
        self.serve_dns(six, f'host-record=gitlab,{six.v6}:9')
        _, _, address = self.join(six, 'gitlab', Dhclient, family=6)
        self.found('name', f'DNS at {six.v6}:1, where six has its dnsmasq, gives gitlab the address {six.v6}:9, not {address}', 'gitlab')

    def test_a_dns_server_that_does_not_answer_is_not_waited_for(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
            server.bind((f'{self.lan.v4}.1', 53))
            self.well('web')

    def test_a_name_that_the_system_does_not_ask_the_module_for(self):
        NSSWITCH.write_text('hosts: files\n')
        self.found('name', 'the module alone answers, but is not asked', 'web')
        self.fixed('nsswitch', 'leases is missing', 'web')

    def test_a_name_that_dns_answers_in_front(self):
        server = subprocess.Popen(['dnsmasq', '--conf-file=/dev/null', '--keep-in-foreground', '--listen-address=127.0.0.1', '--bind-interfaces',
                                   '--no-resolv', '--pid-file', '--host-record=web,10.9.9.9'])
        self.addCleanup(server.wait)
        self.addCleanup(server.kill)
        resolv = pathlib.Path('/etc/resolv.conf')
        resolv.write_text('nameserver 127.0.0.1\n')
        self.addCleanup(resolv.write_text, '')
        NSSWITCH.write_text('hosts: files dns leases\n')
        wait_until(lambda: resolve('web') == {'10.9.9.9'}, lab.SOON, 'an answer of DNS')
        self.found('name', "10.9.9.9, from 'dns', which comes before leases", 'web')
        self.fixed('nsswitch', "'dns' comes before leases", 'web')


if __name__ == '__main__':
    lab.main()
