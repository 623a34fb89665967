"""leasectl resolve: many questions, one state of the index."""

import pathlib
import re
import subprocess

import lab
from calls import call, lease, mac
from lab import RUNTIME, leasectl, wait_until

READ = '0', '63'  # read(2), on x86-64 and arm64


def resolve(*arguments, text=''):
    """Exit status, lines of output and complaints."""
    done = subprocess.run(['leasectl', 'resolve', *arguments], input=text, capture_output=True, text=True)
    return done.returncode, done.stdout.splitlines(), done.stderr


def reads(process):
    """Whether it only waits for its input."""
    number, descriptor, *_ = pathlib.Path(f'/proc/{process.pid}/syscall').read_text().split() + ['']
    return number in READ and descriptor == '0x0'


def peak_memory(*arguments, text=b''):
    """In KiB, when it has answered these questions and waits for another. (rusage would count what was before execve, too.)"""
    process = subprocess.Popen(['leasectl', 'resolve', *arguments, '-'], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    try:
        process.stdin.write(text)
        process.stdin.flush()
        wait_until(lambda: reads(process), 60, 'all questions are answered')
        return int(re.search(r'VmHWM:\s+(\d+)', pathlib.Path(f'/proc/{process.pid}/status').read_text())[1])
    finally:
        process.stdin.close()
        process.wait()


class Resolve(lab.LabTest):

    def setUp(self):
        super().setUp()
        for number in 1, 2, 3, 10:
            lease(number, f'ci-{number:02}', DNSMASQ_DOMAIN='lab.test')
        lease(20, 'web')
        lease(21, 'web')

    def test_names_are_answered_in_the_order_of_the_questions(self):
        self.assertEqual(resolve('web', 'CI-02', 'ci-01.lab.test', 'ci-03.lan.', 'web'),
                         (0, ['web\t10.0.0.21 10.0.0.20', 'CI-02\t10.0.0.2', 'ci-01.lab.test\t10.0.0.1', 'ci-03.lan.\t10.0.0.3',
                              'web\t10.0.0.21 10.0.0.20'], ''))

    def test_more_than_are_looked_up_side_by_side_keep_their_order(self):
        for count in 63, 64, 65, 129:
            names = ['web', 'ci-01', 'ci-10'] * (count // 3 + 1)
            self.assertEqual([line.split('\t')[0] for line in resolve(*names[:count])[1]], names[:count])

    def test_an_address_among_the_names_is_pointed_out_once(self):
        self.assertEqual(resolve('10.0.0.1', 'web', 'fd00::1'),
                         (1, ['web\t10.0.0.21 10.0.0.20'],
                          "leasectl: '10.0.0.1' is an address; to print names of addresses, use --reverse\n"))
        self.assertEqual(resolve('--reverse', '10.9.9.9'), (1, [], ''))

    def test_what_is_not_found_is_left_out_and_makes_the_status_1(self):
        self.assertEqual(resolve('nobody', 'web', 'a b', '')[:2], (1, ['web\t10.0.0.21 10.0.0.20']))

    def test_a_range_stands_for_its_names(self):
        self.assertEqual(resolve('ci-[00-10].lab.test'),
                         (1, [f'ci-{n:02}.lab.test\t10.0.0.{n}' for n in (1, 2, 3, 10)], ''))
        self.assertEqual(resolve('ci-[01,10]', '[ci-0'), (2, ['ci-01\t10.0.0.1', 'ci-10\t10.0.0.10'],
                                                          "leasectl: '[ci-0': a bracket has no counterpart\n"))
        self.assertEqual(resolve('ci-[1-3]')[:2], (1, []), 'without a zero in front the numbers have none')
        self.assertEqual(resolve('--missing', 'x[0-1]y[0008-0010]')[1], [f'x{x}y{y}' for x in '01' for y in ('0008', '0009', '0010')])

    def test_fold_writes_names_together_that_differ_in_their_last_number(self):
        self.assertEqual(resolve('--fold', 'ci-[00-10]', 'web'), (1, ['ci-[01-03,10]', 'web'], ''))
        self.assertEqual(resolve('--fold', '--missing', 'ci-[0000-0009]', 'x[8-11].lab'), (1, ['ci-[0000-0009]', 'x[8-11].lab'], ''))

    def test_folded_names_come_back_as_they_were(self):
        for names in ['a9', 'a10', 'a11'], ['a09', 'a10', 'a12'], ['a1b2', 'a1b3', 'a2b3'], ['7'], ['a', 'a1', 'a01', 'a001']:
            folded = resolve('--fold', '--missing', *names)[1]
            self.assertEqual(resolve('--missing', *folded)[1], names, folded)

    def test_missing_prints_what_is_not_found_and_the_status_stays(self):
        self.assertEqual(resolve('--missing', 'ci-[00-03]', 'nobody'), (1, ['ci-00', 'nobody'], ''))
        self.assertEqual(resolve('--missing', 'web'), (0, [], ''))

    def test_reverse_gives_names_to_addresses(self):
        call('add', '00:03:00:01:' + mac(1), 'fd00::1', 'six', DNSMASQ_IAID='1', DNSMASQ_SERVER_DUID='00:01')
        self.assertEqual(resolve('--reverse', '10.0.0.1', 'fd00:0::1', '10.0.0.99', 'web'), (1, ['10.0.0.1\tci-01', 'fd00:0::1\tsix'],
                                                                                               "leasectl: 'web' is not an address; to print addresses "
                                                                                               'of names, leave out --reverse\n'))

    def test_json_is_an_object_in_each_line(self):
        self.assertEqual(resolve('--json', 'web', 'ci-01')[1], ['{"name":"web","addresses":["10.0.0.21","10.0.0.20"]}',
                                                                '{"name":"ci-01","addresses":["10.0.0.1"]}'])
        self.assertEqual(resolve('--json', '--reverse', '10.0.0.1')[1], ['{"address":"10.0.0.1","names":["ci-01"]}'])
        self.assertEqual(resolve('--json', '--missing', 'q"\\')[1], ['{"name":"q\\"\\\\","addresses":[]}'])

    def test_standard_input_is_read_without_a_name_and_for_a_dash(self):
        text = 'web\r\n\n  ci-[01-02] \nnobody\nci-03'
        answers = ['web\t10.0.0.21 10.0.0.20', 'ci-01\t10.0.0.1', 'ci-02\t10.0.0.2', 'ci-03\t10.0.0.3']
        self.assertEqual(resolve(text=text), (1, answers, ''))
        self.assertEqual(resolve('ci-10', '-', 'ci-10', text=text), (1, ['ci-10\t10.0.0.10', *answers, 'ci-10\t10.0.0.10'], ''))
        self.assertEqual(resolve(text=''), (0, [], ''))
        self.assertEqual(resolve(text='web\n[1-\n')[0], 2)

    def test_a_line_of_any_length_is_survived(self):
        code, lines, _ = resolve(text='x' * 300_000 + '\nweb\n')
        self.assertEqual((code, lines), (1, ['web\t10.0.0.21 10.0.0.20']))

    def test_names_whose_lease_is_over_are_not_found(self):
        lease(30, 'over', DNSMASQ_LEASE_EXPIRES='1')
        self.assertEqual(resolve('over'), (1, [], ''))

    def test_fold_and_json_are_not_for_the_same_run(self):
        self.assertEqual(resolve('--fold', '--json', 'web')[0], 2)

    def test_without_an_index_the_status_is_3(self):
        (RUNTIME / 'hosts.idx').unlink()
        code, lines, complaint = resolve('web')
        self.assertEqual((code, lines), (3, []))
        self.assertIn(str(RUNTIME / 'hosts.idx'), complaint)

    def test_memory_does_not_grow_with_the_questions(self):
        few = peak_memory('ci-[0000000-0000999]')
        slack = 1024
        self.assertLess(peak_memory('ci-[0000000-0999999]'), few + slack)
        self.assertLess(peak_memory('--missing', '--json', 'ci-[0000000-0199999]'), few + slack)
        self.assertLess(peak_memory('--missing', '--fold', 'ci-[0000000-0999999]'), few + slack)
        self.assertLess(peak_memory(text=b'ci-01\nnobody\n' * 500_000), few + slack)

    def test_one_state_of_the_index_answers_all(self):
        process = subprocess.Popen(['leasectl', 'resolve'], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.addCleanup(process.kill)
        wait_until(lambda: reads(process), lab.SOON, 'it reads its input')
        call('del', mac(1), '10.0.0.1', 'ci-01')
        call('old', mac(2), '10.0.0.2', 'renamed')
        lease(40, 'later')
        answers, _ = process.communicate('ci-01\nci-02\nrenamed\nlater\n')
        self.assertEqual((process.returncode, answers), (1, 'ci-01\t10.0.0.1\nci-02\t10.0.0.2\n'))
        leasectl('rebuild')
        self.assertEqual(resolve('ci-01', 'ci-02', 'renamed', 'later')[1], ['renamed\t10.0.0.2', 'later\t10.0.0.40'])


if __name__ == '__main__':
    lab.main()
