"""The pages that promise something name the tests that show it. This checks that there are such tests."""

import json
import pathlib
import re
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGES = ('SECURITY.md', 'docs/reliability.md')
GROUPS = 'unit|nss|fault|replay|integration|package|fuzz|scripts'
BUILD = sys.argv.pop(1)


class NamedTests(unittest.TestCase):
    def test_each_is_there(self):
        shown = subprocess.run(['ctest', '--test-dir', BUILD, '--show-only=json-v1'], check=True, capture_output=True, text=True).stdout
        known = {test['name'] for test in json.loads(shown)['tests']}
        for page in PAGES:
            named = set(re.findall(rf'`((?:{GROUPS})\.[\w.-]+)`', (ROOT / page).read_text()))
            self.assertTrue(named, page)
            with self.subTest(page):
                self.assertEqual(named - known, set())

    def test_each_row_of_what_a_party_can_do_names_one(self):
        rows = re.findall(r'^\| (?:\*\*can\*\*|cannot)[ ,].*', (ROOT / 'SECURITY.md').read_text(), re.MULTILINE)
        self.assertGreater(len(rows), 20)
        commands = '|'.join(f'scripts/{path.name}' for path in (ROOT / 'scripts').glob('test-*'))
        self.assertEqual([row for row in rows if not re.search(rf'`((?:{GROUPS})\.[\w.-]+|{commands})`[^|]*\|$', row)], [])


if __name__ == '__main__':
    unittest.main()
