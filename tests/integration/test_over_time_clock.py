"""Names over time when the clock jumps: a real one, that of a kernel of the test's own. Leases end by the clock, in dnsmasq as in a lookup."""

import time

import lab
import own_kernel
from over_time import Course
from own_dnsmasq import each_kind
from own_kernel import set_clock
from sources import CONFIGURATION, configure, following

HOUR = 3600


class Clock(Course, lab.LabTest):

    def test_at_any_time_a_lookup_says_what_dnsmasq_holds(self):
        configurations, sources = each_kind(self)
        configure(*sources)
        self.addCleanup(CONFIGURATION.unlink)
        self.follow = following(self)
        self.runs(*configurations)

    def happens(self):
        # Far enough for all leases to be over.
        self.jumps(HOUR)
        # All leases have an hour more than they were given.
        self.jumps(-2 * HOUR)
        self.each(lambda configuration: configuration.machines['silent'].goes())
        self.jumps(HOUR)
        # A machine without a clock that goes on when it is off boots in 1970, and learns the time later.
        present = time.time() - time.monotonic()
        self.the_host_reboots(clock=lambda: time.clock_settime(time.CLOCK_REALTIME, HOUR))
        self.settles()
        self.jumps(present + time.monotonic() - time.time())

    def jumps(self, seconds):
        with self.subTest(seconds=seconds):
            set_clock(seconds)
            self.settles()
            for configuration in self.configurations:
                for name in configuration.COME_AGAIN:
                    configuration.machines[name].client.renew()
            self.all_are_back()
            self.settles()


if __name__ == '__main__':
    lab.main(own_kernel.enter)
