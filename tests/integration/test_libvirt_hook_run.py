"""What libvirt's hook runs when a domain has stopped, without a libvirt: its files are written by hand."""

import os
import pathlib
import subprocess

import lab
from lab import Dhclient, leasectl, resolve
from schemas import validate

LOGS = pathlib.Path('/var/log/libvirt/qemu')
STATES = pathlib.Path('/run/libvirt/network')
HOOK = pathlib.Path('/etc/libvirt/hooks/qemu.d/nss-leases')
STATE = "<networkstatus><network><bridge name='{}'/></network></networkstatus>"


def domain(*cards):
    """The XML of a domain with cards of these hardware addresses, each on a network of libvirt's or a bridge."""
    interfaces = ''.join(f"<interface type='{kind}'><mac address='{mac}'/><source {kind}='{name}'/></interface>" for mac, kind, name in cards)
    return f'<domain><devices>{interfaces}</devices></domain>'


def stopped(name, xml):
    """Status and messages of the call."""
    done = subprocess.run(['leasectl', 'libvirt-hook', 'run', '--', name], input=xml, capture_output=True, text=True)
    return done.returncode, done.stderr


class HookRun(lab.LabTest):
    def setUp(self):
        super().setUp()
        LOGS.mkdir(parents=True, exist_ok=True)
        STATES.mkdir(parents=True, exist_ok=True)
        for name in 'vm1', '-vm1':
            self.write(LOGS / f'{name}.log', 'x: shutting down, reason=destroyed\n')

    def write(self, path, text):
        path.write_text(text)
        self.addCleanup(path.unlink, missing_ok=True)

    def test_all_leases_of_a_domain_end(self):
        network = self.network('br0', families=(4, 6))
        host, client, _ = self.join(network, 'web')
        Dhclient(host, 'web', family=6)
        self.resolves('web', host.address(), host.address(6))
        self.assertEqual(stopped('-vm1', domain((host.mac, 'bridge', 'br0'))), (0, ''))
        self.assertEqual(resolve('web'), set())

    def test_without_a_log_the_leases_stay_and_the_file_is_named(self):
        host, _, address = self.join(self.network('br0'), 'web')
        code, said = stopped('vm9', domain((host.mac, 'bridge', 'br0')))
        self.assertEqual(code, 3)
        self.assertIn(f'leasectl: {LOGS}/vm9.log: cannot be read: No such file or directory; ', said)
        self.assertEqual(resolve('web'), {address})

    def test_a_network_whose_state_cannot_be_read_is_named_and_does_not_keep_the_others(self):
        host, _, _ = self.join(self.network('br0'), 'web')
        self.write(STATES / 'lab.xml', STATE.format('br0'))
        self.write(STATES / 'cut.xml', STATE.format('br0')[:-9])
        xml = domain(('52:54:00:00:00:09', 'network', 'cut'), (host.mac, 'network', 'lab'))
        code, said = stopped('vm1', xml)
        self.assertEqual(code, 1)
        self.assertIn(f'leasectl: {STATES}/cut.xml: is not XML: ', said)
        self.assertEqual(resolve('web'), set())

    def test_on_and_status_look_for_the_programs_that_end_leases(self):
        program = os.path.realpath('/usr/bin/leasectl')
        bare = {'env': {'PATH': '/nonexistent'}, 'capture_output': True, 'text': True}
        done = subprocess.run([program, 'libvirt-hook', 'on'], **bare)
        self.assertEqual((done.returncode, done.stderr),
                         (3, 'leasectl: dhcp_release is not installed; install it: apt install dnsmasq-utils\n'))
        self.assertFalse(HOOK.exists())
        leasectl('libvirt-hook', 'on')
        self.addCleanup(leasectl, 'libvirt-hook', 'off')
        done = subprocess.run([program, 'libvirt-hook', 'status', '--json'], **bare)
        self.assertEqual(done.returncode, 1)
        self.assertIn('apt install dnsmasq-utils', validate(done.stdout, 'libvirt-hook.schema.json')['problem'])
        HOOK.chmod(0o644)
        done = subprocess.run([program, 'libvirt-hook', 'status'], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stdout), (1, f'no lease ends with its domain: {HOOK} is not executable, so libvirt does not '
                                                             'run it; run: leasectl libvirt-hook on\n'))


if __name__ == '__main__':
    lab.main()
