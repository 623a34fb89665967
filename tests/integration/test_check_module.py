"""leasectl check: a module where the loader does not look by itself, as of an installation below a prefix of one's own."""

import json
import pathlib
import subprocess

import lab
import sandbox
from calls import lease
from lab import resolve, run

CONFIGURATION = pathlib.Path('/etc/ld.so.conf')
CACHE = pathlib.Path('/etc/ld.so.cache')


class CheckModule(lab.LabTest):

    def setUp(self):
        super().setUp()
        self.addCleanup(run, 'cmake', '--install', sandbox.build_directory())
        for path in CONFIGURATION, CACHE:
            self.addCleanup(path.write_bytes, path.read_bytes())
        lease(1, 'web')

    def findings(self, module):
        checked = subprocess.run([sandbox.build_directory() / 'bin/check_module_at', module], capture_output=True, text=True)
        return json.loads(checked.stdout)['findings']

    def is_found_in(self, directory):
        """The module is found there after the command that check names, which is the result."""
        installed, = pathlib.Path('/usr/lib').glob('*-linux-gnu/libnss_leases.so.2')
        directory.mkdir(parents=True, exist_ok=True)
        module = directory / installed.name
        self.addCleanup(module.unlink)
        installed.rename(module)
        finding, = self.findings(module)
        self.assertEqual(finding['text'], f'the loader does not look for {module} there')
        self.assertEqual(resolve('web'), set())
        run('sh', '-c', finding['remedy'])
        self.assertEqual(self.findings(module), [{'severity': 'ok', 'topic': 'module', 'text': f'{module} is loaded by its name'}])
        self.assertNotEqual(resolve('web'), set())
        return finding['remedy']

    def test_in_a_directory_that_is_configured(self):
        before = CONFIGURATION.read_text()
        self.assertEqual(self.is_found_in(pathlib.Path('/usr/local/lib')), 'ldconfig')
        self.assertEqual(CONFIGURATION.read_text(), before)

    def test_in_a_directory_that_is_not_configured(self):
        CONFIGURATION.write_text(CONFIGURATION.read_text().rstrip('\n'))
        self.is_found_in(pathlib.Path('/usr/local/leases/lib'))


if __name__ == '__main__':
    lab.main()
