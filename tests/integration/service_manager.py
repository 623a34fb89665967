"""The test's own systemd, in PID and cgroup namespaces, which starts only what it is told to."""

import os
import pathlib
import subprocess
import tempfile

from sandbox import run
from waiting import HUNG, wait_until

UNITS = pathlib.Path('/run/systemd/system')
TARGET = 'nothing.target'
BOOT = f'''
mount -t cgroup2 none /sys/fs/cgroup || exit 1
exec /lib/systemd/systemd --system --unit={TARGET} --log-target=console --log-level=warning --show-status=no
'''


class ServiceManager:
    """A context manager: systemd runs inside `with`, and is gone with everything it started afterwards."""

    def __enter__(self):
        UNITS.mkdir(parents=True, exist_ok=True)
        # Without the default dependencies nothing of this machine's own boot is started.
        (UNITS / TARGET).write_text('[Unit]\nDefaultDependencies=no\nAllowIsolate=yes\n')
        self.log = tempfile.TemporaryFile()
        self.unshare = subprocess.Popen(
            ['unshare', '--mount', '--pid', '--cgroup', '--fork', '--kill-child', '--mount-proc', 'sh', '-c', BOOT],
            env={'container': 'nss-leases', 'PATH': os.environ['PATH']},
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=subprocess.STDOUT)
        try:
            wait_until(self.answers, HUNG, 'systemd')
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.unshare.kill()
        self.unshare.wait()
        self.log.close()

    def answers(self):
        if self.unshare.poll() is not None:
            self.log.seek(0)
            raise CannotStart(self.log.read().decode(errors='replace').strip())
        children = pathlib.Path(f'/proc/{self.unshare.pid}/task/{self.unshare.pid}/children').read_text().split()
        self.process = children[0] if children else None
        return self.process and self.run('systemctl', 'show', '--property=Version').returncode == 0

    def run(self, *command):
        """The result of a command that runs beside the services, as of subprocess.run()."""
        return subprocess.run(['nsenter', '--all', '--target', self.process, *map(str, command)], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=HUNG)

    def service(self, properties, *command):
        """The same for a command that runs as a service with these properties. systemd-run would need D-Bus to wait for it."""
        outputs = [UNITS.parent / f'one.{stream}' for stream in ('stdout', 'stderr')]
        for output in outputs:
            output.unlink(missing_ok=True)
        lines = ['[Unit]', 'DefaultDependencies=no', '[Service]', 'Type=oneshot', *properties, f'ExecStart={" ".join(command)}',
                 f'StandardOutput=file:{outputs[0]}', f'StandardError=file:{outputs[1]}']
        (UNITS / 'one.service').write_text('\n'.join(lines) + '\n')
        self.run('systemctl', 'daemon-reload')
        self.run('systemctl', 'start', 'one.service')
        status = self.run('systemctl', 'show', '--property=ExecMainStatus', '--value', 'one.service').stdout
        stdout, stderr = (output.read_text() if output.exists() else '' for output in outputs)
        return subprocess.CompletedProcess(command, int(status), stdout, stderr)


class CannotStart(Exception):
    """systemd cannot run here; the text is its message."""


def lay_out_root(top, *programs):
    """A directory for the root of a service: only these programs and their libraries."""
    for directory in 'proc', 'sys', 'dev', 'run', 'tmp', 'etc', 'var/tmp':
        (top / directory).mkdir(parents=True, exist_ok=True)
    files = set(programs)
    for program in programs:
        files |= {word for line in run('ldd', program).splitlines() for word in line.split() if word.startswith('/')}
    for file in map(pathlib.Path, files):
        copy = top / str(file).lstrip('/')
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(file.read_bytes())
        copy.chmod(0o755)
