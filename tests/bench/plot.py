"""Draws cost against number of leases as an SVG picture that is readable in light and in dark surroundings."""

import math
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 980, 470
TOP, BOTTOM = 74, 62
LABEL_HEIGHT = 17

# (name, in light, in dark surroundings). Green and thick is ours; the labels tell the others apart.
COLOURS = [('plain', '#57606a', '#9198a1'), ('strong', '#1f2328', '#f0f6fc'), ('grid', '#d8dee4', '#30363d'),
           ('green', '#1a7f37', '#3fb950'), ('red', '#cf222e', '#ff7b72'), ('blue', '#0969da', '#58a6ff'),
           ('purple', '#8250df', '#bc8cff'), ('brown', '#9a6700', '#d29922'), ('grey', '#6e7781', '#8b949e')]

STYLE = '''
  text { font: 13px system-ui, -apple-system, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif; fill: currentColor }
  .strong { font-size: 16px; font-weight: 600 }
  .ours { font-weight: 600 }
  path { fill: none; stroke: currentColor; stroke-width: 1.8; stroke-linejoin: round; stroke-linecap: round }
  path.grid { stroke-width: 1 }
  path.ours { stroke-width: 3.2 }
  path.dashed { stroke-dasharray: 1 5 }
  circle { fill: currentColor }
'''


def colours(dark):
    return ' '.join(f'.{name} {{ color: {in_dark if dark else in_light} }}' for name, in_light, in_dark in COLOURS)


def possible(results):
    return 'lookups' in results and 'events' in results


def draw(results):
    lookups, events = results['lookups'], results['events']

    def lookup(group, benchmark):
        return {int(size): found[group][benchmark] for size, found in lookups.items() if benchmark in found.get(group, {})}

    def event(program):
        return {int(size): found[program]['wall'] for size, found in events.items()}

    left = Panel(64, 330, 'One lookup, in a process that goes on', (10, 1e6), (1e1, 1e8))
    left.line('libnss_libvirt', 'red', lookup('getaddrinfo', 'libvirt/inet'))
    left.line('files (/etc/hosts)', 'brown', lookup('getaddrinfo', 'files/inet'))
    left.line('dns (dnsmasq)', 'purple', lookup('getaddrinfo', 'dns/inet'))
    left.line('nscd, name in cache', 'blue', lookup('nscd', 'nscd/inet'))
    left.line('nss-leases', 'green ours', lookup('getaddrinfo', 'leases/inet'))
    left.line('module alone', 'green dashed ours', lookup('module', 'leases/hit'))
    right = Panel(602, 222, 'One lease event, a whole process', (10, 1e5), (1e5, 1e10))
    right.line('libvirt_leaseshelper', 'red', event('libvirt_leaseshelper'))
    right.line('nss-leases', 'green ours', event('changed'))
    right.line('copy and rename', 'brown', event('copy_and_rename'))
    right.line('nothing new', 'green dashed ours', event('unchanged'))
    right.line('/bin/true', 'grey', event('true'))

    machine = results['machine']
    note = f'getaddrinfo(AF_INET) through glibc. {machine["processor"]}, {machine["cores"]} cores, {machine["date"]}'
    return '\n'.join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" role="img">',
        '<title>Cost of a lookup and of a lease event against the number of leases</title>',
        f'<style>{STYLE}  {colours(dark=False)}',
        f'  @media (prefers-color-scheme: dark) {{ {colours(dark=True)} }}</style>',
        *left.elements(), *right.elements(),
        f'<text class="plain" x="20" y="{HEIGHT - 12}">{escape(note)}</text>', '</svg>', ''])


class Panel:
    """Curves over logarithmic axes: x is a number of leases, y nanoseconds."""

    def __init__(self, left, width, title, x_range, y_range):
        self.left, self.width, self.title = left, width, title
        self.x_range, self.y_range = x_range, y_range
        self.lines = []

    def line(self, label, style, points):
        if points:
            self.lines.append((label, style, [(self.x(size), self.y(cost)) for size, cost in sorted(points.items())]))

    def x(self, size):
        return self.left + self.width * part(size, self.x_range)

    def y(self, cost):
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * part(cost, self.y_range)

    def elements(self):
        right, bottom = self.left + self.width, HEIGHT - BOTTOM
        yield f'<text class="strong" x="{self.left - 44}" y="{TOP - 40}">{escape(self.title)}</text>'
        yield f'<text class="plain" x="{self.left - 44}" y="{TOP - 18}">time, by number of leases</text>'
        for power in decades(self.y_range):
            y = self.y(power)
            yield f'<path class="grid" d="M{self.left} {y:.1f}H{right}"/>'
            yield f'<text class="plain" x="{self.left - 8}" y="{y + 4:.1f}" text-anchor="end">{duration(power)}</text>'
        for power in decades(self.x_range):
            x = self.x(power)
            yield f'<path class="grid" d="M{x:.1f} {TOP}V{bottom}"/>'
            yield f'<text class="plain" x="{x:.1f}" y="{bottom + 18}" text-anchor="middle">{count(power)}</text>'
        for _, style, points in self.lines:
            yield f'<path class="{style}" d="M{"L".join(f"{x:.1f} {y:.1f}" for x, y in points)}"/>'
            if 'dashed' not in style:
                for x, y in points:
                    yield f'<circle class="{style.split()[0]}" cx="{x:.1f}" cy="{y:.1f}" r="2.5"/>'
        yield from self.labels()

    def labels(self):
        """At the ends of the lines, pushed apart where they would cover each other."""
        ends = sorted((points[-1][1], label, style) for label, style, points in self.lines)
        heights = [y for y, _, _ in ends]
        for _ in range(100):
            for i in range(1, len(heights)):
                overlap = LABEL_HEIGHT - (heights[i] - heights[i - 1])
                if overlap > 0:
                    heights[i - 1] -= overlap / 2
                    heights[i] += overlap / 2
        for height, (_, label, style) in zip(heights, ends):
            place = f'x="{self.left + self.width + 10}" y="{height + 4:.1f}"'
            yield f'<text class="{style.replace(" dashed", "")}" {place}>{escape(label)}</text>'


def part(value, bounds):
    low, high = map(math.log10, bounds)
    return (math.log10(value) - low) / (high - low)


def decades(bounds):
    low, high = (round(math.log10(bound)) for bound in bounds)
    return [10**power for power in range(low, high + 1)]


def duration(nanoseconds):
    for unit, size in ('s', 10**9), ('ms', 10**6), ('µs', 10**3):
        if nanoseconds >= size:
            return f'{nanoseconds // size} {unit}'
    return f'{nanoseconds} ns'


def count(number):
    for unit, size in ('M', 10**6), ('k', 10**3):
        if number >= size:
            return f'{number // size}{unit}'
    return str(number)
