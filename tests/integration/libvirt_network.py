"""A network under libvirt, which makes the bridge and starts dnsmasq on it."""

import itertools
import json
import os
import pathlib
import signal

from libvirt import RUNTIME, STATE, Libvirt
from network import need_kernel_of
from sandbox import SCRATCH, run
from waiting import HUNG, wait_until

DEFINITION = '''
<network xmlns:dnsmasq='http://libvirt.org/schemas/network/dnsmasq/1.0'>
  <name>{title}</name>
  <bridge name='{bridge}' stp='off' delay='0'/>
  <!-- The one mode in which libvirt needs no firewall. -->
  <forward mode='open'/>
  {domain}
  {names}
  {addresses}
  <dnsmasq:options>
    <dnsmasq:option value='no-ping'/>
    <dnsmasq:option value='log-facility={log}'/>
  </dnsmasq:options>
</network>
'''


INTERFACES = pathlib.Path('/sys/class/net')


def is_interface(name):
    return (INTERFACES / name).exists()


class LibvirtNetwork:
    """title      libvirt's name for the network; its interface has another name
    families   which of DHCPv4 (4) and DHCPv6 (6) is served
    domain     the network's domain name
    names      what its DNS knows by itself: {address: name}
    reserved   which name its DHCPv4 gives to which client: {mac: name}, from the address .10 on
    minutes    the lease time; an hour if not given

    name       of the bridge, as a Host wants it
    """

    numbers = itertools.count(1)
    namespace = None

    def __init__(self, libvirt: Libvirt, title, *, families=(4,), domain=None, names=None, reserved=None, minutes=None):
        need_kernel_of(families)
        number = next(LibvirtNetwork.numbers)
        self.libvirt = libvirt
        self.title = title
        self.name = self.known_as = f'virbr{number}'
        self.v4 = f'10.78.{number}'
        self.v6 = f'fd78:{number}:'
        self.log_file = SCRATCH / f'{self.name}.log'
        self.ports = []
        lease = f"<lease expiry='{minutes}' unit='minutes'/>" if minutes else ''
        hosts = ''.join(f"<host mac='{mac}' name='{name}' ip='{self.v4}.{last}'/>" for last, (mac, name) in enumerate((reserved or {}).items(), 10))
        addresses = {4: f"<ip address='{self.v4}.1' prefix='24'><dhcp><range start='{self.v4}.100' end='{self.v4}.249'>{lease}</range>{hosts}</dhcp></ip>",
                     6: f"<ip family='ipv6' address='{self.v6}:1' prefix='64'><dhcp><range start='{self.v6}:100' end='{self.v6}:1ff'>{lease}</range></dhcp></ip>"}
        self.definition = DEFINITION.format(
            title=title, bridge=self.name, domain=f"<domain name='{domain}'/>" if domain else '',
            names=''.join(f"<dns><host ip='{address}'><hostname>{name}</hostname></host></dns>" for address, name in (names or {}).items()),
            addresses=''.join(addresses[family] for family in families), log=self.log_file)
        self.define()

    def is_idle(self):
        """Nothing is under way that a test would have to wait for: libvirt's networks have no lease file that the helper reads."""
        return True

    def ip(self, *arguments):
        """ip(8), where the bridge is."""
        return run('ip', *arguments)

    def define(self):
        self.libvirt.define('net-', self.definition)

    def start(self):
        if self.title in self.libvirt.virsh('net-list', '--name').split():
            # Its dnsmasq was killed, which libvirt does not notice.
            self.destroy()
        self.libvirt.virsh('net-start', self.title)
        for port in filter(is_interface, self.ports):
            run('ip', 'link', 'set', port, 'master', self.name)
        return self

    def destroy(self):
        """libvirt's word for stopping. The bridge goes away; its machines will be on the next one. libvirt does not wait for the end of
        its dnsmasq, which may have the addresses of the next one for a while."""
        self.ports = [port.name for port in (INTERFACES / self.name / 'brif').iterdir()]
        pid = self.dnsmasq()
        self.libvirt.virsh('net-destroy', self.title)
        self.wait_for_end(pid)

    def stop(self):
        self.destroy()

    def kill(self):
        """Its dnsmasq."""
        pid = self.dnsmasq()
        os.kill(pid, signal.SIGKILL)
        self.wait_for_end(pid)

    def dnsmasq(self):
        return int((RUNTIME / f'network/{self.title}.pid').read_text())

    def wait_for_end(self, pid):
        wait_until(lambda: not pathlib.Path(f'/proc/{pid}').exists(), HUNG, f'the end of the dnsmasq of {self.title}')

    def unplug(self):
        """Removes the bridge, as a shutdown of the host does; its machines will be on the next one."""
        self.ports = [port.name for port in (INTERFACES / self.name / 'brif').iterdir()]
        self.ip('link', 'delete', self.name)

    def assign(self, mac, address):
        """From now on this card has this address, if it asks."""
        self.libvirt.virsh('net-update', self.title, 'add', 'ip-dhcp-host', f"<host mac='{mac}' ip='{address}'/>", '--live')

    def undefine(self):
        self.libvirt.virsh('net-undefine', self.title)

    def restart(self):
        self.destroy()
        self.start()

    def file(self, ending):
        """What libvirt keeps for this network: status or macs."""
        return STATE / f'{self.name}.{ending}'

    def status(self):
        """The records of libvirt's own status file, which may be empty."""
        return json.loads(self.file('status').read_text() or '[]')

    def guests(self):
        """The MAC addresses of each guest on this network, as libvirt stores them: {name: [mac]}."""
        file = self.file('macs')
        return {entry['domain']: entry['macs'] for entry in json.loads(file.read_text())} if file.exists() else {}

    def leases(self):
        """As virsh reports them: (mac, protocol, address/prefix, host name or -, client-id or -)."""
        return [tuple(line.split()[2:]) for line in self.libvirt.virsh('net-dhcp-leases', self.title).splitlines()]

    def log(self):
        return self.log_file.read_text(errors='backslashreplace') if self.log_file.exists() else ''

    def remove(self):
        if self.title in self.libvirt.virsh('net-list', '--name').split():
            self.destroy()
        if self.title in self.libvirt.virsh('net-list', '--all', '--name').split():
            self.undefine()
        for file in self.file('status'), self.file('macs'):
            file.unlink(missing_ok=True)
