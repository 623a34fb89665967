"""Names over time when the clock jumps. The clock is real: that of the test's own kernel. Leases end by the clock, in dnsmasq as in a
lookup. Each group of configurations has its own kernel: test_over_time_clock.py Unfollowed | Followed | Beside | InPlace."""

import time

import lab
import own_kernel
from course import Course
from libvirts_dnsmasq import LibvirtsHost
from own_dnsmasq import OwnHost
from own_kernel import set_clock

HOUR = 3600
POPULATION = {'lan': ['stays', 'six', 'silent']}


class Clock(Course):

    def happens(self):
        for configuration in self.configurations:
            configuration.clock_jumps = True
        # Far enough for all leases to expire.
        self.jumps(HOUR)
        # All leases have an hour more than they were given.
        self.jumps(-2 * HOUR)
        self.each(lambda configuration: configuration.machines['silent'].goes())
        self.jumps(HOUR)
        # A machine whose clock stops when it is off boots in 1970, and learns the time later.
        present = time.time() - time.monotonic()
        self.the_host_reboots(clock=lambda: time.clock_settime(time.CLOCK_REALTIME, HOUR))
        self.settles()
        self.jumps(present + time.monotonic() - time.time())

    def jumps(self, seconds):
        with self.subTest(seconds=seconds):
            set_clock(seconds)
            self.settles()
            for configuration in self.configurations:
                for machine in configuration.staying():
                    machine.client.renew()
            self.all_are_back()
            self.settles()


class Unfollowed(Clock, OwnHost, lab.LabTest):

    def test_at_any_time_a_lookup_says_what_dnsmasq_holds(self):
        self.runs_unfollowed(POPULATION)


class Followed(Clock, OwnHost, lab.LabTest):

    def test_at_any_time_a_lookup_says_what_dnsmasq_holds(self):
        self.runs_followed(POPULATION)


class Beside(Clock, LibvirtsHost):

    def test_at_any_time_a_lookup_says_what_dnsmasq_holds(self):
        self.runs_beside(POPULATION)


class InPlace(Clock, LibvirtsHost):

    def test_at_any_time_a_lookup_says_what_dnsmasq_holds(self):
        self.runs_in_place(POPULATION)


if __name__ == '__main__':
    lab.main(own_kernel.enter)
