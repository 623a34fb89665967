"""leases-share under systemd: a user of its own, confined as it is, with etcd and the importer."""

import json
import pathlib
import subprocess
import time

import cluster
import lab
from calls import lease
from cluster import Etcd
from systemd_test import ALONE, SystemdTest
from waiting import SOON, wait_until

UNIT = 'leases-share.service'
CONFIGURATION = pathlib.Path('/etc/nss-leases.conf')
SHARED = lab.STATE / 'shared'


class ShareService(SystemdTest):

    def setUp(self):
        super().setUp()
        cluster.make_backbone()
        self.addCleanup(subprocess.run, ['ip', 'link', 'delete', cluster.BACKBONE])
        self.etcd = Etcd(self, 1)
        CONFIGURATION.write_text(f'[share]\nendpoints = ["{self.etcd.endpoints[0]}"]\nhost = "hv1"\nnetworks = ["*"]\n')
        self.addCleanup(CONFIGURATION.unlink)
        lab.run('systemd-sysusers')
        self.unit(f'{UNIT}.d/alone.conf', ALONE)
        self.succeed('systemctl', 'daemon-reload')

    def succeed(self, *command):
        done = self.systemd.run(*command)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.strip()

    def share(self, host, name):
        """What another host would write."""
        record = {'ip-address': '10.9.0.1', 'hostname': name, 'expiry-time': int(time.time()) + 1000}
        self.etcd.control('put', f'/nss-leases/v1/{host}/lab/10.9.0.1', json.dumps(record))

    def test_it_publishes_and_its_files_are_imported(self):
        self.started(UNIT)
        lease(1, 'vm1')
        wait_until(lambda: 'vm1' in ''.join(self.etcd.keys().values()), SOON, lambda: self.succeed('journalctl', '-u', UNIT))
        self.share('hv2', 'web')
        file = SHARED / 'hv2' / 'lab.status'
        wait_until(file.exists, SOON, 'the file')
        self.assertEqual((file.owner(), file.stat().st_mode & 0o777), ('leases-share', 0o644))
        lab.leasectl('import')
        self.assertEqual(lab.resolve('web'), {'10.9.0.1'})
        self.assertEqual(lab.resolve('web.hv2'), {'10.9.0.1'})
        process = self.succeed('systemctl', 'show', '--property=MainPID', '--value', UNIT)
        status = pathlib.Path(f'/proc/{self.systemd.process}/root/proc/{process}/status').read_text()
        self.assertNotIn('\nUid:\t0', status)
        self.assertIn('\nCapEff:\t0000000000000000', status)

    def test_check_finds_that_it_does_not_run(self):
        lease(1, 'vm1')
        self.assertIn('does not run', self.problems_of('share')[0]['text'])
        self.started(UNIT)
        wait_until(lambda: not self.problems_of('share'), SOON, lambda: self.problems_of('share'))


if __name__ == '__main__':
    lab.main()
