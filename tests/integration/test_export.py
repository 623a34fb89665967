"""leasectl export, read by the programs that its formats are for."""

import json
import os
import pathlib
import re
import subprocess

import lab
from calls import lease
from hostile import DOMAIN, NAME, NETWORK, WRONG_DOMAIN, WRONG_NAME, WRONG_NETWORK, replace_in_index
from lab import Dhclient, Udhcpc, leasectl, run
from sandbox import SCRATCH

FORMATS = {'hosts': [], 'ansible': [], 'prometheus': [], 'metrics': [], 'ssh-config': [], 'clush': [],
           'zone': ['--origin', 'red.test']}


def export(*arguments):
    """The output of an export, and its complaints."""
    done = subprocess.run(['leasectl', 'export', *arguments], capture_output=True, text=True, check=True)
    return done.stdout, done.stderr


def written(name, *arguments):
    """The file that an export wrote."""
    file = SCRATCH / name
    leasectl('export', *arguments, '--output', file)
    return file


def ansible(program, source, *arguments):
    """What one of Ansible's programs prints about an inventory."""
    return run(program, '-i', source, *arguments, env={**os.environ, 'HOME': '/root', 'ANSIBLE_LOCAL_TEMP': '/tmp'})


def inventory(source):
    return json.loads(ansible('ansible-inventory', source, '--list'))


def inventory_script(command):
    script = SCRATCH / 'inventory'
    script.write_text(f'#!/bin/sh\nexec {command} "$@"\n')
    script.chmod(0o755)
    return script


def ssh_host(file, name):
    """The address that ssh would connect to."""
    return re.search('^hostname (.*)$', run('ssh', '-F', file, '-G', name), re.MULTILINE)[1]


def groups(file):
    """The groups that nodeset reads, with their nodes."""
    directory = SCRATCH / 'clustershell'
    (directory / 'groups.d').mkdir(parents=True, exist_ok=True)
    (directory / 'groups.conf').write_text(f'[Main]\ndefault: leases\nautodir: {directory}/groups.d\n')
    (directory / 'groups.d/leases.yaml').write_bytes(file.read_bytes())
    nodeset = ['nodeset', f'--groupsconf={directory}/groups.conf']
    names = run(*nodeset, '--list').split()
    return {name.removeprefix('@'): set(run(*nodeset, '--expand', name).split()) for name in names}


def zone(origin, file):
    """The records that BIND loads, as strictly as a server does."""
    lines = run('named-checkzone', '-k', 'fail', '-i', 'full', '-D', '-q', '-o', '-', origin, file).splitlines()
    return {(fields[0], fields[3], fields[4]) for fields in map(str.split, lines) if fields[3] in ('A', 'AAAA', 'PTR')}


class Export(lab.LabTest):

    def setUp(self):
        super().setUp()
        self.red = self.network('red', families=(4, 6), domain='red.test')
        self.blue = self.network('blue')
        _, _, self.ci_1 = self.join(self.red, 'ci-01')
        _, _, self.ci_2 = self.join(self.red, 'ci-02')
        _, _, self.six = self.join(self.red, 'six', Dhclient, family=6)
        _, _, self.red_web = self.join(self.red, 'web')
        host = self.host(self.blue, 'web')
        Udhcpc(host, 'Web')
        self.blue_web = host.address()
        self.resolves('web', self.red_web, self.blue_web)

    def test_hosts_says_what_the_module_says_but_gives_a_name_of_two_hosts_to_neither(self):
        hosts = pathlib.Path('/etc/hosts')
        self.addCleanup(hosts.write_text, hosts.read_text())
        hosts.write_text(export('hosts')[0])
        for name, address in (('ci-01', self.ci_1), ('ci-01.red.test', self.ci_1), ('ci-01.red', self.ci_1), ('six', self.six),
                              ('web.red', self.red_web), ('web.blue', self.blue_web)):
            with self.subTest(name=name):
                found = run('getent', '-s', 'hosts:files', 'ahosts', name)
                self.assertEqual({line.split()[0] for line in found.splitlines()}, {address})
        self.assertEqual(subprocess.run(['getent', '-s', 'hosts:files', 'ahosts', 'web']).returncode, 2)

    def test_ansible_reads_hosts_variables_and_groups(self):
        found = inventory(inventory_script('leasectl export ansible --group "sixes=s*"'))
        self.assertEqual(found['_meta']['hostvars']['six'],
                         {'ansible_host': self.six, 'lease_network': 'red', 'lease_domain': 'red.test', 'lease_addresses': [self.six],
                          'lease_mac_address': found['_meta']['hostvars']['six']['lease_mac_address']})
        self.assertEqual(sorted(found['network_red']['hosts']), ['ci-01', 'ci-02', 'six', 'web.red'])
        self.assertEqual(found['network_blue']['hosts'], ['web.blue'])
        self.assertEqual(sorted(found['name_ci']['hosts']), ['ci-01', 'ci-02'])
        self.assertEqual(found['sixes']['hosts'], ['six'])

    def test_networks_that_ansible_cannot_tell_apart_have_groups_of_their_own(self):
        for number, network in enumerate(('br-a', 'br_a', 'br.a'), 1):
            lease(number, f'of-{number}', DNSMASQ_INTERFACE=network)
        found = inventory('/usr/bin/leasectl-inventory')
        self.assertEqual({group: found[group]['hosts'] for group in found if group.startswith('network_br')},
                         {'network_br_x2d_a': ['of-1'], 'network_br_x5f_a': ['of-2'], 'network_br_x2e_a': ['of-3']})
        nodes = groups(written('leases.yaml', 'clush'))
        self.assertEqual(nodes['network_br_x2e_a'], {'of-3'})

    def test_ansible_takes_the_tool_itself_as_an_inventory_script(self):
        found = inventory('/usr/bin/leasectl-inventory')
        self.assertEqual(found['_meta']['hostvars']['web.blue']['ansible_host'], self.blue_web)
        self.assertEqual(json.loads(run('leasectl-inventory', '--host', 'ci-01'))['ansible_host'], self.ci_1)
        unknown = subprocess.run(['leasectl-inventory', '--host', 'nobody'], capture_output=True, text=True)
        self.assertEqual((unknown.returncode, json.loads(unknown.stdout)), (1, {}))

    def test_prometheus_reads_the_targets(self):
        targets = written('targets.json', 'prometheus', '--port', '9101')
        configuration = SCRATCH / 'prometheus.yml'
        configuration.write_text(f'scrape_configs:\n- job_name: vms\n  file_sd_configs:\n  - files: [{targets}]\n')
        run('promtool', 'check', 'config', configuration)
        discovered = json.loads(run('promtool', 'check', 'service-discovery', configuration, 'vms'))
        labels = [entry['labels'] for entry in discovered]
        self.assertEqual({(label['__address__'], label['hostname'], label['network']) for label in labels},
                         {(f'{self.ci_1}:9101', 'ci-01', 'red'), (f'{self.ci_2}:9101', 'ci-02', 'red'), (f'[{self.six}]:9101', 'six', 'red'),
                          (f'{self.red_web}:9101', 'web', 'red'), (f'{self.blue_web}:9101', 'web', 'blue')})

    def test_promtool_finds_nothing_wrong_with_the_metrics(self):
        metrics = export('metrics')[0]
        checked = subprocess.run(['promtool', 'check', 'metrics'], input=metrics, capture_output=True, text=True)
        self.assertEqual((checked.returncode, checked.stdout + checked.stderr), (0, ''))
        for line in ('nss_leases_active{network="red",family="ipv4"} 3', 'nss_leases_active{network="red",family="ipv6"} 1',
                     'nss_leases_names{network="red"} 4',
                     '# TYPE nss_leases_names gauge', 'nss_leases_index_current{network="blue"} 1'):
            self.assertIn(line, metrics.splitlines())

    def test_ssh_finds_the_addresses(self):
        config = written('ssh_config', 'ssh-config')
        for name, address in (('ci-01', self.ci_1), ('six.red', self.six), ('web.blue', self.blue_web), ('web.red.test', self.red_web)):
            self.assertEqual(ssh_host(config, name), address)
        for name in 'nobody', 'web':
            self.assertEqual(ssh_host(config, name), name)

    def test_clustershell_reads_the_groups(self):
        self.assertEqual(groups(written('leases.yaml', 'clush', '--group', 'on=*b')),
                         {'network_red': {'ci-01', 'ci-02', 'six', 'web.red'}, 'network_blue': {'web.blue'}, 'name_ci': {'ci-01', 'ci-02'},
                          'on': {'web.red', 'web.blue'}})

    def test_bind_loads_the_zones(self):
        self.assertEqual(zone('red.test', written('forward', 'zone', '--origin', 'red.test.')),
                         {('ci-01.red.test.', 'A', self.ci_1), ('ci-02.red.test.', 'A', self.ci_2), ('six.red.test.', 'AAAA', self.six),
                          ('web.red.test.', 'A', self.red_web)})
        self.assertEqual(zone('blue', written('blue', 'zone', '--origin', 'blue')), {('web.blue.', 'A', self.blue_web)})
        origin = '.'.join(reversed(self.red.v4.split('.'))) + '.in-addr.arpa'
        reverse = written('reverse', 'zone', '--origin', origin)
        self.assertNotIn('ip6', reverse.read_text())
        pointers = zone(origin, reverse)
        self.assertEqual({name for _, _, name in pointers}, {'ci-01.red.test.', 'ci-02.red.test.', 'web.red.test.'})
        self.assertIn((f'{self.ci_1.split(".")[3]}.{origin}.', 'PTR', 'ci-01.red.test.'), pointers)
        found = zone('ip6.arpa', written('reverse6', 'zone', '--origin', 'ip6.arpa'))
        self.assertEqual({name for _, _, name in found}, {'six.red.test.'})

    def test_a_name_that_bind_refuses_is_left_out_of_the_zone(self):
        self.join(self.red, 'a_b')
        records, complaints = export('zone', '--origin', 'red.test')
        file = SCRATCH / 'strict'
        file.write_text(records)
        self.assertEqual({owner.split('.')[0] for owner, _, _ in zone('red.test', file)}, {'ci-01', 'ci-02', 'six', 'web'})
        self.assertIn("'a_b.red.test'", complaints)

    def test_only_the_networks_named_are_exported(self):
        for format, options in FORMATS.items():
            with self.subTest(format=format):
                self.assertNotIn('blue', export(format, *options, 'red')[0])
        code = subprocess.run(['leasectl', 'export', 'hosts', 'green'], capture_output=True, text=True)
        self.assertEqual((code.returncode, code.stdout), (1, ''))
        self.assertIn('green', code.stderr)

    def test_a_zone_that_no_host_could_be_in_replaces_nothing(self):
        file = written('zone-of-red', 'zone', '--origin', 'red.test')
        before = file.read_text()
        refused = subprocess.run(['leasectl', 'export', 'zone', '--origin', 'red.tset', '--output', file], capture_output=True, text=True)
        self.assertEqual((refused.returncode, refused.stdout, refused.stderr),
                         (1, '', "leasectl: no lease has the domain 'red.tset', and no network that name; there are: blue red red.test\n"))
        self.assertEqual(file.read_text(), before)


class Guests(lab.LabTest):
    """A MAC map names three machines: one has no other name, one has its own name as well, but only for IPv4, and one has the name that
    another calls itself."""

    def setUp(self):
        super().setUp()
        red = self.network('red', families=(4, 6), domain='red.test')
        silent = self.host(red, 'silent')
        Udhcpc(silent)
        self.silent = silent.address()
        web, _, self.web = self.join(red, 'web')
        Dhclient(web, family=6)
        self.web_six = web.address(6)
        other, _, self.other = self.join(red, 'other')
        map = pathlib.Path('/var/lib/libvirt/dnsmasq/red.macs')
        map.parent.mkdir(parents=True, exist_ok=True)
        self.addCleanup(map.unlink)
        map.write_text(json.dumps([{'domain': 'VM1', 'macs': [silent.mac]}, {'domain': 'front.prod', 'macs': [web.mac]},
                                   {'domain': 'web', 'macs': [other.mac]}]))
        leasectl('rebuild')
        self.resolves('vm1', self.silent)
        self.resolves('front', self.web, self.web_six)

    def test_hosts_and_ssh_have_every_name_but_none_of_two_machines(self):
        hosts = pathlib.Path('/etc/hosts')
        self.addCleanup(hosts.write_text, hosts.read_text())
        hosts.write_text(export('hosts')[0])
        config = written('ssh_config', 'ssh-config')
        for name, address in (('vm1', self.silent), ('vm1.red', self.silent), ('web', self.web), ('other.red', self.other)):
            with self.subTest(name=name):
                found = run('getent', '-s', 'hosts:files', 'ahosts', name)
                self.assertEqual({line.split()[0] for line in found.splitlines()}, {address})
                self.assertEqual(ssh_host(config, name), address)
                self.assertIn(address, lab.resolve(name))
        for name in 'front', 'front.red', 'front.prod':
            found = run('getent', '-s', 'hosts:files', 'ahosts', name)
            self.assertEqual({line.split()[0] for line in found.splitlines()}, {self.web, self.web_six})
            self.assertEqual(ssh_host(config, name), self.web)
        self.assertEqual(run('getent', '-s', 'hosts:files', 'hosts', self.web).split()[1], 'web')

    def test_where_a_machine_has_one_name_it_is_its_own_or_else_its_guest_s(self):
        machines = {'vm1': self.silent, 'web': self.web, 'other': self.other}
        found = inventory('/usr/bin/leasectl-inventory')
        self.assertEqual({name: host['ansible_host'] for name, host in found['_meta']['hostvars'].items()}, machines)
        self.assertEqual(found['name_vm']['hosts'], ['vm1'])
        self.assertEqual(groups(written('leases.yaml', 'clush'))['network_red'], set(machines))
        targets = json.loads(export('prometheus')[0])
        self.assertEqual({entry['labels']['hostname']: entry['targets'][0].split(':')[0] for entry in targets}, machines)

    def test_a_zone_has_every_name_and_an_address_has_one(self):
        records = zone('red.test', written('forward', 'zone', '--origin', 'red.test'))
        machines = {'web': self.web, 'front': self.web, 'other': self.other}
        # dnsmasq reports the domain only of clients that send a name.
        self.assertIn(('vm1.red.', 'A', self.silent), zone('red', written('network', 'zone', '--origin', 'red')))
        self.assertEqual(records, {(f'{name}.red.test.', 'A', address) for name, address in machines.items()} |
                         {('front.red.test.', 'AAAA', self.web_six)})
        self.assertEqual(zone('prod', written('prod', 'zone', '--origin', 'prod')),
                         {('front.prod.', 'A', self.web), ('front.prod.', 'AAAA', self.web_six), ('web.prod.', 'A', self.web)})
        pointers = zone('10.in-addr.arpa', written('reverse', 'zone', '--origin', '10.in-addr.arpa'))
        self.assertEqual(sorted(name for _, _, name in pointers), ['other.red.test.', 'vm1.red.', 'web.red.test.'])
        pointers = zone('ip6.arpa', written('reverse6', 'zone', '--origin', 'ip6.arpa'))
        self.assertEqual([name for _, _, name in pointers], ['front.red.test.'])


class GuestsCalledAsGroups(lab.LabTest):
    """Where Ansible expects a host or a group, a guest's name must not select other hosts, nor be taken for a network."""

    NAMES = 'all', 'ungrouped', 'network_lab', 'network_empty', 'name_web', 'chosen'

    def setUp(self):
        super().setUp()
        for number in 1, 2, 3:
            lease(number, f'web{number}', DNSMASQ_INTERFACE='lab')
        for number, name in enumerate(self.NAMES, 10):
            lease(number, name, DNSMASQ_INTERFACE='evil')
        self.inventory = inventory_script('leasectl export ansible --group "chosen=web1"')

    def test_ansible_finds_the_groups_and_every_host(self):
        labs = {'web1', 'web2', 'web3'}
        evil = {f'{name}.evil' for name in self.NAMES}
        for pattern, hosts in (('all', labs | evil), ('network_lab', labs), ('name_web', labs), ('chosen', {'web1'}), ('network_evil', evil),
                               ('ungrouped', set()), ('network_empty', set()), ('all.evil', {'all.evil'})):
            with self.subTest(pattern=pattern):
                first, *listed = ansible('ansible', self.inventory, pattern, '--list-hosts').splitlines()
                self.assertEqual({line.strip() for line in listed}, hosts, first)

    def test_one_host_goes_by_the_name_that_it_has_among_all(self):
        self.assertEqual(json.loads(run('leasectl-inventory', '--host', 'all.evil'))['lease_network'], 'evil')
        unknown = subprocess.run(['leasectl-inventory', '--host', 'all'], capture_output=True, text=True)
        self.assertEqual((unknown.returncode, json.loads(unknown.stdout)), (1, {}))

    def test_a_host_whose_network_cannot_stand_behind_its_name_is_left_out(self):
        lease(30, 'all', DNSMASQ_INTERFACE='_odd')
        lease(31, 'web4', DNSMASQ_INTERFACE='_odd')
        text, complaints = export('ansible')
        self.assertEqual({host for host, variables in json.loads(text)['_meta']['hostvars'].items() if variables['lease_network'] == '_odd'},
                         {'web4'})
        self.assertIn("'all._odd'", complaints)


class HostileIndex(lab.LabTest):
    """Guests cannot have such names, but the owner of the index could write them."""

    def setUp(self):
        super().setUp()
        red = self.network('red', domain='red.test')
        self.join(red, 'good')
        self.join(red, NAME)
        self.join(self.network('other', domain=DOMAIN), 'kept')
        self.join(self.network('third', environment={'NSS_LEASES_NETWORK': NETWORK}), 'lost')
        replace_in_index((NAME, WRONG_NAME), (DOMAIN, WRONG_DOMAIN), (NETWORK, WRONG_NETWORK))

    def test_every_format_has_the_good_hosts_and_nothing_of_the_bad(self):
        for format, options in FORMATS.items():
            with self.subTest(format=format):
                text, complaints = export(format, *options)
                self.assertTrue('good' in text or format == 'metrics', text)
                for wrong in '\x1b', '\x07', '{{', '$INCLUDE', 'a"}', 'lost':
                    self.assertNotIn(wrong, text)
                self.assertTrue(all(line.startswith('leasectl: ') and line.isprintable() for line in complaints.splitlines()), complaints)
                for escaped in r"'\x1b[2J\x0a", r"'a.\x0a$INCLUDE", r"""'a"}\x201\x0a\xc2""":
                    self.assertIn(escaped, complaints)

    def test_the_real_readers_still_read_them(self):
        self.assertEqual(set(inventory('/usr/bin/leasectl-inventory')['_meta']['hostvars']), {'good', 'kept'})
        self.assertEqual(groups(written('leases.yaml', 'clush'))['network_other'], {'kept'})
        self.assertEqual({record[0] for record in zone('red.test', written('zone', 'zone', '--origin', 'red.test'))}, {'good.red.test.'})
        checked = subprocess.run(['promtool', 'check', 'metrics'], input=export('metrics')[0], capture_output=True, text=True)
        self.assertEqual((checked.returncode, checked.stderr), (0, ''))
        self.assertNotEqual(ssh_host(written('ssh_config', 'ssh-config'), 'kept'), 'kept')


if __name__ == '__main__':
    lab.main()
