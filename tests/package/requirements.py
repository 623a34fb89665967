"""What every package of the tree has to go by."""

import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
SKIPPED = 77


def version():
    return re.search(r'^project\(nss-leases VERSION (\S+)', (ROOT / 'CMakeLists.txt').read_text(), re.MULTILINE)[1]


def plain(package):
    """Its name in lower case and without what distributions put between words."""
    return re.sub('[-_]', '', package.lower())


def libraries():
    """What the product is built with, by the plain names of CMake's packages; systemd's is found without one."""
    lists = [ROOT / 'CMakeLists.txt', *(path for path in ROOT.glob('*/CMakeLists.txt') if path.parent.name != 'tests')]
    return {'systemd'} | {plain(name) for path in lists for name in re.findall(r'find_package\((\w+)', path.read_text())}


def enabled_units():
    """The units that are enabled where a package does so, each with the targets of its [Install]."""
    presets = (ROOT / 'systemd/80-nss-leases.preset').read_text()
    return {unit: re.search('^WantedBy=(.*)', (ROOT / f'systemd/{unit}.in').read_text(), re.MULTILINE)[1].split()
            for unit in re.findall('^enable (.*)', presets, re.MULTILINE)}
