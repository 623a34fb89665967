"""A virtual machine under libvirt."""

import itertools

from libvirt import Libvirt
from libvirt_network import LibvirtNetwork

DEFINITION = '''
<domain type='qemu'>
  <name>{name}</name>
  <memory unit='MiB'>16</memory>
  <os><type arch='x86_64' machine='pc'>hvm</type><boot dev='network'/></os>
  <devices>{cards}</devices>
</domain>
'''
CARD = '''
<interface type='{kind}'>
  <source {kind}='{source}'/>
  <mac address='{mac}'/>
  <model type='virtio'/>
</interface>
'''


def source_of(network):
    """What a card on a network is plugged into, as libvirt has it."""
    if isinstance(network, LibvirtNetwork):
        return {'kind': 'network', 'source': network.title}
    return {'kind': 'bridge', 'source': network.name}


class Guest:
    """It has a card on each of the networks, libvirt's or with a dnsmasq of their own, and no operating system. The firmware of its cards, iPXE, asks for an address by DHCPv4 and by
    DHCPv6, without a name, some seconds after start()."""

    numbers = itertools.count(1)

    def __init__(self, libvirt: Libvirt, name, *networks):
        self.libvirt = libvirt
        self.name = name
        self.macs = [f'52:54:00:78:00:{next(Guest.numbers):02x}' for _ in networks]
        cards = ''.join(CARD.format(**source_of(network), mac=mac) for network, mac in zip(networks, self.macs))
        self.definition = DEFINITION.format(name=name, cards=cards)
        libvirt.define('', self.definition)

    def start(self, *options):
        self.libvirt.virsh('start', self.name, *options)
        return self

    def destroy(self):
        """libvirt's word for pulling the plug."""
        self.libvirt.virsh('destroy', self.name)

    def addresses(self):
        """As virsh reports them, from the leases: (mac, protocol, address/prefix)."""
        rows = [line.split()[1:] for line in self.libvirt.virsh('domifaddr', self.name, '--source', 'lease', '--full').splitlines()]
        return [tuple(row) for row in rows]

    def remove(self):
        if self.name in self.libvirt.virsh('list', '--name').split():
            self.destroy()
        self.libvirt.virsh('undefine', self.name)
