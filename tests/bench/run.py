"""Runs the benchmarks side by side, in a machine of their own (machine.py), as root: scripts/bench calls this.

Results are written as JSON; what is measured again takes the place of what was there.
"""

import argparse
import contextlib
import datetime
import json
import os
import pathlib
import platform
import sys

import appended
import events
import export_consumers
import hook
import lookups
import machine
import plot
import storm
import targets


def footprint(say):
    say('footprint of the module')
    machine.World('footprint', 10)
    script = pathlib.Path(__file__).with_name('footprint.py')
    dirty = machine.run(sys.executable, '-B', script, lookups.MODULE, machine.name(0))
    # As distributions ship it.
    stripped = pathlib.Path('/run/stripped.so')
    machine.run('strip', '-o', stripped, lookups.MODULE)
    return {'file, stripped': stripped.stat().st_size, 'private dirty': int(dirty)}


PARTS = {'lookups': lookups.measure, 'first': lookups.first, 'footprint': footprint, 'events': events.single,
         'networks': events.many_networks, 'storm': storm.measure, 'bulk': events.bulk,
         'consumers': export_consumers.measure, 'hook': hook.measure, 'appended': appended.measure}


def this_machine():
    processor = next((line.split(': ')[1] for line in pathlib.Path('/proc/cpuinfo').read_text().splitlines()
                      if line.startswith('model name')), platform.machine())
    return {'processor': processor, 'cores': len(os.sched_getaffinity(0)), 'system': platform.release(),
            'date': datetime.date.today().isoformat(), 'load before': os.getloadavg()[0]}


def main():
    parser = argparse.ArgumentParser(prog='scripts/bench', description='Measures nss-leases beside its competitors.')
    # Without an argument, argparse compares the empty list with the choices.
    parser.add_argument('part', nargs='*', choices=[*PARTS, []], metavar='PART', help=f'only some: {", ".join(PARTS)}')
    parser.add_argument('--build', type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument('--plot', type=pathlib.Path, default=pathlib.Path('docs/speed.svg'), metavar='FILE',
                        help='where the picture goes (%(default)s)')
    arguments = parser.parse_args()
    machine.enter(arguments.build.resolve())
    # Other programs of the machine must wait: a program that shares its processor takes longer by all that they do meanwhile.
    with contextlib.suppress(PermissionError):
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))

    file = arguments.build / 'results.json'
    results = json.loads(file.read_text()) if file.exists() else {}
    results['machine'] = this_machine()
    for part in arguments.part or PARTS:
        results[part] = PARTS[part](lambda line: print(line, '…', flush=True))
        file.write_text(json.dumps(results, indent=2) + '\n')
    print(f'\n{targets.table(results)}\n\nall figures: {file}')
    if plot.possible(results):
        arguments.plot.write_text(plot.draw(results))
        print(f'the picture: {arguments.plot}')


if __name__ == '__main__':
    main()
