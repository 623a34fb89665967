"""dhcp-scriptuser: the helper is not root, and neither are its directories."""

import os
import pwd

import lab
from lab import RUNTIME, STATE, Dhclient, record, resolve, status

NOBODY = pwd.getpwnam('nobody')


def owners():
    """The owner of every file and directory that the helper keeps."""
    return {path.stat().st_uid for top in (STATE, RUNTIME) for path in (top, *top.rglob('*'))}


class ScriptUser(lab.LabTest):

    def give_directories_away(self):
        for directory in STATE, RUNTIME:
            directory.mkdir()
            os.chown(directory, NOBODY.pw_uid, NOBODY.pw_gid)

    def test_the_helper_works_as_the_user_that_owns_its_directories(self):
        self.give_directories_away()
        network = self.network(domain='lan.test', script_user='nobody')
        _, client, address = self.join(network, 'web')
        _, _, other = self.join(network, 'other')
        self.assertEqual(resolve('web.lan.test'), {address})
        client.release()
        self.is_gone('web')
        self.assertEqual([entry['ip-address'] for entry in status(network)], [other])
        self.assertEqual(owners(), {NOBODY.pw_uid})

    def test_with_leasefile_ro_root_begins_and_the_user_goes_on(self):
        self.give_directories_away()
        network = self.network(families=(4, 6), leasefile_ro=True, script_user='nobody', recorded=True)
        _, _, four = self.join(network, 'four')
        _, _, six = self.join(network, 'six', Dhclient, family=6)
        told = self.told_again(network, {four, six})
        self.assertEqual({call.split()[1] for call in told}, {'init', 'old'})
        _, _, later = self.join(network, 'later')
        self.assertEqual((resolve('four'), resolve('six')), ({four}, {six}))
        self.assertEqual(record(network, later)['hostname'], 'later')
        self.assertEqual({call.split()[0] for call in network.calls()}, {'0'})
        self.assertEqual(owners(), {NOBODY.pw_uid})

    def test_directories_that_the_user_cannot_write_are_named_in_dnsmasq_s_log(self):
        for directory in STATE, RUNTIME:
            directory.mkdir()
        network = self.network(script_user='nobody')
        host = self.host(network, 'web')
        lab.Udhcpc(host, 'web')
        host.address()
        lab.wait_until(lambda: 'script process exited with status' in network.log(), lab.SOON, 'a complaint')
        complaints = [line for line in network.log().splitlines() if '/nss-leases' in line]
        self.assertEqual(len(complaints), 1, network.log())
        self.assertEqual(resolve('web'), set())


if __name__ == '__main__':
    lab.main()
