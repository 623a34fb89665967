"""The place in which a test program runs: the whole machine, installed product included, but a copy.

A program calls enter() first. It is then started once more in mount, network, process, UTS and IPC namespaces of its own, where
/usr, /etc and /var are overlays, /run is empty and no interface is up. The product is installed there at the very paths that are
compiled into it. Nothing of that exists outside, and the kernel takes it away, with every process, when the program ends.
"""

import contextlib
import os
import pathlib
import shutil
import signal
import subprocess
import sys

SKIPPED = 77
SCRATCH = pathlib.Path('/run/sandbox')
ROOT = pathlib.Path(__file__).resolve().parents[2]
INSIDE = 'NSS_LEASES_SANDBOX'
# The first process of a process namespace must reap those whose parents have gone, as a shell does. libvirt waits for that.
FIRST_PROCESS = '"$@"; exit $?'
NSSWITCH = 'passwd: files\ngroup: files\nhosts: files leases\nservices: files\nprotocols: files\n'


def build_directory():
    return pathlib.Path(os.environ.get('NSS_LEASES_BUILD_DIR') or ROOT / 'build/release').resolve()


def enter():
    """Returns inside the sandbox only: as root, with the product installed."""
    if os.environ.pop(INSIDE, None):
        furnish()
        return
    if os.geteuid() != 0:
        print('skipped: only root can make the network and mount namespaces this needs')
        sys.exit(SKIPPED)
    if not (build_directory() / 'cmake_install.cmake').exists():
        sys.exit(f'{build_directory()} holds no build; set NSS_LEASES_BUILD_DIR')
    sys.exit(run_inside())


def run_inside():
    with contained(sys.executable, '-B', *sys.argv,
                   env={**os.environ, INSIDE: '1', 'LC_ALL': 'C.UTF-8', 'PATH': '/usr/sbin:/usr/bin:/sbin:/bin'}) as sandboxed:
        try:
            return sandboxed.wait()
        except KeyboardInterrupt:
            return 128 + signal.SIGINT


@contextlib.contextmanager
def contained(*command, **options):
    """A process, as of Popen, in namespaces of its own. With it end all that it has started, and it ends with this process."""
    # unshare does not react to SIGTERM while it waits, so this process stays and kills it; setpriv covers the death of this one.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    process = subprocess.Popen(
        ['setpriv', '--pdeathsig', 'KILL',
         'unshare', '--mount', '--net', '--pid', '--uts', '--ipc', '--fork', '--kill-child', '--mount-proc',
         '--propagation', 'private', 'sh', '-c', FIRST_PROCESS, 'sh', *command], **options)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def furnish():
    os.umask(0o022)
    mount('-t', 'tmpfs', '-o', 'mode=755', 'run', '/run')
    # The build directory too, since cmake leaves a manifest of what it installed there.
    for directory in '/usr', '/etc', '/var', build_directory():
        overlay(directory)
    pathlib.Path('/etc/nsswitch.conf').write_text(NSSWITCH)
    pathlib.Path('/etc/hosts').write_text('127.0.0.1 localhost\n')
    # Often a link into /run, where there is nothing now.
    pathlib.Path('/etc/resolv.conf').unlink(missing_ok=True)
    pathlib.Path('/etc/resolv.conf').touch()
    pathlib.Path('/etc/nss-leases.conf').unlink(missing_ok=True)
    shutil.rmtree('/var/lib/nss-leases', ignore_errors=True)
    run('ip', 'link', 'set', 'lo', 'up')
    run('cmake', '--install', build_directory())


def overlay(directory):
    layers = SCRATCH / 'layers' / str(directory).strip('/').replace('/', '-')
    for layer in 'upper', 'work':
        (layers / layer).mkdir(parents=True)
    mount('-t', 'overlay', '-o', f'lowerdir={directory},upperdir={layers}/upper,workdir={layers}/work', 'overlay', directory)


def mount(*arguments):
    run('mount', *arguments)


def run(*command, **options):
    """Standard output of a command that must not fail."""
    done = subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL, capture_output=True, text=True, **options)
    if done.returncode != 0:
        raise RuntimeError(f'{" ".join(done.args)} ended with {done.returncode}: {done.stdout}{done.stderr}')
    return done.stdout
