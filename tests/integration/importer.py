"""The installed importer, and a script in its place."""

import pathlib

IMPORTER = pathlib.Path('/usr/libexec/nss-leases/leases-import')
OWN = IMPORTER.with_name('leases-import.own')
# The end of a script that goes on as the importer.
GOES_ON = f'exec {OWN} "$@"'


def in_place_of_importer(test, script):
    """Until the test ends, whatever runs the importer runs this shell script."""
    IMPORTER.rename(OWN)
    test.addCleanup(OWN.rename, IMPORTER)
    IMPORTER.write_text(f'#!/bin/sh\n{script}\n')
    IMPORTER.chmod(0o755)
