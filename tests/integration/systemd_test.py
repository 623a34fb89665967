"""What the tests share that need systemd: one of their own, with the units that a test names, and what leasectl check says in it."""

import json
import unittest

import lab
from service_manager import UNITS, CannotStart, ServiceManager

# Else a unit would start all of this machine.
ALONE = '[Unit]\nDefaultDependencies=no\n'


class SystemdTest(lab.LabTest):

    @classmethod
    def setUpClass(cls):
        try:
            cls.systemd = cls.enterClassContext(ServiceManager())
        except CannotStart as reason:
            raise unittest.SkipTest(f'systemd cannot start here: {reason}') from reason

    def unit(self, name, text):
        """A unit, or a part of one, that systemd has read."""
        file = UNITS / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        self.addCleanup(file.unlink)

    def started(self, *units):
        started = self.systemd.run('systemctl', 'start', '--job-mode=ignore-dependencies', *units)
        self.assertEqual(started.returncode, 0, started.stderr)
        self.addCleanup(self.systemd.run, 'systemctl', 'stop', *units)

    def findings_of(self, topic, *arguments):
        findings = json.loads(self.systemd.run('leasectl', 'check', '--json', *arguments).stdout)['findings']
        return [finding for finding in findings if finding['topic'] == topic]

    def problems_of(self, topic, *arguments):
        return [finding for finding in self.findings_of(topic, *arguments) if finding['severity'] == 'problem']

    def is_fixed(self, topic, text, command):
        """There is this problem, whose remedy has this command in it; after it there is none."""
        problem, = self.problems_of(topic)
        self.assertIn(text, problem['text'])
        self.assertIn(command, problem['remedy'])
        fixed = self.systemd.run('sh', '-c', problem['remedy'])
        self.assertEqual(fixed.returncode, 0, fixed.stderr)
        self.assertEqual(self.problems_of(topic), [])
