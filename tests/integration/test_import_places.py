"""Lease files that are not where their path says, or that other programs write in another way."""

import os
import pwd
import shutil
import subprocess

import lab
from import_lab import ImportTest, row
from lab import INDEX, leasectl
from program import Program
from sandbox import SCRATCH, mount, run
from schemas import validate
from sources import configure, dnsmasq_leases, follower, import_once
from calls import lease
from waiting import wait_until

NOBODY = pwd.getpwnam('nobody')
WITHOUT = 'echo 0 > /proc/sys/user/{limit}; exec "$@"'


class Places(ImportTest):

    def place(self, name):
        """An empty directory."""
        place = SCRATCH / 'places' / name
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        self.addCleanup(shutil.rmtree, place, ignore_errors=True)
        return place

    def mounted(self, *arguments):
        mount(*arguments)
        self.addCleanup(run, 'umount', '--lazy', arguments[-1])

    def test_a_lease_file_and_its_directory_may_be_links_as_dnsmasq_follows_them(self):
        data, misc = self.place('data'), self.place('misc')
        (misc / 'dnsmasq.leases').symlink_to(data / 'dhcp.leases')
        (misc / 'all').symlink_to('../data')
        (data / 'dhcp.leases').touch()
        lan = self.untold(lease_file=misc / 'dnsmasq.leases')
        for number, path in enumerate((misc / 'dnsmasq.leases', misc / 'all/dhcp.leases', misc / '*/dhcp.leases')):
            with self.subTest(path=path):
                configure(dnsmasq_leases(path, network='lan'))
                follow = follower(self)
                name = f'web-{number}'
                _, client, address = self.join(lan, name)
                self.assertEqual(import_once().stderr, '')
                found, = validate(leasectl('networks', '--json'), 'network-list.schema.json')
                self.assertEqual(found['index'], 'current')
                client.release()
                self.is_gone(name)
                self.assertRegex(subprocess.run(['leasectl', 'check'], capture_output=True, text=True).stdout, r'(?m)^ok +sources ')
                self.assertEqual(follow.err.read_text(), '')
                follow.end()

    def test_a_link_that_others_can_change_is_refused_in_words_and_nothing_behind_it_is_read(self):
        theirs = self.place('theirs')
        (theirs / 'x.leases').symlink_to('/etc/shadow')
        for user, mode in (NOBODY.pw_uid, 0o755), (0, 0o777):
            os.chown(theirs, user, 0)
            theirs.chmod(mode)
            for path in theirs / 'x.leases', theirs / '*.leases':
                with self.subTest(user=user, path=path):
                    configure(dnsmasq_leases(path, network='lan'))
                    said = import_once().stderr + leasectl('list')
                    self.assertIn(f'users other than root can change the link {theirs}/x.leases', said)
                    self.assertNotIn('root:', said)
                    check = subprocess.run(['leasectl', 'check'], capture_output=True, text=True).stdout
                    self.assertIn('can change the link', check)
                    configure()
                    import_once()
        os.chown(theirs, 0, 0)
        theirs.chmod(0o755)
        configure(dnsmasq_leases(theirs / 'x.leases', network='lan'))
        self.assertNotIn('can change the link', import_once().stderr)

    def test_what_is_written_by_another_name_or_mount_is_seen(self):
        way, real = self.place('way'), self.place('real')
        upper, work, lower = self.place('upper'), self.place('work'), self.place('lower')
        files = {'bound': (way / 'bound.leases', real / 'bound.leases'),
                 'hard': (way / 'hard.leases', real / 'hard.leases'),
                 'layer': (way / 'layer/x.leases', upper / 'x.leases')}
        for number, (name, (seen, written)) in enumerate(files.items()):
            written.write_text(row(number, name))
        files['bound'][0].touch()
        self.mounted('--bind', files['bound'][1], files['bound'][0])
        os.link(files['hard'][1], files['hard'][0])
        (way / 'layer').mkdir()
        self.mounted('-t', 'overlay', '-o', f'lowerdir={lower},upperdir={upper},workdir={work}', 'overlay', way / 'layer')
        configure(*(dnsmasq_leases(seen, network='lan') for seen, _ in files.values()))
        follow = follower(self)
        for turn in range(3):
            for number, (name, (_, written)) in enumerate(files.items()):
                self.resolves(f'{name}{turn or ""}', f'10.1.0.{number}')
                with written.open('r+') as file:
                    file.write(row(number, f'{name}{turn + 1}'))
        self.assertEqual(follow.err.read_text(), '')

    def test_where_inotify_is_used_up_changes_are_looked_for_and_the_limit_is_told_once(self):
        for limit, setting in ('max_inotify_instances', 'max_user_instances'), ('max_inotify_watches', 'max_user_watches'):
            with self.subTest(limit=limit):
                file = self.written(text=row(1, f'web-{setting}'))
                configure(dnsmasq_leases(file, network='lan'))
                command = ['unshare', '--user', '--map-root-user', 'sh', '-c', WITHOUT.format(limit=limit), 'sh']
                follow = follower(self, *command)
                self.resolves(f'web-{setting}', '10.1.0.1')
                file.write_text(row(1, f'api-{setting}'))
                self.resolves(f'api-{setting}', '10.1.0.1')
                INDEX.unlink()
                self.resolves(f'api-{setting}', '10.1.0.1')
                said, = follow.err.read_text().splitlines()
                self.assertIn(f'sysctl fs.inotify.{setting}=', said)
                run('nsenter', '--user', '--target', follow.process.pid, 'sh', '-c', f'echo 100 > /proc/sys/user/{limit}')
                wait_until(lambda: self.watches(follow) > 0, 2 * lab.SOON, 'watches')
                follow.end()

                waiting = Program(self, *command, 'leasectl', 'wait', '--timeout', '60s', f'late-{setting}')
                watching = Program(self, *command, 'leasectl', 'watch')
                for program in waiting, watching:
                    wait_until(lambda: f'fs.inotify.{setting}=' in program.err.read_text(), lab.SOON, 'a complaint')
                    # It complains before it has read the leases of which it prints changes.
                    program.asleep()
                lease(7, f'late-{setting}')
                self.assertEqual(waiting.result(), 0)
                wait_until(lambda: f'late-{setting}' in watching.out.read_text(), lab.SOON, 'a line')
                for program in waiting, watching:
                    self.assertEqual(len(program.err.read_text().splitlines()), 1)


if __name__ == '__main__':
    lab.main()
