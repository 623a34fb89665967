"""The helper under a real dnsmasq is killed again and again, at any moment of its calls. Whatever the index says meanwhile is so; and when
dnsmasq has reported its leases once more, there is every lease that it has and no other."""

import json
import random

import lab
from lab import INDEX, leasectl
from network import HELPER
from sandbox import SCRATCH, SOAK
from waiting import HUNG, wait_until

MACHINES = 140
KILLS = 10_000 if SOAK else 150
# A call takes some milliseconds, more on a busy machine: most are killed somewhere in between, some before, and some not at all. The parent
# is the process that makes a dnsmasq's calls, one after the other. It may go on for a while after that dnsmasq has ended.
KILLER = r'''#!/usr/bin/python3 -SE
import os, random, signal, sys, time
process = os.posix_spawn({helper!r}, [{helper!r}, *sys.argv[1:]], os.environ)
if os.path.exists({deadly!r}):
    time.sleep(random.expovariate(1 / 0.003))
    os.kill(process, signal.SIGKILL)
_, status = os.waitpid(process, 0)
with open({calls!r}, 'a') as calls:
    print(os.getppid(), 'killed' if os.WIFSIGNALED(status) else 'ended', *sys.argv[3:4], file=calls)
'''


class KilledHelper(lab.LabTest):

    def setUp(self):
        super().setUp()
        self.calls_file, self.deadly, killer = (SCRATCH / name for name in ('killer-calls', 'deadly', 'killer'))
        for file in self.calls_file, self.deadly:
            file.touch()
            self.addCleanup(file.unlink, missing_ok=True)
        killer.write_text(KILLER.format(helper=str(HELPER), deadly=str(self.deadly), calls=str(self.calls_file)))
        killer.chmod(0o755)
        self.addCleanup(killer.unlink)
        self.network_ = self.network(is_told=False, options=[f'dhcp-script={killer}', 'script-on-renewal'])

    def calls(self):
        """The caller, the end and the address of each call so far."""
        return [line.split() for line in self.calls_file.read_text().splitlines()]

    def wait_until_told(self, leases, callers=()):
        """Until each address of these leases was reported by another caller than these."""
        addresses = {address for address, _ in leases}

        def reported():
            return {call[2] for call in self.calls() if call[0] not in callers and len(call) > 2}

        wait_until(lambda: reported() >= addresses, HUNG, lambda: f'a call for {addresses - reported()}')

    def told_again(self, leases):
        """dnsmasq has started anew and has reported each of its leases."""
        before = {caller for caller, *_ in self.calls()}
        self.network_.restart()
        self.wait_until_told(leases, before)

    def held(self):
        """Address and name of each lease that dnsmasq has, by its own file."""
        return {(fields[2], fields[3]) for fields in map(str.split, self.network_.lease_file.read_text().splitlines())}

    def listed(self):
        """The same, as our index has it, which may not have been made yet."""
        if not INDEX.exists():
            return set()
        return {(entry['ip-address'], entry.get('hostname')) for entry in json.loads(leasectl('list', '--json'))}

    def kills(self):
        return sum(end == 'killed' for _, end, *_ in self.calls())

    def test_when_dnsmasq_has_reported_them_we_have_all_leases_that_it_has(self):
        leases = set(self.burst(self.network_, MACHINES, 'vm'))
        self.wait_until_told(leases)
        self.assertEqual(self.held(), leases)
        while self.kills() < KILLS:
            self.told_again(leases)
            self.assertEqual(self.listed() - leases, set())
        self.deadly.unlink()
        self.told_again(leases)
        self.assertEqual((self.listed(), self.held()), (leases, leases))
        for address, name in random.sample(sorted(leases), 20):
            self.assertEqual(lab.resolve(name), {address})


if __name__ == '__main__':
    lab.main()
