"""leases-resolve among other local users, who may connect as systemd-resolved does."""

import contextlib
import pathlib
import re
import resource
import shutil
import sys
import threading
import time

import lab
import sandbox
import sources
from calls import call, lease, mac
from dns_query import AAAA, A
from hook import FILTER, RESOLVE, Hook, message, question
from hook_lab import ResolveHook
from program import Program
from sandbox import SOAK
from waiting import wait_until


class Peers(ResolveHook):
    """Other local users may connect, too. Whatever they do, systemd-resolved is answered."""

    MANY = 600  # more than there may be
    # The tree may be where other users cannot read.
    CLIENT = sandbox.TEMPORARY / 'client'

    @classmethod
    def setUpClass(cls):
        cls.CLIENT.mkdir()
        for name in 'hook.py', 'dns_query.py', 'program.py', 'waiting.py':
            shutil.copyfile(pathlib.Path(__file__).with_name(name), cls.CLIENT / name)

    def setUp(self):
        super().setUp()
        lease(1, 'vm1')
        self.is_answered()

    def is_answered(self):
        self.assertEqual(self.hook.addresses('vm1'), {'10.0.0.1'})

    def as_user(self, user, program, *arguments):
        """A Python program of another user's, with the client, that has printed a line."""
        peer = Program(self, 'setpriv', '--reuid', user, '--clear-groups', sys.executable, '-B', '-c',
                       f'import sys; sys.path.insert(0, {str(self.CLIENT)!r}); from hook import *\n{program}', *arguments)
        wait_until(lambda: peer.lines() or peer.process.poll() is not None, lab.SOON, 'the other user')
        self.assertIsNone(peer.process.poll(), peer.err.read_text())
        return peer

    def descriptors(self):
        return len(list(pathlib.Path(f'/proc/{self.daemon.process.pid}/fd').iterdir()))

    def memory(self):
        """Resident, in KiB."""
        return int(re.search(r'^VmRSS:\s*(\d+)', pathlib.Path(f'/proc/{self.daemon.process.pid}/status').read_text(), re.M)[1])

    def test_those_who_are_silent_keep_nobody_out(self):
        for user in 12345, 12346:
            self.as_user(user, f'peers = [Hook() for _ in range({self.MANY})]; print("there", flush=True); sys.stdin.read(); import time; time.sleep(600)')
            self.is_answered()
            with Hook() as another:
                self.assertEqual(another.addresses('vm1'), {'10.0.0.1'})
            self.is_answered()
        wait_until(lambda: self.descriptors() < 540, lab.SOON, 'no more than there may be')

    def test_of_one_user_who_has_too_many_the_longest_unused_goes(self):
        others = []
        follower = self.enterContext(Hook())
        follower.call(FILTER, more=True)
        for _ in range(self.MANY):
            others.append(self.enterContext(Hook()))
            self.assertEqual(others[-1].addresses('vm1'), {'10.0.0.1'})
        self.assertIsNone(self.hook.reply())
        self.assertIsNone(others[0].reply())
        # It has nothing to say, but waits for news.
        lease(2, 'vm2')
        self.assertIn('vm2', follower.reply()['parameters']['filterDomains'])

    def test_one_who_floods_is_one_among_others(self):
        self.as_user(12345, 'import threading\nmany = message(RESOLVE, question(("vm1", A))) * 1000\n'
                            'def flood():\n    peer = Hook(); threading.Thread(target=lambda: [peer.wire.recv(1 << 16) for _ in iter(int, 1)], daemon=True).start()\n'
                            '    while True: peer.send(many)\n'
                            'for _ in range(4): threading.Thread(target=flood, daemon=True).start()\n'
                            'print("there", flush=True)\nimport time; time.sleep(600)')
        for _ in range(100):
            self.is_answered()

    def test_one_who_takes_no_replies_is_not_read_any_further(self):
        program = self.as_user(12345, 'peer = Hook(); print("there", flush=True)\nwhile True: peer.send(message(RESOLVE, question(("vm1", A))) * 1000)')
        before = self.memory()
        # It is stuck in its sending: what the kernel keeps for the two is full.
        wait_until(lambda: self.is_stuck(program), lab.SOON, 'it waits')
        self.is_answered()
        self.rests()
        self.assertLess(self.memory() - before, 4096)

    def lease_crowd(self):
        """The name with most addresses, in a long domain: a reply of some 300 KiB."""
        domain = '.'.join(['d' * 60] * 3)
        file = sandbox.TEMPORARY / 'leases'
        file.write_text(''.join(f'{int(time.time()) + 3600} 52:54:00:01:{i >> 8:02x}:{i & 255:02x} 10.1.{i >> 8}.{i & 255} crowd.{domain} *\n' for i in range(1024)))
        sources.configure(sources.dnsmasq_leases(file, network='crowd'))
        self.addCleanup(sources.CONFIGURATION.unlink)
        sources.import_once()

    def test_one_who_takes_replies_late_gets_them_all(self):
        self.lease_crowd()
        count = 300
        sender = threading.Thread(target=lambda: self.hook.send(message(RESOLVE, question(('crowd', A))) * count), daemon=True)
        sender.start()
        with Hook() as other:
            self.assertEqual(other.addresses('vm1'), {'10.0.0.1'})
        self.rests()
        for _ in range(count):
            self.assertEqual(len(self.hook.reply()['parameters']['answer']), 1024)
        sender.join()
        self.assertTrue(self.hook.is_quiet())

    def test_what_nobody_takes_has_a_limit(self):
        self.lease_crowd()
        before = self.memory()
        long = f'crowd.{".".join(["d" * 60] * 3)}'
        self.as_user(12345, f'peers = [Hook() for _ in range(100)]\nfor peer in peers: peer.send(message(RESOLVE, question(({long!r}, A))))\n'
                            'print("there", flush=True)\nimport time; time.sleep(600)')
        with Hook() as last:
            # It comes after all of them.
            self.assertIsNotNone(last.addresses('vm1'))
        wait_until(lambda: self.descriptors() < 100, lab.SOON, 'some are closed')
        self.rests()
        self.assertLess(self.memory() - before, 16384)
        self.is_answered()

    def test_what_nobody_ends_has_a_limit(self):
        before = self.memory()
        self.as_user(12345, f'peers = [Hook() for _ in range(400)]\n'
                            'for peer in peers:\n    try: peer.send(b"x" * 60000)\n    except OSError: pass\n'
                            'print("there", flush=True)\nimport time; time.sleep(600)')
        with Hook() as last:
            self.assertEqual(last.addresses('vm1'), {'10.0.0.1'})
        self.rests()
        self.assertLess(self.memory() - before, 16384)
        self.is_answered()

    def test_one_person_with_many_user_numbers_keeps_no_service_out(self):
        with contextlib.ExitStack() as stack:
            resolveds = [stack.enter_context(Hook()) for _ in range(6)]
            for hook in resolveds:
                self.assertEqual(hook.addresses('vm1'), {'10.0.0.1'})
            self.as_user(0, f'import os\npeers = []\nfor n in range({self.MANY}):\n    os.seteuid(100000 + n); peers.append(Hook()); os.seteuid(0)\n'
                            'print("there", flush=True)\nimport time; time.sleep(600)')
            with Hook() as last:
                self.assertEqual(last.addresses('vm1'), {'10.0.0.1'})
            for hook in resolveds:
                self.assertEqual(hook.addresses('vm1'), {'10.0.0.1'})

    def test_a_filter_that_cannot_be_made_is_made_once_it_can_be(self):
        with Hook() as follower:
            self.assertIn('vm1', follower.call(FILTER, more=True)['parameters']['filterDomains'])
            before = resource.prlimit(self.daemon.process.pid, resource.RLIMIT_NOFILE)
            # No descriptor is left for the index.
            resource.prlimit(self.daemon.process.pid, resource.RLIMIT_NOFILE, (3, before[1]))
            lease(2, 'vm2')
            self.rests()
            resource.prlimit(self.daemon.process.pid, resource.RLIMIT_NOFILE, before)
            self.assertIn('vm2', follower.reply()['parameters']['filterDomains'])

    def is_stuck(self, program):
        before = program.switches()
        for _ in range(10):
            self.is_answered()
            time.sleep(0.02)
        return program.switches() == before

    def test_half_a_message_keeps_nobody_waiting(self):
        one = message(RESOLVE, question(('vm1', A)))
        with Hook() as other:
            other.send(one[:-1])
            self.is_answered()
            other.send(one[-1:])
            self.assertEqual(len(other.reply()['parameters']['answer']), 1)

    def test_peers_that_go_in_the_middle_leave_nothing(self):
        before = self.descriptors()
        one = message(RESOLVE, question(('vm1', A)))
        for i in range(300):
            with Hook() as other:
                other.send((one * 100)[:i * 7])
        self.is_answered()
        wait_until(lambda: self.descriptors() == before, lab.SOON, 'all are closed')
        self.rests()

    def test_without_descriptors_left_it_waits_and_goes_on(self):
        limit = self.descriptors() + 3
        resource.prlimit(self.daemon.process.pid, resource.RLIMIT_NOFILE, (limit, limit))
        crowd = self.as_user(12345, 'peers = [Hook() for _ in range(20)]; print("there", flush=True)\nimport time; time.sleep(600)')
        for name in 'vm2', 'vm1':
            self.is_answered()
            lease(2, name)
            self.assertEqual(self.hook.addresses('vm2'), {'10.0.0.2'} if name == 'vm2' else None)
        call('del', mac(2), '10.0.0.2', 'vm1')
        self.rests()
        crowd.end()
        with Hook() as other:
            self.assertEqual(other.addresses('vm1'), {'10.0.0.1'})
        self.is_answered()

    def test_memory_stays_the_same_over_many_questions(self):
        one = message(RESOLVE, question(('vm1', A), ('vm1', AAAA))) + message(RESOLVE, question(('nobody', A)))
        rounds = 5000 if SOAK else 200

        def ask(rounds):
            for _ in range(rounds):
                self.hook.send(one * 100)
                for _ in range(200):
                    self.hook.reply()

        ask(100)
        before = self.memory()
        ask(rounds)
        self.assertLess(self.memory() - before, 512)


if __name__ == '__main__':
    lab.main()
