"""The network and process namespaces of a test program: no interface is up, and what it starts goes when it ends."""

import os
import subprocess
import sys

SKIPPED = 77
INSIDE = 'NSS_LEASES_REPLAY_SANDBOX'


def enter():
    """Returns inside the namespaces only. The helper looks at the host's own subnets, which are none there."""
    if os.environ.pop(INSIDE, None):
        return
    if os.geteuid() != 0:
        print('skipped: only root can make the network namespace that this needs')
        sys.exit(SKIPPED)
    os.environ[INSIDE] = '1'
    os.execvp('unshare', ['unshare', '--net', '--pid', '--fork', '--kill-child', '--mount-proc',
                          sys.executable, '-B', *sys.argv])


def add_interface(name, *addresses):
    """An interface with carrier and these addresses, each with its prefix length."""
    ip('link', 'add', name, 'type', 'veth', 'peer', 'name', f'{name}-peer')
    for end in name, f'{name}-peer':
        ip('link', 'set', end, 'up')
    for address in addresses:
        ip('address', 'add', address, 'dev', name, *(['nodad'] if ':' in address else []))


def remove_interface(name):
    ip('link', 'delete', name)


def ip(*arguments):
    subprocess.run(['ip', *arguments], check=True, stdin=subprocess.DEVNULL)
