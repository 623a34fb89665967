"""What the tests of leasectl check about dnsmasq share: it runs with another configuration, or not at all."""

import os
import pathlib
import shutil
import subprocess

from check import CheckTest
from waiting import HUNG, wait_until


class DnsmasqTest(CheckTest):

    def reconfigured(self, change):
        text = change(self.lan.configuration.read_text())
        self.lan.stop()
        self.lan.configuration.write_text(text)
        self.lan.start()

    def served(self, *options, **environment):
        """A dnsmasq that has read the network's configuration and these options, in this environment."""
        log = self.lan.directory / 'served'
        with log.open('wb') as output:
            server = subprocess.Popen(['dnsmasq', *options, '-C', self.lan.configuration, '--keep-in-foreground', '--log-facility=-', '--pid-file'],
                                      stdin=subprocess.DEVNULL, stdout=output, stderr=output, env={**os.environ, **environment})
        self.addCleanup(server.wait)
        self.addCleanup(server.kill)
        wait_until(lambda: 'started, version' in log.read_text(), HUNG, 'dnsmasq')
        return server

    def stopped_with(self, **files):
        """No dnsmasq runs, and these are the files in the system's directory."""
        self.lan.stop()
        unit = pathlib.Path('/etc/systemd/system/dnsmasq.service')
        unit.touch()
        self.addCleanup(unit.unlink)
        return self.system_directory(**files)

    def system_directory(self, **files):
        """With these files."""
        directory = pathlib.Path('/etc/dnsmasq.d')
        directory.mkdir(exist_ok=True)
        self.addCleanup(shutil.rmtree, directory)
        for name, text in files.items():
            (directory / name).write_text(text)
        return directory
