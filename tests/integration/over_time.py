"""A way in which dnsmasq's leases get here, and what happens to them over time."""

import re
import time

import lab
from lab import Dhclient, Udhcpc
from lease_server import LEASE
from sandbox import SOAK
from waiting import wait_until
from witness import GRACE, Name, Witness

# The number of lease times that the machines stay. A little more than one includes a renewal, and the first expiry of the lease.
LEASES = 5 if SOAK else 1

class Machine:
    """A host with a client that sends this name."""

    def __init__(self, test, network, name, client=Udhcpc, **options):
        self.host = test.host(network, name)
        self.name = name
        self.client = client(self.host, name, **options)

    def goes(self):
        """Without a word, as in a power cut."""
        self.client.kill()

    def comes(self, name=None, **options):
        """Its client starts again without its lease."""
        self.host.run('ip', '-4', 'address', 'flush', 'dev', 'eth0')
        self.name = name or self.name
        self.client = Udhcpc(self.host, self.name, **options)


# The machines of each network at the beginning. The dnsmasq of lan runs all the time, that of busy is restarted and killed, that of idle
# stops for longer than a lease.
EVERYBODY = {'lan': ['stays', 'six', 'silent', 'released', 'renamed', 'moved', 'reinstalled', 'former', 'wanders'], 'busy': ['steady'],
             'idle': ['patient', 'gone']}
# Those that come back after the host has been down.
STAYING = 'stays', 'steady', 'patient'


class Configuration:
    """Networks that are all made alike. A subclass makes them: network(), server_of() and assign() for each.

    title              part of all names
    reports_renewals   whether the product is told of a lease that goes on
    clock_jumps        so that the last expiry that dnsmasq reported may be later than the current one
    """

    reports_renewals = True
    clock_jumps = False

    def __init__(self, test, title, population):
        self.test = test
        self.title = title
        self.population = population
        self.networks = {place: self.network(f'{title}-{place}') for place in population}
        self.lan, self.busy, self.idle = map(self.networks.get, ('lan', 'busy', 'idle'))
        self.servers = [self.server_of(network) for network in self.networks.values()]
        self.witness = Witness(self.servers, self.excused)
        self.machines = {}
        self.disagreements = []

    def excused(self, question, answer, truth):
        """A renewal that is not reported: after the lease's previous expiry there is no answer, and never a wrong one."""
        if self.reports_renewals or (answer - truth and not self.clock_jumps):
            return False
        ends = {address: end for server in self.servers for address, end in server.told_ends.items()}
        left = {found: ends.get(question.address(found), 0) - time.time() for found in answer ^ truth}
        return all(left[missing] <= 1 for missing in truth - answer) and all(left[more] >= -1 for more in answer - truth)

    # The names of this configuration's machines.

    def named(self, name):
        return f'{name}-{self.title}'

    def machine(self, network, name, *also_called, **options):
        self.witness.watch(*map(self.named, (name, *also_called)))
        self.machines[name] = Machine(self.test, network, self.named(name), **options)
        return self.machines[name]

    def holds(self, name):
        """The addresses that dnsmasq holds for a machine."""
        for server in self.servers:
            server.read_log()
        return self.witness.holds(Name(self.named(name)))

    def leased(self, name, but=()):
        """The only address of a machine, as soon as dnsmasq holds it and none of `others` any more."""
        def found():
            held = self.holds(name)
            return held if len(held) == 1 and not held & set(but) else None

        return next(iter(wait_until(found, lab.SOON, lambda: f'a lease of {self.named(name)} besides {set(but)}; {set(self.holds(name))}')))

    def ended(self, name):
        wait_until(lambda: not self.holds(name), lab.SOON, lambda: f'the end of {self.named(name)}; {set(self.holds(name))}')

    def first_address(self, name):
        """Without the sorting of getaddrinfo()."""
        return next((fields[0] for fields in lab.getent('hosts', self.named(name))), '')

    def getent_agrees(self):
        """A new process at each step; the witness is one process that runs all the time."""
        def agrees(name):
            truth, answer = self.witness.holds(name), lab.resolve(name)
            return answer == truth or self.excused(name, answer, truth)

        for name in self.witness.names():
            try:
                wait_until(lambda: agrees(name), lab.SOON, lambda: f'{name} is {set(self.witness.holds(name))}, not {lab.resolve(name)}')
            except AssertionError as reason:
                # The course goes on, to show more faults.
                self.disagreements.append(str(reason))

    def assigned(self, mac, address):
        """Gives this address to the client with this card on lan, the next time that it asks."""
        def readings():
            return len(re.findall(r'dnsmasq-dhcp\[\d+\]: read ', self.lan.log()))

        before = readings()
        self.assign(self.lan, mac, address)
        wait_until(lambda: readings() > before, lab.SOON, 'dnsmasq reads what it assigns')

    # The events.

    def begins(self):
        for place, names in self.population.items():
            for name in names:
                also_called = ['renamed-again'] if name == 'renamed' else []
                options = {'client': Dhclient, 'family': 6} if name == 'six' else {}
                self.machine(self.networks[place], name, *also_called, **options)
        self.first = {name: self.leased(name) for name in self.machines}

    def changes(self):
        """What clients do. After each step dnsmasq is asked whether it happened."""
        first, machines = self.first, self.machines
        machines['silent'].goes()
        machines['gone'].goes()
        machines['released'].client.release()
        machines['renamed'].goes()
        machines['renamed'].comes(self.named('renamed-again'))
        self.assigned(machines['moved'].host.mac, self.lan.v4 + '.10')
        machines['moved'].client.renew()
        machines['reinstalled'].goes()
        machines['reinstalled'].comes(client_id=b'\x00another system')
        # No other client may be looking for an address when one becomes free.
        self.leased('reinstalled', but=[first['reinstalled']])
        self.test.assertEqual(self.leased('moved', but=[first['moved']]), self.lan.v4 + '.10')
        machines['former'].client.release()
        self.ended('former')
        self.machine(self.lan, 'heir', asking_for=first['former'])
        machines['wanders'].goes()
        machines['wanders'].host.plug_into(self.busy)
        machines['wanders'].comes()
        self.ended('released')
        self.ended('renamed')
        self.test.assertEqual(self.leased('renamed-again'), first['renamed'])
        self.test.assertEqual(self.leased('heir'), first['former'])
        wait_until(lambda: len(self.holds('wanders')) == 2, lab.SOON, 'a lease elsewhere, too')
        wait_until(lambda: self.first_address('wanders').startswith(f'{self.busy.v4}.'), lab.SOON, 'the most recent address first')

    def servers_change(self):
        """The dnsmasq of busy is restarted and killed."""
        self.busy.restart()
        self.leased('steady')
        time.sleep(GRACE / 2)
        self.busy.kill()
        time.sleep(GRACE / 2)
        self.busy.start()
        self.leased('steady')

    def time_passes(self):
        """Machines stay for LEASES lease times; meanwhile idle's dnsmasq is stopped for longer than one."""
        for _ in range(LEASES):
            # Its lease must be fresh, so that its name has to stay for a while.
            self.machines['patient'].client.renew()
            time.sleep(1)
            self.idle.stop()
            time.sleep(LEASE + GRACE + 5)
            self.test.assertEqual((self.holds('patient'), self.holds('gone')), (set(), set()))
            self.idle.start()
            self.leased('patient')
            if LEASES > 1:
                self.servers_change()
        self.ended('silent')
        self.machine(self.lan, 'successor', asking_for=self.first['silent'])
        self.test.assertEqual(self.leased('successor'), self.first['silent'])
        self.test.assertEqual({name: self.leased(name) for name in ('stays', 'six', 'steady')},
                              {name: self.first[name] for name in ('stays', 'six', 'steady')})
        self.test.assertGreater(self.lan.log().count(f'DHCPACK({self.lan.name}) {self.first["stays"]} '), LEASES)
        time.sleep(GRACE + 2)

    # The host goes down and boots again.

    def power_fails(self):
        for machine in self.machines.values():
            machine.goes()
        for network in self.networks.values():
            network.kill()

    def boots(self):
        for network in self.networks.values():
            network.start()
        for machine in self.staying():
            machine.comes()

    def staying(self):
        return [self.machines[name] for name in STAYING if name in self.machines]
