"""scripts/check-includes: what it accepts and what it reports, on small trees."""

import pathlib
import subprocess
import tempfile
import unittest

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / 'scripts/check-includes'


class CheckIncludes(unittest.TestCase):
    def check(self, files):
        """Runs it on a tree of these files ({path: text}); returns its exit status and what it printed."""
        with tempfile.TemporaryDirectory() as tree:
            for name, text in files.items():
                path = pathlib.Path(tree, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            done = subprocess.run([SCRIPT, tree], capture_output=True, text=True, timeout=600)
            return done.returncode, done.stderr

    def test_an_include_along_the_arrows_passes(self):
        self.assertEqual(self.check({'common/lease.h': '#include <string>\n', 'store/store.cpp': '#include "common/lease.h"\n'}),
                         (0, ''))

    def test_an_include_against_the_arrows_is_named(self):
        status, problems = self.check({'common/lease.h': '#include "store/store.h"\n', 'store/store.h': ''})
        self.assertEqual((status, problems), (1, 'common/lease.h:1: common may not include store/store.h\n'))

    def test_rooms_of_the_tool_do_not_include_each_other(self):
        status, problems = self.check({'cli/exports/hosts.cpp': '\n#include "cli/checks/checks.h"\n', 'cli/checks/checks.h': ''})
        self.assertEqual((status, problems), (1, 'cli/exports/hosts.cpp:2: cli/exports may not include cli/checks/checks.h\n'))

    def test_test_suites_do_not_include_each_other(self):
        status, problems = self.check({'tests/fault/sweep.cpp': '#include "tests/nss/lab.h"\n', 'tests/nss/lab.h': ''})
        self.assertEqual((status, problems), (1, 'tests/fault/sweep.cpp:1: tests/fault may not include tests/nss/lab.h\n'))

    def test_a_folder_that_is_not_a_room_is_named(self):
        status, problems = self.check({'cli/verbs/list.cpp': '', 'tests/other/a.cpp': '#include "cli/verbs/list.cpp"\n'})
        self.assertEqual(status, 1)
        self.assertIn('this folder is not a room', problems)

    def test_a_path_that_does_not_begin_at_the_top_is_named(self):
        status, problems = self.check({'util/a.h': '', 'util/a.cpp': '#include "a.h"\n'})
        self.assertEqual(status, 1)
        self.assertIn('is not a path from the top of the tree', problems)


if __name__ == '__main__':
    unittest.main(verbosity=2)
