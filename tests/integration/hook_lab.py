"""What the tests of leases-resolve share."""

import pathlib
import time

import lab
from hook import Hook, serve
from waiting import wait_until


class ResolveHook(lab.LabTest):

    def setUp(self):
        super().setUp()
        self.daemon = serve(self)
        self.hook = self.enterContext(Hook())

    def rests(self):
        """It waits, and needs no processor for that."""
        def used():
            return pathlib.Path(f'/proc/{self.daemon.process.pid}/stat').read_text().rpartition(')')[2].split()[11:13]

        def rests():
            before = used()
            time.sleep(0.2)
            return used() == before

        wait_until(rests, lab.SOON, 'it rests')
