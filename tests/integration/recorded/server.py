"""A real dnsmasq with leasefile-ro, for which the helper is the lease database."""

import ctypes
import json
import os
import signal
import subprocess
import time

from installation import HELPER
from recording import Call

WRAPPER = '''#!/usr/bin/python3
import json, os, sys
variables = {{name: value for name, value in os.environ.items() if name.startswith('DNSMASQ_')}}
with open({calls!r}, 'a') as calls:
    calls.write(json.dumps([sys.argv[1:], variables]) + chr(10))
os.execv({helper!r}, ['leaseshelper', *sys.argv[1:]])
'''


# <linux/prctl.h>
PR_SET_CHILD_SUBREAPER = 36


class Dnsmasq:
    """Runs from its construction to stop()."""

    def __init__(self, installation, interface, ranges):
        # dnsmasq's own helper process, which outlives it, becomes a child of this one (stop() waits for it).
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)
        place = installation.place
        self.calls_path = place / 'calls.jsonl'
        self.log_path = place / 'dnsmasq.log'
        self.calls_path.touch()
        wrapper = place / 'wrapper'
        wrapper.write_text(WRAPPER.format(calls=str(self.calls_path), helper=str(HELPER)))
        wrapper.chmod(0o755)
        self.process = subprocess.Popen(
            ['dnsmasq', '--keep-in-foreground', '--conf-file=/dev/null', '--port=0', '--leasefile-ro',
             '--dhcp-lease-max=2000', '--log-dhcp', f'--log-facility={self.log_path}', '--pid-file=',
             f'--interface={interface}', '--user=root', f'--dhcp-script={wrapper}',
             *(f'--dhcp-range={leased}' for leased in ranges)],
            env={'PATH': os.environ['PATH'], 'NSS_LEASES_CONFIG': str(installation.config)}, stdin=subprocess.DEVNULL)

    def calls(self):
        whole_lines = self.calls_path.read_text().rpartition('\n')[0].splitlines()
        return [Call(argv, env) for argv, env in map(json.loads, whole_lines)]

    def wait_until_told(self, addresses, seconds=600):
        """Waits until dnsmasq has called for each of these addresses; for some it does so twice. The time is for one that hangs."""
        deadline = time.monotonic() + seconds
        while missing := set(addresses) - {call.argv[2] for call in self.calls() if call.is_lease}:
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f'no call was made for {missing}; dnsmasq:\n{self.log()}')
            time.sleep(0.02)

    def log(self):
        return self.log_path.read_text(errors='replace') if self.log_path.exists() else ''

    def stop(self):
        """Returns when dnsmasq's own helper process, for which dnsmasq does not wait, has also made its last call and ended."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=600)
        while True:
            try:
                os.wait()
            except ChildProcessError:
                return
