"""A program of the product that runs beside a test, and its output so far."""

import pathlib
import re
import subprocess
import tempfile

from waiting import SOON, wait_until


class Program:
    """Ends with the test that started it."""

    def __init__(self, test, *command, **options):
        self.place = tempfile.TemporaryDirectory()
        test.addCleanup(self.place.cleanup)
        self.out, self.err = (pathlib.Path(self.place.name) / name for name in ('out', 'err'))
        with self.out.open('wb') as out, self.err.open('wb') as err:
            self.process = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=out, stderr=err, **options)
        test.addCleanup(self.end)

    def asleep(self, for_good=False):
        """Returns once it waits in poll(2): system call 7 on x86-64; ppoll(2): 271, on arm64 73. For good: without a time limit."""
        def sleeping():
            call, *arguments = pathlib.Path(f'/proc/{self.process.pid}/syscall').read_text().split()
            # -1 is none for poll, a null pointer for ppoll.
            return call in ('7', '271', '73') and (not for_good or int(arguments[2], 16) & 0xffffffff == (0xffffffff if call == '7' else 0))

        wait_until(lambda: self.process.poll() is not None or sleeping(), SOON, 'the program waits')
        if self.process.poll() is not None:
            raise AssertionError(f'it ended with {self.process.returncode}: {self.err.read_text()}')
        return self

    def switches(self):
        """How often it has gone to sleep so far."""
        status = pathlib.Path(f'/proc/{self.process.pid}/status').read_text()
        return int(re.search(r'^voluntary_ctxt_switches:\s*(\d+)', status, re.M)[1])

    def lines(self):
        """Whole lines of standard output."""
        return self.out.read_text().split('\n')[:-1]

    def result(self, seconds=2 * SOON):
        """Its exit status."""
        return self.process.wait(seconds)

    def end(self):
        self.process.kill()
        self.process.wait()
