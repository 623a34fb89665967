"""A machine for one test program: the files of this one, and a kernel of its own, user-mode Linux, whose clock can be set.

A program calls enter() first. It is then started once more under that kernel, as root, with the product installed (see sandbox.py). No
file outside can be written from there, and it has no network.
"""

import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time

import sandbox

KERNEL = 'linux.uml'
PACKAGE = 'user-mode-linux'
INSIDE = 'NSS_LEASES_OWN_KERNEL'
ENDED = 'the test program has ended with'
# Each after those that it needs.
MODULES = 'crc-ccitt ipv6 llc stp bridge veth overlay'
# What the first process does there.
INIT = '''#!/bin/sh
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t tmpfs tmpfs /run
mount -t tmpfs tmpfs /tmp
for module in {modules}; do busybox insmod "$(find "/usr/lib/uml/modules/$(uname -r)" -name $module.ko)"; done
cd {directory}
{environment} {command} </dev/null
echo "{ended} $?"
echo o > /proc/sysrq-trigger
sleep 60
'''


def enter():
    """Returns inside only."""
    if os.environ.pop(INSIDE, None):
        sandbox.furnish()
        return
    if not shutil.which(KERNEL):
        print(f'skipped: missing Debian package: {PACKAGE}')
        sys.exit(sandbox.SKIPPED)
    sys.exit(run_inside())


def run_inside():
    with tempfile.TemporaryDirectory(dir='/var/tmp') as place:
        environment = {INSIDE: '1', 'LC_ALL': 'C.UTF-8', 'HOME': '/root', 'NSS_LEASES_BUILD_DIR': sandbox.build_directory(),
                       **{key: value for key, value in os.environ.items() if key.startswith('NSS_LEASES_SOAK')}}
        init = pathlib.Path(place, 'init')
        init.write_text(INIT.format(modules=MODULES, directory=shlex.quote(os.getcwd()), command=shlex.join([sys.executable, '-B', *sys.argv]), ended=ENDED,
                                    environment=' '.join(f'{key}={shlex.quote(str(value))}' for key, value in environment.items())))
        init.chmod(0o755)
        kernel = subprocess.Popen([KERNEL, 'mem=1G', 'root=/dev/root', 'rootfstype=hostfs', 'rootflags=/', 'ro', 'quiet', f'init={init}',
                                   'con=null', 'con0=null,fd:1'], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, text=True, errors='backslashreplace')
        status = None
        for line in kernel.stdout:
            ended = re.match(f'{ENDED} (\\d+)', line)
            if ended:
                status = int(ended[1])
            else:
                print(line.rstrip('\r\n'), flush=True)
        kernel.wait()
    if status is None:
        print(f'skipped: {KERNEL} does not run here')
        return sandbox.SKIPPED
    return status


def set_clock(seconds_from_now):
    """This kernel's, as its administrator or NTP does."""
    time.clock_settime(time.CLOCK_REALTIME, time.time() + seconds_from_now)
