"""leasectl dump: the index decoded."""

import json
import random
import subprocess

import lab
from hostile import NAME, WRONG_NAME, replace_in_index
from lab import INDEX, Dhclient, leasectl, run
from sandbox import SCRATCH
from schemas import validate
from waiting import HUNG


def dump(*arguments):
    """The rows, each as the schema has it."""
    return [validate(line, 'index-dump.schema.json') for line in leasectl('dump', '--json', *arguments).splitlines()]


def sections(rows):
    return {section: [row for row in rows if row['section'] == section] for section in {row['section'] for row in rows}}


class Dump(lab.LabTest):

    def setUp(self):
        super().setUp()
        self.red = self.network('red', families=(4, 6), domain='red.test')
        _, self.client, self.web = self.join(self.red, 'web')
        _, _, self.six = self.join(self.red, 'six', Dhclient, family=6)

    def test_it_has_the_header_and_all_names_leases_and_networks(self):
        leasectl('rebuild')
        found = sections(dump())
        self.assertEqual(found['header'][0]['size'], INDEX.stat().st_size)
        self.assertEqual({row['name']: row['addresses'] for row in found['snapshot-name']}, {'web': [self.web], 'six': [self.six]})
        self.assertEqual({row['address'] for row in found['snapshot-lease']}, {self.web, self.six})
        self.assertEqual([row['network'] for row in found['snapshot-source']], ['red'])
        self.assertNotIn('overlay', found)
        self.assertFalse([row for row in dump() if 'damaged' in row])

    def test_a_change_is_in_the_overlay_and_the_snapshot_stays(self):
        leasectl('rebuild')
        self.client.release()
        self.is_gone('web')
        found = sections(dump())
        self.assertIn(self.web, {row['address'] for row in found['snapshot-lease']})
        self.assertEqual([(row['address'], row['gone']) for row in found['overlay-lease']], [(self.web, True)])
        self.assertEqual([(row['name'], row['addresses']) for row in found['overlay-name']], [('web', [])])

    def test_the_text_has_a_line_for_each_row_and_escapes_what_the_index_holds(self):
        self.join(self.red, NAME)
        replace_in_index((NAME, WRONG_NAME))
        lines = leasectl('dump').splitlines()
        self.assertEqual(len(lines), len(leasectl('dump', '--json').splitlines()))
        self.assertTrue(all(line.isprintable() for line in lines))
        wrong = [line for line in lines if r'\x1b[2J\x0a"{{a}}*#' in line]
        self.assertEqual(len(wrong), 2)
        for line in wrong:
            self.assertRegex(line, ' damaged=(host)?name')

    def test_any_user_and_any_file(self):
        copy = SCRATCH / 'copy.idx'
        copy.write_bytes(INDEX.read_bytes())
        copy.chmod(0o666)
        self.assertEqual(dump(copy), dump())
        self.assertEqual(run('setpriv', '--reuid', 'nobody', '--clear-groups', 'leasectl', 'dump'), leasectl('dump'))

    def test_a_damaged_file_is_said_to_be_one_and_never_a_crash(self):
        sound = INDEX.read_bytes()
        used = len(sound.rstrip(b'\0'))
        file = SCRATCH / 'damaged.idx'
        file.write_bytes(sound[:100])
        cut = subprocess.run(['leasectl', 'dump', file], capture_output=True, text=True)
        self.assertEqual((cut.returncode, cut.stdout), (3, ''))
        self.assertIn(str(file), cut.stderr)
        chance = random.Random(1)
        for _ in range(300):
            bytes_ = bytearray(sound)
            for _ in range(chance.randint(1, 8)):
                bytes_[chance.randrange(40, used)] = chance.choice((0, 255, chance.randrange(256)))
            file.write_bytes(bytes_)
            done = subprocess.run(['leasectl', 'dump', '--json', file], capture_output=True, text=True)
            self.assertIn(done.returncode, (0, 3), bytes(bytes_[:used]).hex())
            for line in done.stdout.splitlines():
                json.loads(line)

    def test_what_is_no_plain_file_is_not_read(self):
        for path in '/dev/zero', '/run', '/nonexistent':
            done = subprocess.run(['leasectl', 'dump', path], capture_output=True, text=True, timeout=HUNG)
            self.assertEqual((done.returncode, done.stdout), (3, ''))
            self.assertIn(path, done.stderr)


if __name__ == '__main__':
    lab.main()
