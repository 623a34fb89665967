"""The course of a test of leases over time. Everything happens in all its configurations at once, and each has a witness."""

import contextlib
import shutil
from concurrent.futures import ThreadPoolExecutor

import lab
from lab import leasectl
from over_time import STAYING, Configuration
from sources import following


class Course:
    """For a LabTest.

    follow    `leasectl import --follow`, where it runs
    """

    follow = None

    def runs(self, *configurations):
        """Configuration.begins, and everything in happens()."""
        self.configurations = configurations
        self.addCleanup(self.report)
        with contextlib.ExitStack() as looked_on, ThreadPoolExecutor(len(configurations)) as pool:
            for configuration in configurations:
                looked_on.enter_context(configuration.witness)
            self.each = lambda step: list(pool.map(step, configurations))
            self.each(Configuration.begins)
            self.each(Configuration.getent_agrees)
            self.happens()
        for configuration in configurations:
            with self.subTest(configuration.title):
                self.assertFalse(configuration.witness.failures(), 'answers that dnsmasq would not have given')
                self.assertFalse(configuration.disagreements, 'answers to getent that dnsmasq would not have given')
        if self.follow:
            self.assertEqual(self.follow.err.read_text(), '')

    def happens(self):
        for step in Configuration.changes, Configuration.servers_change, Configuration.time_passes:
            self.each(step)
            self.each(Configuration.getent_agrees)
        self.in_the_end()
        self.the_host_reboots()
        self.settles()
        self.each(Configuration.getent_agrees)

    def settles(self):
        self.each(lambda configuration: configuration.witness.settles())

    def in_the_end(self):
        """Further events before the host reboots."""

    def the_host_reboots(self, clock=lambda: None):
        """/run is empty, and the units run as at a boot. clock() is called while the host is off."""
        with contextlib.ExitStack() as away:
            for configuration in self.configurations:
                away.enter_context(configuration.witness.away())
            self.power_fails()
            shutil.rmtree(lab.RUNTIME)
            clock()
            leasectl('rebuild')
            self.boots()
        self.all_are_back()

    def all_are_back(self):
        for configuration in self.configurations:
            for name in set(STAYING) & set(configuration.machines):
                self.resolves(configuration.named(name), configuration.leased(name))

    def power_fails(self):
        if self.follow:
            self.follow.end()
        self.each(lambda configuration: configuration.power_fails())

    def boots(self):
        self.each(lambda configuration: configuration.boots())
        if self.follow:
            self.follow = following(self)

    def report(self):
        for configuration in self.configurations:
            witness = configuration.witness
            print(f'{configuration.title}: {witness.looks} lookups of {len(witness.questions)} names and addresses; '
                  f'longest wrong {witness.longest():.1f} s, {witness.excuses} excused', flush=True)
            for failure in witness.failures():
                print(f'{configuration.title}: {failure}', flush=True)
