"""The systemd-resolved of another release, in a tree of that, asks our daemon. scripts/test-resolved makes the tree, and calls this:

    real_resolved.py TREE
"""

import os
import pathlib
import signal
import subprocess
import sys
import time

import hook
import lab
import sources
from calls import call, lease, mac
from dns_query import DnsServer, NoReply, NoServer
from program import Program
from sandbox import SCRATCH
from tree import ROOT, lay_out
from waiting import accepts_connections, wait_until

UPSTREAM, STUB, EXTRA = '127.0.0.9', '127.0.0.53', '10.77.1.1'
SETTINGS = f'[Resolve]\nDNS={UPSTREAM}\nFallbackDNS=\nLLMNR=no\nMulticastDNS=no\nDNSStubListenerExtra={EXTRA}\n'
MUSL = r'''
#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
int main(int count, char** names) {
  struct addrinfo *found, hints = {.ai_socktype = SOCK_STREAM};
  char text[64];
  if (count != 2 || getaddrinfo(names[1], NULL, &hints, &found) != 0) return 2;
  for (; found; found = found->ai_next)
    puts(inet_ntop(found->ai_family, found->ai_family == AF_INET ? (void*)&((struct sockaddr_in*)found->ai_addr)->sin_addr
                                                                : (void*)&((struct sockaddr_in6*)found->ai_addr)->sin6_addr, text, sizeof text));
}
'''
GO = '''
package main

import ("fmt"; "net"; "os")

func main() {
	found, err := net.LookupHost(os.Args[1])
	if err != nil { fmt.Fprintln(os.Stderr, err); os.Exit(2) }
	for _, address := range found { fmt.Println(address) }
}
'''


def configure():
    """The tree asks its resolved, and that our upstream."""
    (ROOT / 'etc/systemd/resolved.conf').write_text(SETTINGS)
    (ROOT / 'etc/nsswitch.conf').write_text('passwd: files\ngroup: files\nhosts: resolve\n')
    (ROOT / 'etc/resolv.conf').unlink(missing_ok=True)
    (ROOT / 'etc/resolv.conf').write_text(f'nameserver {STUB}\n')
    compile_in('musl', MUSL, 'c', 'musl-gcc', '-static', '-O1', '-o')
    compile_in('go', GO, 'go', 'go', 'build', '-o')


def compile_in(name, text, suffix, *command):
    (ROOT / f'srv/{name}.{suffix}').write_text(text)
    done = inside(*command, f'/srv/{name}', f'/srv/{name}.{suffix}', seconds=600)
    if done.returncode != 0:
        raise RuntimeError(done.stderr)


def inside(*command, seconds=120):
    """The result of a command in the tree."""
    return subprocess.run(['chroot', ROOT, *command], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=seconds,
                          env={'PATH': '/usr/sbin:/usr/bin', 'LC_ALL': 'C.UTF-8', 'HOME': '/root', 'CGO_ENABLED': '0', 'GOCACHE': '/tmp/go'})


class RealResolved(lab.LabTest):

    def setUp(self):
        super().setUp()
        # The address of the extra listener is that of this network.
        self.lan = self.network('lan', domain='lab.test', families=(4, 6), subnet=1)
        self.upstream = Program(self, 'dnsmasq', '--keep-in-foreground', '--no-resolv', '--no-hosts', f'--listen-address={UPSTREAM}', '--bind-interfaces', '--pid-file',
                                '--log-queries', '--log-facility=-', '--address=/outside.test/192.0.2.7', '--address=/#/', '--conf-file=/dev/null')
        self.hook = hook.serve(self)
        bus = pathlib.Path('/run/dbus/system_bus_socket')
        bus.parent.mkdir(exist_ok=True)
        bus.unlink(missing_ok=True)
        Program(self, 'chroot', ROOT, 'dbus-daemon', '--system', '--nofork', '--nopidfile')
        wait_until(lambda: accepts_connections(bus), lab.SOON, 'D-Bus')
        self.resolved = Program(self, 'chroot', ROOT, '/usr/lib/systemd/systemd-resolved', env={'PATH': '/usr/sbin:/usr/bin', 'SYSTEMD_LOG_LEVEL': 'debug'})
        wait_until(lambda: self.stub('outside.test') == {'192.0.2.7'}, lab.SOON, lambda: self.resolved.err.read_text()[-3000:])

    def stub(self, name, server=STUB):
        try:
            return DnsServer(server).addresses(name)
        except (NoServer, NoReply):
            return set()

    def over_tcp(self, name):
        return DnsServer(STUB, over_tcp=True).addresses(name)

    def getent(self, database, key):
        return {line.split()[0] if database == 'ahosts' else line.split()[1] for line in inside('getent', database, key).stdout.splitlines()}

    def resolvectl(self, name):
        done = inside('resolvectl', '--legend=yes', 'query', name)
        return {line.split('--')[0].rpartition(': ' if ': ' in line else ' ')[2].strip() for line in done.stdout.splitlines() if line and line[0] != '-'}, done.stdout

    def program(self, name, key):
        return set(inside(f'/srv/{name}', key).stdout.split())

    def asked_upstream(self):
        return self.upstream.err.read_text() + self.upstream.out.read_text()

    def test_every_program_finds_a_lease_by_each_of_its_names(self):
        host, _, address = self.join(self.lan, 'vm1')
        lease(9, 'six', DNSMASQ_DOMAIN='lab.test')
        call('add', '00:01:00:01:02:04', 'fd00::9', 'six', DNSMASQ_DOMAIN='lab.test', DNSMASQ_IAID='1', DNSMASQ_SERVER_DUID='00:01')
        for names, expected in ((('vm1', 'vm1.lab.test', 'vm1.lan', 'VM1.LAB.test'), {address}), (('six', 'six.lab.test'), {'10.0.0.9', 'fd00::9'})):
            for name in names:
                with self.subTest(name):
                    found, text = self.resolvectl(name)
                    self.assertEqual(found, expected, text)
                    self.assertIn('Data from: hook', text)
                    self.assertEqual(self.getent('ahosts', name), expected)
                    self.assertEqual(self.stub(name), expected)
                    self.assertEqual(self.over_tcp(name), expected)
                    self.assertEqual(self.program('musl', name), expected)
                    self.assertEqual(self.program('go', name), expected)
                    self.assertEqual(self.from_elsewhere(host, f'addresses({name!r})'), expected)
        self.assertEqual(self.getent('hosts', address), {'vm1.lab.test'})
        self.assertEqual(DnsServer(STUB).names(address), {'vm1.lab.test'})
        self.assertEqual(DnsServer(STUB).names('fd00::9'), {'six.lab.test'})
        self.assertEqual(self.from_elsewhere(host, f'names({address!r})'), {'vm1.lab.test'})
        self.assertIn('does not have any RR', inside('resolvectl', 'query', '--type=MX', 'vm1.lab.test').stderr)
        for secret in 'vm1', 'six', 'in-addr', 'ip6.arpa':
            self.assertNotIn(secret, self.asked_upstream(), 'no question about a lease leaves the machine')

    def from_elsewhere(self, host, question):
        """An answer to a machine in another network namespace."""
        program = f'import sys; sys.path.insert(0, {str(pathlib.Path(__file__).parent)!r})\nfrom dns_query import *\nprint(*DnsServer({EXTRA!r}).{question})'
        return set(host.run('/usr/bin/python3', '-B', '-c', program).split())

    def test_what_is_no_lease_is_asked_elsewhere(self):
        lease(1, 'vm1', DNSMASQ_DOMAIN='lab.test')
        wait_until(lambda: self.stub('vm1') == {'10.0.0.1'}, lab.SOON, 'the lease')
        for name in 'outside.test', 'vm2.lab.test', 'vm1.other.test':
            self.stub(name)
            self.assertIn(name, self.asked_upstream())
        self.assertEqual(self.stub('outside.test'), {'192.0.2.7'})

    def test_each_change_shows_at_the_next_lookup(self):
        lease(1, 'first', DNSMASQ_DOMAIN='lab.test')
        wait_until(lambda: self.stub('first') == {'10.0.0.1'}, lab.SOON, 'the first lease')
        for number in range(30):
            lease(1, f'vm{number}', DNSMASQ_DOMAIN='lab.test')
            # In a domain that has leases, at once; a name without a domain as soon as resolved has been told of it.
            self.assertEqual(self.stub(f'vm{number}.lab.test'), {'10.0.0.1'})
            self.assertEqual(self.stub(f'vm{number - 1}.lab.test'), set())
            wait_until(lambda: self.stub(f'vm{number}') == {'10.0.0.1'}, lab.SOON, 'the short name')
            self.assertEqual(DnsServer(STUB).names('10.0.0.1'), {f'vm{number}.lab.test'})
        call('del', mac(1), '10.0.0.1', f'vm{number}')
        self.assertEqual(self.stub(f'vm{number}.lab.test'), set())
        self.assertEqual(self.stub(f'vm{number}'), set())

    def test_a_name_beyond_ascii_is_found_as_it_is_written(self):
        lease(1, 'xn--bcher-kva', DNSMASQ_DOMAIN='lab.test')
        wait_until(lambda: self.getent('ahosts', 'xn--bcher-kva.lab.test') == {'10.0.0.1'}, lab.SOON, 'the lease')
        self.assertIn('10.0.0.1', inside('resolvectl', 'query', 'bücher.lab.test').stdout)

    def test_a_daemon_that_is_gone_keeps_nobody_waiting_and_one_that_comes_is_found(self):
        lease(1, 'vm1', DNSMASQ_DOMAIN='lab.test')
        wait_until(lambda: self.stub('vm1.lab.test') == {'10.0.0.1'}, lab.SOON, 'the lease')
        self.hook.end()
        # The socket's file is still there.
        begin = time.monotonic()
        self.assertEqual(self.stub('vm1.lab.test'), set())
        self.assertEqual(self.stub('outside.test'), {'192.0.2.7'})
        self.assertLess(time.monotonic() - begin, 30)
        hook.serve(self)
        wait_until(lambda: self.stub('vm1.lab.test') == {'10.0.0.1'}, lab.SOON, 'the new daemon')

    def test_while_the_daemon_is_stopped_other_names_are_answered(self):
        lease(1, 'vm1', DNSMASQ_DOMAIN='lab.test')
        wait_until(lambda: self.stub('vm1.lab.test') == {'10.0.0.1'}, lab.SOON, 'the lease')
        os.kill(self.hook.process.pid, signal.SIGSTOP)
        self.assertEqual(self.stub('outside.test'), {'192.0.2.7'})
        # systemd kills it after three seconds (leases-resolve.service).
        with self.assertRaises(NoReply):
            DnsServer(STUB).addresses('vm1.lab.test')
        self.assertEqual(self.stub('outside.test'), {'192.0.2.7'})
        os.kill(self.hook.process.pid, signal.SIGCONT)
        wait_until(lambda: self.stub('vm1.lab.test') == {'10.0.0.1'}, lab.SOON, 'it goes on')

    def test_very_many_leases_let_every_name_through(self):
        self.assertEqual(self.stub('vm1'), set())
        for number in range(1, 3):
            lease(number, f'vm{number}', DNSMASQ_DOMAIN='lab.test')
        file = SCRATCH / 'many'
        file.write_text(''.join(f'0 52:54:00:01:{i >> 8:02x}:{i & 255:02x} 10.1.{i >> 8}.{i & 255} many{i} *\n' for i in range(3000)))
        sources.configure(sources.dnsmasq_leases(file, network='many'))
        self.addCleanup(sources.CONFIGURATION.unlink)
        sources.import_once()
        for number in 0, 1000, 2999:
            wait_until(lambda: self.stub(f'many{number}') == {f'10.1.{number >> 8}.{number & 255}'}, lab.SOON, 'a name of many')
        self.assertEqual(self.stub('outside.test'), {'192.0.2.7'})

    def test_varlinkctl_understands_it(self):
        self.assertIn('leases-resolve', inside('varlinkctl', 'info', hook.SOCKET).stdout)
        for interface in 'io.systemd.Resolve.Hook', 'org.varlink.service':
            done = inside('varlinkctl', 'introspect', hook.SOCKET, interface)
            self.assertEqual(done.returncode, 0, done.stderr)
            text = ROOT / 'tmp/interface'
            text.write_text(done.stdout)
            validated = inside('varlinkctl', 'validate-idl', '/tmp/interface')
            self.assertEqual(validated.returncode, 0, validated.stderr)


def enter():
    tree = pathlib.Path(sys.argv[1]).resolve()
    lab.sandbox.enter()
    sys.argv.pop(1)
    lay_out(tree)
    configure()
    print(inside('resolvectl', '--version').stdout.splitlines()[0])


if __name__ == '__main__':
    lab.main(enter)
