"""leases-resolve under systemd: started by its socket, confined as it is, and what becomes of it when it hangs, crashes or cannot start."""

import pathlib
import shutil
import time

import lab
from calls import lease
from dns_query import A
from hook import DAEMON, FILTER, RESOLVE, SOCKET, Hook, message, question
from systemd_test import ALONE, SystemdTest
from waiting import wait_until

UNIT_SOCKET, UNIT = 'leases-resolve.socket', 'leases-resolve.service'


class ResolveService(SystemdTest):

    def setUp(self):
        super().setUp()
        for unit in UNIT_SOCKET, UNIT:
            self.unit(f'{unit}.d/alone.conf', ALONE)
        self.succeed('systemctl', 'daemon-reload')
        self.succeed('systemctl', 'start', UNIT_SOCKET)
        self.addCleanup(self.systemd.run, 'systemctl', 'reset-failed', UNIT_SOCKET, UNIT)
        self.addCleanup(self.systemd.run, 'systemctl', 'stop', UNIT_SOCKET, UNIT)

    def succeed(self, *command):
        done = self.systemd.run(*command)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.strip()

    def of(self, unit, key):
        return self.succeed('systemctl', 'show', f'--property={key}', '--value', unit)

    def answers(self):
        with Hook() as hook:
            return hook.addresses('vm1')

    def test_a_question_starts_it_and_confined_as_it_is_it_sees_every_change(self):
        self.assertEqual(self.of(UNIT, 'ActiveState'), 'inactive')
        self.assertEqual(SOCKET.stat().st_mode & 0o777, 0o666)
        directory = SOCKET.parent.stat()
        self.assertEqual((directory.st_uid, directory.st_mode & 0o777), (0, 0o755))
        with Hook() as hook, Hook() as follower:
            self.assertIsNone(hook.addresses('vm1'))
            self.assertEqual(follower.call(FILTER, more=True)['parameters'], {'filterDomains': []})
            lease(1, 'vm1')
            self.assertEqual(hook.addresses('vm1'), {'10.0.0.1'})
            self.assertIn('vm1', follower.reply()['parameters']['filterDomains'])
            shutil.rmtree(lab.RUNTIME)
            self.assertEqual(follower.reply()['parameters'], {'filterDomains': []})
            lease(2, 'vm2')
            # First comes what the status file has.
            wait_until(lambda: 'vm2' in follower.reply()['parameters']['filterDomains'], lab.SOON, 'the new index')
            # As the module, it looks at the path of an index that no writer has replaced ten times a second.
            wait_until(lambda: hook.addresses('vm2') == {'10.0.0.2'}, lab.SOON, 'the answer from it')
        process = self.of(UNIT, 'MainPID')
        status = pathlib.Path(f'/proc/{self.systemd.process}/root/proc/{process}/status').read_text()
        self.assertNotIn('\nUid:\t0', status)
        self.assertIn('\nCapEff:\t0000000000000000\n', status)

    def test_stopped_it_keeps_nobody_waiting_for_longer_than_its_watchdog(self):
        lease(1, 'vm1')
        self.assertEqual(self.answers(), {'10.0.0.1'})
        self.assertEqual(self.of(UNIT, 'WatchdogUSec'), '3s')
        for _ in range(3):
            stopped = self.of(UNIT, 'MainPID')
            with Hook() as hook:
                self.assertEqual(hook.addresses('vm1'), {'10.0.0.1'})
                self.succeed('kill', '-STOP', stopped)
                hook.send(message(RESOLVE, question(('vm1', A))))
                # The connection ends with the process, and resolved goes on with DNS.
                self.assertIsNone(hook.reply())
            self.assertEqual(self.answers(), {'10.0.0.1'})
            self.assertNotEqual(self.of(UNIT, 'MainPID'), stopped)
        self.assertEqual(self.of(UNIT_SOCKET, 'ActiveState'), 'active')

    def test_it_is_alive_for_its_watchdog_when_nobody_asks(self):
        with Hook() as hook:
            hook.addresses('vm1')
            process = self.of(UNIT, 'MainPID')
            # Longer than the watchdog waits.
            time.sleep(4)
            self.assertEqual(self.of(UNIT, 'MainPID'), process)
            self.assertIsNone(hook.addresses('vm1'))

    def test_after_a_crash_it_is_there_again(self):
        lease(1, 'vm1')
        self.assertEqual(self.answers(), {'10.0.0.1'})
        self.succeed('kill', '-KILL', self.of(UNIT, 'MainPID'))
        self.assertEqual(self.answers(), {'10.0.0.1'})

    def test_if_it_cannot_be_started_its_socket_goes_and_nobody_waits(self):
        self.unit(f'{UNIT}.d/broken.conf', '[Service]\nExecStart=\nExecStart=/bin/false\n')
        self.succeed('systemctl', 'daemon-reload')
        with Hook() as hook:
            hook.send(message(RESOLVE, question(('vm1', A))))
            self.assertIsNone(hook.reply())
        wait_until(lambda: not SOCKET.exists(), lab.SOON, 'the socket goes')
        self.assertEqual(self.of(UNIT_SOCKET, 'ActiveState'), 'failed')
        self.assertTrue(pathlib.Path(DAEMON).exists())

    def test_stopped_with_its_socket_it_leaves_nothing_to_ask(self):
        self.answers()
        self.succeed('systemctl', 'stop', UNIT_SOCKET)
        self.assertFalse(SOCKET.exists())
        self.assertEqual((self.of(UNIT, 'ActiveState'), self.of(UNIT, 'Result')), ('inactive', 'success'))


if __name__ == '__main__':
    lab.main()
