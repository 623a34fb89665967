"""The helper as it was built, with its own directories."""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile

import jsonschema

ROOT = pathlib.Path(__file__).resolve().parents[3]
SCHEMA = json.loads((ROOT / 'schema/lease-status.schema.json').read_text())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.FormatChecker())
HELPER = pathlib.Path(os.environ.get('NSS_LEASES_BUILD_DIR') or ROOT / 'build/release').resolve() / 'bin/leaseshelper'


class Installation:
    def __init__(self):
        self.place = pathlib.Path(tempfile.mkdtemp(prefix='nss-leases-replay-'))
        self.state = self.place / 'state'
        self.index = self.place / 'run/hosts.idx'
        self.config = self.place / 'nss-leases.conf'
        self.config.write_text(f'state-directory = "{self.state}"\nruntime-directory = "{self.place}/run"\n'
                               f'libvirt-directory = "{self.place}/libvirt"\n')

    def remove(self):
        shutil.rmtree(self.place)

    def run(self, call, helper=HELPER):
        """Runs the helper as dnsmasq does, with only what was recorded in its environment."""
        environment = {**call.environment(), b'NSS_LEASES_CONFIG': str(self.config).encode()}
        return subprocess.run([helper, *call.argv], env=environment, cwd='/', stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=600)

    def status_texts(self):
        return {path.name: path.read_text() for path in self.state.iterdir() if path.name not in ('lock', 'servers') and path.suffix != '.duid'}

    def server_duids(self):
        """The stored DUIDs of the networks' DHCPv6 servers."""
        return {path.stem: path.read_text().removesuffix('\n') for path in self.state.glob('*.duid')}

    def statuses(self):
        """The records of every network. Every file in the state directory is read and checked against the schema."""
        statuses = {}
        for name, text in self.status_texts().items():
            network, suffix = name.rsplit('.', 1)
            assert suffix == 'status', f'{name} should not be there'
            statuses[network] = json.loads(text)
            VALIDATOR.validate(statuses[network])
        return statuses

    def files(self):
        """Differs after every write."""
        identities = {}
        for path in [*self.state.iterdir(), self.index]:
            status = path.stat()
            identities[path.name] = (status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
        return identities, self.index.read_bytes()
