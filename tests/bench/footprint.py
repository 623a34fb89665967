"""What the module costs each process that has it: footprint.py MODULE NAME prints bytes of private memory after lookups."""

import ctypes
import pathlib
import re
import sys


def private_dirty(module):
    """The private memory of the module's mappings, and of its zero-initialised data, which is mapped right after them. It counts
    pages that were copied on write: in a file system in memory, the file's own pages count as dirty, too."""
    total, end = 0, None
    for area in re.split(r'^(?=[0-9a-f]+-[0-9a-f]+ )', pathlib.Path('/proc/self/smaps').read_text(), flags=re.M)[1:]:
        first_line = area.splitlines()[0].split()
        start, stop = (int(number, 16) for number in first_line[0].split('-'))
        path = first_line[5] if len(first_line) > 5 else ''
        if path == module or (path == '' and start == end):
            total += 1024 * int(re.search(r'^Anonymous: *(\d+)', area, re.M).group(1))
            end = stop
    return total


def look_up(module, name):
    """A thousand names that are found, and a thousand that are not."""
    by_name = ctypes.CDLL(module)._nss_leases_gethostbyname4_r
    buffer, words = ctypes.create_string_buffer(1024), (ctypes.c_int * 3)()
    error, host_error, ttl = (ctypes.byref(words, 4 * i) for i in range(3))
    for asked, expected in [(name, 1), (name + 'x', 0)] * 1000:
        answer = ctypes.c_void_p()
        if by_name(asked.encode(), ctypes.byref(answer), buffer, ctypes.c_size_t(1024), error, host_error, ttl) != expected:
            sys.exit(f'wrong answer for {asked}')


if __name__ == '__main__':
    look_up(*sys.argv[1:])
    print(private_dirty(sys.argv[1]))
