"""The promises and the results: rows of (promise, measurement, ratio, limit). The figures of a ratio are from one run.

At most the limit is good; where `limit` is negative, at least its amount.
"""

# A 16-byte-prefix binary search alone and the lookup, in ns, on the machine on which the promise was made.
PROMISED = {10: (22, 50), 1_000: (50, 80), 10_000: (75, 120), 65_000: (180, 220), 1_000_000: (550, 600)}
TIMES_FASTER = {10: 200, 1_000: 7_000, 10_000: 40_000, 65_000: 200_000}


def rows(results):
    parts = {'lookups': lookup_rows, 'first': first_rows, 'footprint': footprint_rows, 'events': event_rows,
             'networks': network_rows, 'storm': storm_rows, 'bulk': bulk_rows, 'consumers': consumer_rows,
             'hook': hook_rows, 'appended': appended_rows}
    return [row for part, make in parts.items() if part in results for row in make(results[part])]


def lookup_rows(lookups):
    sizes = {size: lookups[str(size)] for size in PROMISED if str(size) in lookups}
    for what, group, benchmark in [('hit', 'module', 'leases/hit'), ('hit with changes', 'changed', 'leases/hit'),
                                   ('miss', 'module', 'leases/miss')]:
        for size, found in sizes.items():
            search, promised = PROMISED[size]
            yield (f'{what}, {size:,} leases / binary search', *ratio(found[group], benchmark, 'prefix-search/hit', ns),
                   promised / search)
    for size, found in sizes.items():
        yield f'reverse, {size:,} leases / hit', *ratio(found['module'], 'leases/reverse', 'leases/hit', ns), 1.3
    for size in filter(sizes.get, TIMES_FASTER):
        yield (f'libnss_libvirt, {size:,} leases / hit', *ratio(sizes[size]['module'], 'libvirt/hit', 'leases/hit', ns),
               -TIMES_FASTER[size])
    # On two processors, 1.8 times the throughput of one is 1 / 0.9 times the time of a call.
    for threads, limit in (2, 2 / 1.8), (8, None):
        for size, found in sizes.items():
            yield (f'call in {threads} threads at once, {size:,} leases / in 1',
                   *ratio(found['module'], f'{threads} threads', '1 threads', ns), limit)
    if 65_000 in sizes:
        yield ('getaddrinfo AF_INET, 65,000 leases / files, one line',
               *ratio(sizes[65_000]['getaddrinfo'], 'leases/inet', 'files-one-line/inet', ns), 0.5)


def first_rows(first):
    for label in first:
        if label.startswith('leases'):
            yield f'first lookup, {label} / libnss_libvirt, 3', *ratio(first, label, 'libvirt, 3 leases', ns), 1


def footprint_rows(footprint):
    for label, limit in ('file, stripped', 32 << 10), ('private dirty', 8 << 10):
        yield f'module, {label} / {limit >> 10} KiB', f'{footprint[label]:,} bytes', footprint[label] / limit, 1


def appended_rows(appended):
    if len(appended) < 2:
        return
    small, large = (appended[size] for size in sorted(appended, key=int))
    yield ('bytes read for a row more, 100,000 rows / 1,000', f'{large["bytes"]:,} / {small["bytes"]:,}', large['bytes'] / small['bytes'], 1.5)
    wall = {'large': large['appended']['wall'], 'small': small['appended']['wall'], 'replaced': large['replaced']['wall']}
    yield 'import of a row more, 100,000 rows / 1,000', *ratio(wall, 'large', 'small', ns), 1.5
    yield 'import of another file, 100,000 rows / of a row more', *ratio(wall, 'replaced', 'large', ns), -10


def event_rows(events):
    for size, found in events.items():
        many = int(size) > 10_000
        wall = {program: times['wall'] for program, times in found.items()}
        leases = f'{int(size):,} leases'
        yield f'unchanged, {leases} / true', *ratio(wall, 'unchanged', 'true', ns), 1.2
        if int(size) == 10:
            yield f'changed, {leases} / true', *ratio(wall, 'changed', 'true', ns), 1.5
            yield f'libvirt_leaseshelper, {leases} / changed', *ratio(wall, 'libvirt_leaseshelper', 'changed', ns), -10
        if many:
            yield f'changed, {leases} / copy and rename', *ratio(wall, 'changed', 'copy_and_rename', ns), 1.5
            yield f'libvirt_leaseshelper, {leases} / changed', *ratio(wall, 'libvirt_leaseshelper', 'changed', ns), -30


def network_rows(networks):
    wall = {label: times['wall'] for label, times in networks.items()}
    yield '250 leases among 299 such networks / alone', *ratio(wall, 'among others', 'alone', ns), 2


def storm_rows(storm):
    for unit, limit in ('leases/s', -0.9), ('events/s', None):
        both = {script: found[unit] for script, found in storm.items()}
        yield f'storm, {unit}, leaseshelper / true', *ratio(both, 'leaseshelper', 'true', rate), limit


def bulk_rows(bulk):
    for label, limit in ('rebuilt, leases/s', 500_000), ('resolved, names/s', 2_000_000):
        if label in bulk:
            yield f'{label} / {limit:,}', rate(bulk[label]), bulk[label] / limit, -1
    memory = bulk['rebuild, bytes']
    yield 'rebuild of 1,000,000 leases, memory / 1 GiB', f'{memory / 2**20:.0f} MiB', memory / 2**30, 1


def consumer_rows(consumers):
    # The wish is that a program which watches its file answers within 200 ms.
    for consumer, times in consumers.items():
        yield f'lease to answer, {consumer}, median', ns(times['median']), times['median'] / 200e6, None
        yield f'lease to answer, {consumer}, p99 / 200 ms', ns(times['p99']), times['p99'] / 200e6, 1 if 'hostsdir' in consumer else None


def hook_rows(hook):
    for size, found in hook.items():
        used = found['one at a time, processor']
        yield f'hook, {int(size):,} leases, a question on its processor / 50 µs', ns(used), used / 50e3, 1
        yield f'hook, {int(size):,} leases, question to answer', ns(found['one at a time, wall']), found['one at a time, wall'], None
        yield f'hook, {int(size):,} leases, questions/s', rate(1e9 / found['together, wall']), 1e9 / found['together, wall'], None


def ratio(figures, label, base, show):
    return f'{show(figures[label])} / {show(figures[base])}', figures[label] / figures[base]


def ns(value):
    for unit, size in ('s', 1e9), ('ms', 1e6), ('µs', 1e3):
        if value >= size:
            return f'{value / size:.3g} {unit}'
    return f'{value:.3g} ns'


def rate(value):
    return f'{value:,.0f}/s'


def table(results):
    lines = []
    for what, measured, reached, limit in rows(results):
        if limit is None:
            verdict, bound = '', ''
        else:
            good = reached <= limit if limit > 0 else reached >= -limit
            verdict, bound = ('yes' if good else 'NO'), f'{"≤" if limit > 0 else "≥"} {abs(limit):,.4g}'
        lines.append(f'{what:<58} {measured:>27} {reached:>12,.3g} {bound:>11}  {verdict}'.rstrip())
    heading = f'{"what / compared with":<58} {"measured":>27} {"ratio":>12} {"promised":>11}'
    return '\n'.join([heading, '─' * len(heading), *lines])
