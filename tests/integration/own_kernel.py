"""A machine for one test program: the files of this machine, and its own kernel, user-mode Linux, whose clock can be set.

A program calls enter() first. It is then started once more under that kernel, with the product installed (see sandbox.py). It writes no
file outside, since everything outside is mounted read-only, and it has no network.
"""

import errno
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
MEMORY = '512M'
# What the first process and all others find in their environment: they do without the registers that hide_extended_registers() hides.
WITHOUT_AVX = ('GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX,-AVX2,-AVX512F,-AVX512BW,-AVX512VL,-AVX_Fast_Unaligned_Load,-XSAVE,-XSAVEC',
               'SIMDJSON_FORCE_IMPLEMENTATION=westmere')
# The kernel's memory is a file in /dev/shm, which may be small in a container. An overlay there does not keep it from reading the files
# that the host has of its own, so it is given empty directories.
START = f'''mount -t tmpfs -o mode=1777 memory /dev/shm
for place in {' '.join(sandbox.HOSTS_OWN)}; do [ ! -d $place ] || mount -t tmpfs -o mode=755 empty $place; done
exec "$@"'''
# As <sys/ptrace.h> and <elf.h> have them.
PTRACE_GETREGSET = 0x4204
NT_X86_XSTATE = 0x202
INSIDE = 'NSS_LEASES_OWN_KERNEL'
ENDED = 'the test program has ended with'
# What it says where it is too old for the registers of the processor.
NO_REGISTERS = 'Failed to initialize default registers'
# Each module after those that it needs.
MODULES = 'crc-ccitt ipv6 llc stp bridge veth overlay'
# The first process there.
INIT = '''#!/bin/sh
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t tmpfs tmpfs /run
mkdir /dev/shm
mount -t tmpfs tmpfs /dev/shm
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
    if os.geteuid() != 0 or not shutil.which(KERNEL):
        print(f'skipped: only root can make the namespaces this needs, and of the Debian packages {PACKAGE}')
        sys.exit(sandbox.SKIPPED)
    sys.exit(run_inside())


def run_inside():
    with tempfile.TemporaryDirectory(dir='/var/tmp') as place:
        init = pathlib.Path(place, 'init')
        init.write_text(first_process())
        init.chmod(0o755)
        command = ['sh', '-c', START, 'sh', KERNEL, f'mem={MEMORY}', 'root=/dev/root', 'rootfstype=hostfs', 'rootflags=/', 'ro', 'quiet',
                   f'init={init}', f'uml_dir={place}', 'con=null', 'con0=null,fd:1',
                   *WITHOUT_AVX]
        with sandbox.contained(*command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                               preexec_fn=hide_extended_registers) as kernel:
            status = None
            for line in kernel.stdout:
                text = line.decode(errors='backslashreplace').rstrip('\r\n')
                ended = re.fullmatch(f'{ENDED} (\\d+)', text)
                if ended:
                    status = int(ended[1])
                else:
                    print(text, flush=True)
                if text == NO_REGISTERS:
                    print(f'skipped: this {KERNEL} does not run on the kernel of this machine')
                    sys.exit(sandbox.SKIPPED)
    if status is None:
        sys.exit(f'{KERNEL} has ended, and the test program in it has not')
    return status


def hide_extended_registers():
    """User-mode Linux has room for those of a processor up to AVX-512; where there are more (AMX), it cannot give them back, and panics.
    Without these it keeps those of SSE."""
    import seccomp
    calls = seccomp.SyscallFilter(seccomp.ALLOW)
    calls.add_rule(seccomp.ERRNO(errno.EIO), 'ptrace', seccomp.Arg(0, seccomp.EQ, PTRACE_GETREGSET),
                   seccomp.Arg(2, seccomp.EQ, NT_X86_XSTATE))
    calls.load()


def first_process():
    environment = {INSIDE: '1', 'LC_ALL': 'C.UTF-8', 'HOME': '/root', 'TMPDIR': '/dev/shm', 'NSS_LEASES_BUILD_DIR': sandbox.build_directory()}
    return INIT.format(modules=MODULES, directory=shlex.quote(os.getcwd()), command=shlex.join([sys.executable, '-B', *sys.argv]), ended=ENDED,
                       environment=' '.join(f'{key}={shlex.quote(str(value))}' for key, value in environment.items()))


def set_clock(seconds_from_now):
    """Sets this kernel's clock, as its administrator or NTP does."""
    time.clock_settime(time.CLOCK_REALTIME, time.time() + seconds_from_now)
