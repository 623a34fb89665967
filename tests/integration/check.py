"""What the tests of leasectl check share: each breaks something for real, and fixes it with the command that the finding names."""

import json
import pathlib
import subprocess

import jsonschema

import lab
import sandbox
from lab import run
from network import HELPER
from waiting import HUNG

SCHEMA = json.loads((sandbox.ROOT / 'schema/check.schema.json').read_text())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
NSSWITCH = pathlib.Path('/etc/nsswitch.conf')
HOSTS = pathlib.Path('/etc/hosts')
CONFIGURATION = pathlib.Path('/etc/nss-leases.conf')


def leasectl_check(*arguments, user=None):
    as_user = ['setpriv', '--reuid', user, '--clear-groups'] if user else []
    return subprocess.run([*as_user, 'leasectl', 'check', *arguments], capture_output=True, text=True, timeout=HUNG)


def lease_of(name, address, expires, network='lan'):
    """Reports a lease to the helper as dnsmasq does."""
    run(HELPER, 'add', '52:54:00:99:00:01', address, name,
        env={'DNSMASQ_INTERFACE': network, 'DNSMASQ_LEASE_EXPIRES': str(expires)})


def replace(path, content=b''):
    """Puts a new file at a path. It never changes the old one, which a process may have mapped."""
    path.unlink(missing_ok=True)
    path.write_bytes(content)


class CheckTest(lab.LabTest):

    def setUp(self):
        super().setUp()
        self.addCleanup(sandbox.run, 'cmake', '--install', sandbox.build_directory())
        for path in NSSWITCH, HOSTS:
            self.addCleanup(path.write_bytes, path.read_bytes())
        self.addCleanup(CONFIGURATION.unlink, missing_ok=True)
        self.lan = self.network('lan', options=('user=dnsmasq',))
        _, _, self.web = self.join(self.lan, 'web')
        self.well('web')

    def report(self, *arguments, user=None):
        """The findings, as JSON that is checked against the schema."""
        done = leasectl_check('--json', *arguments, user=user)
        self.assertIn(done.returncode, (0, 1), done.stderr)
        report = json.loads(done.stdout)
        VALIDATOR.validate(report)
        any_problem = any(finding['severity'] == 'problem' for finding in report['findings'])
        self.assertEqual((done.returncode, report['well']), (int(any_problem), not any_problem))
        return report

    def well(self, *arguments, user=None):
        report = self.report(*arguments, user=user)
        self.assertTrue(report['well'], json.dumps(report, indent=1))
        return report

    def found(self, topic, text, *arguments, severity='problem', user=None):
        """The finding of a topic with this text in it."""
        report = self.report(*arguments, user=user)
        for finding in report['findings']:
            if (finding['severity'], finding['topic']) == (severity, topic) and text in finding['text']:
                return finding
        return self.fail(f'{severity} of {topic} with "{text}" is missing in {json.dumps(report, indent=1)}')

    def fixed(self, topic, text, *arguments, user=None):
        """There is this problem; after the command that it names there is none."""
        remedy = self.found(topic, text, *arguments, user=user)['remedy']
        run('sh', '-c', remedy, cwd='/')
        self.well(*arguments, user=user)
