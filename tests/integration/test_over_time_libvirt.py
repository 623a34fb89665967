"""Names over time with the real libvirt: beside its helper, or with ours in its place: test_over_time_libvirt.py Beside | InPlace."""

import lab
from libvirts_dnsmasq import LibvirtsHost
from over_time import EVERYBODY


class Beside(LibvirtsHost):

    def test_at_any_time_a_lookup_says_what_dnsmasq_holds(self):
        self.runs_beside(EVERYBODY)


class InPlace(LibvirtsHost):

    def test_at_any_time_a_lookup_says_what_dnsmasq_holds(self):
        self.runs_in_place(EVERYBODY)


if __name__ == '__main__':
    lab.main()
