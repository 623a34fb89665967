"""Leases shared through etcd while its members, hosts and connections fail: no name is lost, and none is wrong."""

import signal
import subprocess
import time

import lab
from cluster import TIME_OUT, Hypervisor
from share_test import ShareTest, write_leases
from waiting import BRIEF, SOON, wait_until


class Failures(ShareTest):

    def setUp(self):
        super().setUp()
        self.hypervisors = [self.hypervisor(name) for name in ('hv1', 'hv2', 'hv3')]
        self.guests = {}
        for hypervisor in self.hypervisors:
            self.add_guest(hypervisor, f'vm-{hypervisor.name}')
        self.all_resolve()

    def add_guest(self, hypervisor, name):
        self.guests[name] = self.guest(hypervisor, name)[1]

    def all_resolve(self, on=None):
        for hypervisor in on or self.hypervisors:
            for name, address in self.guests.items():
                hypervisor.resolves(name, address)

    def test_the_leader_dies_and_another_member_after_it_came_back(self):
        for _ in range(2):
            leader = wait_until(self.etcd.leader, SOON, 'a leader')
            leader.end()
            self.add_guest(self.hypervisors[0], f'without-{leader.name}-{len(self.guests)}')
            self.all_resolve()
            self.etcd.start()
        self.add_guest(self.hypervisors[1], 'after')
        self.all_resolve()

    def test_a_member_that_hangs_is_left(self):
        for member in self.etcd.members:
            member.process.send_signal(signal.SIGSTOP)
            self.add_guest(self.hypervisors[2], f'while-{member.name}-hangs')
            self.all_resolve()
            member.process.send_signal(signal.SIGCONT)

    def test_a_host_that_dies_goes_after_its_time_out_and_no_other(self):
        dead = self.hypervisors[0]
        dead.die()
        began = time.monotonic()
        name = 'vm-hv1'
        for other in self.hypervisors[1:]:
            other.resolves(name)
        self.assertGreater(time.monotonic() - began, TIME_OUT / 2)
        del self.guests[name]
        self.all_resolve(self.hypervisors[1:])
        self.assertEqual([key for key in self.etcd.keys('/') if 'hv1' in key], [])

    def test_a_host_that_is_cut_off_and_healed(self):
        cut = self.hypervisors[0]
        cut.cut()
        for other in self.hypervisors[1:]:
            other.resolves('vm-hv1')
        with self.subTest('there, the last known leases stay, and its own go on'):
            self.all_resolve([cut])
            self.add_guest(cut, 'local')
            cut.resolves('local', self.guests['local'])
        self.add_guest(self.hypervisors[1], 'meanwhile')
        cut.heal()
        self.all_resolve()

    def test_while_etcd_is_gone_a_lease_that_ends_keeps_nobody_awake(self):
        # Without a dnsmasq, which would soon report the leases that it has.
        self.hypervisors.append(Hypervisor(self, 'hv4', self.etcd).start())
        end = int(time.time()) + BRIEF
        write_leases(self.hypervisors[-1], 1, end)
        self.hypervisors[0].resolves('vm-0', '10.64.0.0')
        for member in self.etcd.members:
            member.end()
        wait_until(lambda: time.time() > end + 1, SOON, 'the end of the lease')
        for hypervisor in self.hypervisors:
            hypervisor.resolves('vm-0')
        before, began = [hypervisor.processor_time() for hypervisor in self.hypervisors], time.monotonic()
        # How long is of no matter: a program that never sleeps takes all that others leave of a processor.
        time.sleep(5)
        for hypervisor, used in zip(self.hypervisors, before, strict=True):
            self.assertLess(hypervisor.processor_time() - used, (time.monotonic() - began) / 20, hypervisor.name)

    def test_everything_is_restarted(self):
        for member in self.etcd.members:
            member.end(signal.SIGTERM)
        self.all_resolve()
        self.add_guest(self.hypervisors[0], 'while-etcd-was-gone')
        for hypervisor in self.hypervisors:
            hypervisor.end()
        self.all_resolve_locally()
        self.etcd.start()
        for hypervisor in self.hypervisors:
            hypervisor.start()
        self.all_resolve()

    def all_resolve_locally(self):
        for hypervisor in self.hypervisors:
            hypervisor.resolves(f'vm-{hypervisor.name}', self.guests[f'vm-{hypervisor.name}'])

    def test_a_service_that_is_restarted_loses_nothing_and_takes_back_what_ended_meanwhile(self):
        one, other = self.hypervisors[:2]
        host = self.guest(one, 'ends')
        other.resolves('ends', host[1])
        one.end('share')
        host[0].release()
        one.resolves('ends')
        one.start('share')
        other.resolves('ends')
        self.all_resolve()

    def test_the_log_is_compacted_under_a_reader_that_sleeps(self):
        sleeper = self.hypervisors[2]
        sleeper.cut()
        self.add_guest(self.hypervisors[0], 'new')
        self.hypervisors[1].resolves('new', self.guests['new'])
        self.etcd.control('compact', self.etcd.revision())
        sleeper.heal()
        self.all_resolve()

    def test_etcd_that_lost_everything_is_filled_again(self):
        for member in self.etcd.members:
            member.end()
            subprocess.run(['rm', '-rf', str(member.directory / 'data')], check=True)
        self.etcd.start()
        self.all_resolve()
        wait_until(lambda: len(self.etcd.keys()) == 6, SOON, lambda: f'the keys: {self.etcd.keys()}')

    def test_etcd_gets_a_backup_back(self):
        one, other = self.hypervisors[:2]
        ended, _ = self.guest(one, 'ended')
        other.resolves('ended', ended.host.address())
        backup = self.etcd.back_up()
        ended.release()
        self.add_guest(one, 'after-the-backup')
        other.resolves('ended')
        self.all_resolve()
        self.etcd.restore(backup)
        for hypervisor in self.hypervisors:
            hypervisor.resolves('ended')
        self.add_guest(other, 'later')
        self.all_resolve()
        reader = self.reader()
        self.all_resolve([reader])
        reader.resolves('ended')

    def test_others_fill_a_restored_etcd_before_this_host_looks_at_it(self):
        """Then its revision is no older than the one that the host knew."""
        one, other, third = self.hypervisors
        backup = self.etcd.back_up()
        self.add_guest(one, 'after-the-backup')
        self.all_resolve()
        known = self.etcd.revision()
        for hypervisor in one, third:
            hypervisor.cut()
        self.etcd.restore(backup)
        self.add_guest(other, 'before-the-others')
        while self.etcd.revision() <= known:
            self.etcd.control('put', '/test', '2')
        for hypervisor in one, third:
            hypervisor.heal()
        self.all_resolve()
        self.all_resolve([self.reader()])

    def test_two_machines_of_one_name(self):
        twin = Hypervisor(self, 'twin', self.etcd, share='host = "hv1"\n').start()
        wait_until(lambda: 'another machine' in twin.log(), SOON, 'the complaint')
        self.all_resolve()


if __name__ == '__main__':
    lab.main()
