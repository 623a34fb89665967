"""A tour of nss-leases with real networks and clients; scripts/demo prepares the machine and starts it.

It stops at the first thing that is wrong. With --installed, what is shown is what this machine has from the packages.
"""

import shlex
import subprocess
import sys
import time

import sandbox
from client import Dhcpcd, Host, Udhcpc
from network import Network
from waiting import SOON, wait_until

BOLD, DIM, PLAIN = ('\033[1m', '\033[2m', '\033[0m') if sys.stdout.isatty() else ('', '', '')


class Wrong(Exception):
    """Something is wrong."""


def heading(text):
    print(f'\n{BOLD}{text}{PLAIN}', flush=True)


def output_of(command):
    return subprocess.run(shlex.split(command), stdin=subprocess.DEVNULL, capture_output=True, text=True)


def check_words(command, text, has=(), has_not=()):
    """The output of a command must have every word of the one list, and no word of the other."""
    words = text.replace('"', ' ').replace(',', ' ').split()
    for word in has:
        if word not in words:
            raise Wrong(f'{command} does not show {word}')
    for word in has_not:
        if word in words:
            raise Wrong(f'{command} shows {word}')


def show(command, **words):
    """Runs a command that must succeed, and checks its output (check_words())."""
    print(f'{DIM}${PLAIN} {command}')
    done = output_of(command)
    print(done.stdout + done.stderr, end='', flush=True)
    if done.returncode != 0:
        raise Wrong(f'{command} ended with status {done.returncode}')
    check_words(command, done.stdout, **words)


def show_nothing(command):
    """Runs a command that must find nothing."""
    print(f'{DIM}${PLAIN} {command}')
    done = output_of(command)
    print(f'{DIM}(nothing found){PLAIN}' if done.returncode == 2 else done.stdout, flush=True)
    if done.returncode != 2:
        raise Wrong(f'{command} ended with status {done.returncode}, not 2')


def await_name(name, address):
    wait_until(lambda: address in output_of(f'getent ahosts {name}').stdout.split(), SOON, f'{name} resolves to {address}')


def await_absence(name):
    wait_until(lambda: output_of(f'getent ahosts {name}').returncode == 2, SOON, f'{name} no longer resolves')


def join(network, name, kind, **options):
    """A new machine, with a lease: the host, its client and its address."""
    family = options.get('family', 4)
    host = Host(network, name)
    client = kind(host, name, **options)
    address = host.address(family)
    await_name(f'{name}.{network.name}', address)
    print(f'  {name:<6} on {network.name:<5} with {kind.__name__.lower():<9} DHCPv{family}   got {address}', flush=True)
    return host, client, address


def tour(networks):
    heading('Two networks, each with a dnsmasq that runs the helper at every lease')
    for name in 'home', 'lab':
        networks.append(Network(name, domain=f'{name}.test', families=(4, 6)).start())
    home, lab = networks
    show(f'grep -E "^(interface|domain|dhcp-|script-)" {home.configuration}')
    show('grep hosts: /etc/nsswitch.conf')

    heading('Four machines ask for a lease')
    web, web_client, web_home = join(home, 'web', Udhcpc)
    _, nas_client, nas = join(home, 'nas', Udhcpc)
    _, _, web_lab = join(lab, 'web', Dhcpcd)
    _, _, db = join(lab, 'db', Dhcpcd, family=6)

    heading('What the helper wrote')
    show('cat /var/lib/nss-leases/lab.status', has=[web_lab, db, 'web', 'db'])
    show('leasectl list', has=['web', 'nas', 'db'])

    heading('Names, through glibc')
    show('getent hosts nas', has=[nas])
    show('getent hosts db', has=[db])
    show('getent ahosts web', has=[web_home, web_lab])
    show('ping -n -c 1 -W 3 nas', has=['1', 'received'])

    heading('The same name in both networks: ask for one')
    show('getent hosts web.home', has=[web_home], has_not=[web_lab])
    show('getent hosts web.lab.test', has=[web_lab], has_not=[web_home])

    heading('And back, from an address to its name')
    for address in nas, db:
        show(f'getent hosts {address}', has=[address])
    show(f'leasectl lookup {nas}', has=['nas'])

    heading('web on home is renamed to shop')
    web_client.kill()
    Udhcpc(web, 'shop')
    await_name('shop', web_home)
    show('getent hosts shop', has=[web_home])
    show('getent ahosts web', has=[web_lab], has_not=[web_home])

    heading('nas gives its lease back')
    nas_client.release()
    await_absence('nas')
    show_nothing('getent hosts nas')
    show_nothing(f'getent hosts {nas}')
    show('leasectl list', has=['shop', 'web', 'db'], has_not=['nas'])


def main():
    sandbox.enter(install='--installed' not in sys.argv)
    begin = time.monotonic()
    networks = []
    try:
        tour(networks)
    except (Wrong, AssertionError, RuntimeError) as problem:
        for network in networks:
            print(f'\n--- dnsmasq on {network.name} ---\n{network.log()}')
        sys.exit(f'\nnot as it should be: {problem}')
    except KeyboardInterrupt:
        sys.exit(130)
    heading(f'All as it should be, in {time.monotonic() - begin:.0f} seconds. Nothing of it is left on this machine.')


if __name__ == '__main__':
    main()
