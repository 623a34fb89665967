"""The recipes of docs/recipes.md, taken from that page and run as it says."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import unittest

import lab
from lab import SOON, Udhcpc, leasectl, resolve, wait_until
from libvirt_lab import LibvirtTest
from program import Program
from sandbox import ROOT, SCRATCH, run
from sources import follower
from waiting import HUNG

RECIPES = {match[1]: match[2] for match in re.finditer(r'^`([^`\n]+)`[^\n]*:\n\n```\w+\n(.*?)^```$', (ROOT / 'docs/recipes.md').read_text(),
                                                       re.M | re.S)}

# A provider whose machines are those of the lab: it writes down which one was started.
PROVIDER = '''
module Lab
  class Start
    def initialize(app, env)
      @app = app
    end
    def call(env)
      File.write(ENV.fetch("LAB_STARTED"), env[:machine].name.to_s + "\\n", mode: "a")
      env[:machine].id = env[:machine].name.to_s
      @app.call(env)
    end
  end
  class Provider < Vagrant.plugin("2", :provider)
    def initialize(machine)
      @machine = machine
    end
    def action(name)
      Vagrant::Action::Builder.new.tap { |builder| builder.use Start } if name == :up
    end
    def state
      id = @machine.id ? :running : :not_created
      Vagrant::MachineState.new(id, id.to_s, id.to_s)
    end
    def ssh_info
      nil
    end
  end
  class Plugin < Vagrant.plugin("2")
    name "lab"
    provider(:lab, box_optional: true, parallel: false) { Provider }
  end
end
'''

# No operating system: a machine of the lab with the guest's MAC address asks in its place.
DOMAIN = '''
<domain type='qemu'>
  <name>{name}</name>
  <memory unit='MiB'>16</memory>
  <os><type arch='x86_64' machine='pc'>hvm</type><boot dev='hd'/></os>
  <devices><interface type='network'><source network='{network}'/><mac address='{mac}'/><model type='virtio'/><rom enabled='no'/></interface></devices>
</domain>
'''


def written(name, directory=pathlib.Path('/')):
    """The file of a recipe, where the page has it."""
    file = directory / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(RECIPES[name])
    file.chmod(0o755)
    return file


def listen(host):
    """Something that accepts connections where ssh does."""
    return host.spawn('/usr/bin/python3', '-c', 'import socket, time; s = socket.create_server(("", 22)); time.sleep(1000)')


class Terraform(lab.LabTest):
    """Terraform is not in Debian: this speaks the protocol of its data source "external"."""

    def ask(self, **query):
        return subprocess.run(['/usr/local/bin/lease-address'], input=json.dumps(query), capture_output=True, text=True, timeout=HUNG)

    def test_the_answer_is_an_object_of_texts_once_there_is_a_lease(self):
        written('/usr/local/bin/lease-address')
        network = self.network()
        query = SCRATCH / 'query'
        query.write_text(json.dumps({'name': 'web', 'timeout': '10m'}))
        waiting = Program(self, 'sh', '-c', f'lease-address < {query}', env={**os.environ, 'PATH': f'/usr/local/bin:{os.environ["PATH"]}'})
        _, _, address = self.join(network, 'web')
        self.assertEqual(waiting.result(), 0, waiting.err.read_text())
        self.assertEqual(json.loads(waiting.out.read_text()), {'ipv4': address, 'ipv6': ''})
        self.assertEqual(json.loads(self.ask(name='web').stdout)['ipv4'], address)

    def test_what_goes_wrong_is_an_error_with_a_reason(self):
        written('/usr/local/bin/lease-address')
        self.network()
        for query, reason in ({'name': 'nobody', 'timeout': '100ms'}, 'without a lease: nobody'), ({'name': '-x'}, "'-x'"), ({}, 'the query has no name'):
            with self.subTest(query=query):
                done = self.ask(**query)
                self.assertNotEqual(done.returncode, 0)
                self.assertEqual(done.stdout, '')
                self.assertIn(reason, done.stderr)


@unittest.skipUnless(shutil.which('vagrant'), 'the Debian package vagrant is missing')
class Vagrant(lab.LabTest):

    def vagrant(self, *arguments):
        project, home = SCRATCH / 'project', SCRATCH / 'vagrant-home'
        home.mkdir(exist_ok=True)
        (home / 'Vagrantfile').write_text(PROVIDER)
        written('Vagrantfile', project)
        self.started = SCRATCH / 'started'
        self.started.unlink(missing_ok=True)
        self.addCleanup(shutil.rmtree, project, ignore_errors=True)
        return Program(self, 'vagrant', *arguments, cwd=project,
                       env={**os.environ, 'VAGRANT_HOME': str(home), 'VAGRANT_CHECKPOINT_DISABLE': '1', 'VAGRANT_DEFAULT_PROVIDER': 'lab',
                            'VAGRANT_NO_COLOR': '1', 'LAB_STARTED': str(self.started)})

    def test_up_returns_when_each_machine_answers(self):
        network = self.network()
        up = self.vagrant('up')
        for name in 'web', 'db':
            wait_until(lambda: self.started.exists() and self.started.read_text().split()[-1] == name or up.process.poll() is not None, HUNG,
                       lambda: up.out.read_text() + up.err.read_text())
            self.assertIsNone(up.process.poll(), up.out.read_text() + up.err.read_text())
            host, _, _ = self.join(network, name)
            listen(host)
        self.assertEqual(up.result(HUNG), 0, up.out.read_text() + up.err.read_text())
        for name in 'web', 'db':
            self.assertIn(f'Waiting until {name} answers', up.out.read_text())


class WithLibvirt(LibvirtTest):
    """The domains are libvirt's."""

    def setUp(self):
        super().setUp()
        self.lan = self.libvirt_network()
        follower(self)

    def domain(self, name, number):
        mac = f'52:54:00:79:00:{number:02x}'
        self.libvirt.define('', DOMAIN.format(name=name, network=self.lan.title, mac=mac))
        self.addCleanup(self.libvirt.virsh, 'undefine', name)
        return mac

    def runs(self, name):
        return name in self.libvirt.virsh('list', '--name').split()

    def boot(self, name, mac, program):
        """What the domain would do once it runs."""
        wait_until(lambda: self.runs(name), HUNG, f'the start of {name}')
        self.addCleanup(self.libvirt.virsh, 'destroy', name)
        host = self.host(self.lan, name, mac=mac)
        Udhcpc(host)
        address = host.address()
        program(host)
        return address

    def test_molecule_s_playbook_writes_down_the_addresses(self):
        scenario = SCRATCH / 'scenario'
        playbook = written('molecule/default/create.yml', scenario)
        written('molecule/default/molecule.yml', scenario)
        config = SCRATCH / 'instance_config.yml'
        platforms = [{'name': name} for name in re.findall(r'- name: (\w+)', RECIPES['molecule/default/molecule.yml'])]
        variables = {'molecule_yml': {'platforms': platforms}, 'molecule_instance_config': str(config)}
        macs = {platform['name']: self.domain(platform['name'], number) for number, platform in enumerate(platforms, 1)}
        created = Program(self, 'ansible-playbook', '-i', 'localhost,', '-e', json.dumps(variables), playbook)
        addresses = {name: self.boot(name, mac, listen) for name, mac in macs.items()}
        self.assertEqual(created.result(HUNG), 0, created.out.read_text() + created.err.read_text())
        read = run('/usr/bin/python3', '-c', 'import json, sys, yaml; print(json.dumps(yaml.safe_load(open(sys.argv[1]))))', config)
        self.assertEqual({entry['instance']: entry['address'] for entry in json.loads(read)}, addresses)

    def test_a_machine_without_cloud_init_is_configured_over_ssh(self):
        keys = pathlib.Path('/root/.ssh')
        shutil.rmtree(keys, ignore_errors=True)
        keys.mkdir(mode=0o700)
        self.addCleanup(shutil.rmtree, keys, ignore_errors=True)
        run('ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', keys / 'id_ed25519')
        (keys / 'authorized_keys').write_text((keys / 'id_ed25519.pub').read_text())
        run('dropbearkey', '-t', 'ed25519', '-f', SCRATCH / 'host-key')
        script = SCRATCH / 'configure'
        script.write_text(f'echo $SSH_CONNECTION > {SCRATCH}/configured\n')
        mac = self.domain('vm1', 9)
        started = Program(self, written('start-and-configure', SCRATCH), 'vm1', script)
        address = self.boot('vm1', mac, lambda host: host.spawn('dropbear', '-F', '-E', '-r', SCRATCH / 'host-key', '-p', '22'))
        self.assertEqual(started.result(HUNG), 0, started.out.read_text() + started.err.read_text())
        self.assertEqual((SCRATCH / 'configured').read_text().split()[2], address)

    def test_the_end_of_a_machine_takes_its_leases_along_and_no_others(self):
        mac = self.domain('vm1', 9)
        self.libvirt.virsh('start', 'vm1')
        self.boot('vm1', mac, lambda host: None)
        namesake = self.host(self.lan, 'other')
        Udhcpc(namesake, 'vm1')
        wait_until(lambda: resolve('vm1') >= {namesake.address()}, SOON, 'the lease of another machine of that name')
        wait_until(lambda: leasectl('list', '--guest', 'vm1', '--json') != '[]\n', SOON, 'the lease of the guest')
        run(written('stop-and-release', SCRATCH), 'vm1', '1s')
        self.assertEqual(resolve('vm1'), {namesake.address()})


if __name__ == '__main__':
    lab.main()
