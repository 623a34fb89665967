"""`--target product`, which scripts/demo builds alone, makes every program that `cmake --install` takes from the build directory.

    test_product.py BUILD-DIRECTORY
"""

import pathlib
import re
import subprocess
import sys

build = pathlib.Path(sys.argv[1])
scripts = ''.join(script.read_text() for script in build.rglob('cmake_install.cmake'))
installed = set(re.findall(rf'"{re.escape(str(build))}/((?:bin|lib)/[^"]+)"', scripts))
made = set(subprocess.run(['ninja', '-C', build, '-t', 'query', 'product'], capture_output=True, text=True, check=True).stdout.split())
# A link that is made with the program it leads to is no input of the target.
links = {name for name in installed if (build / name).is_symlink()}
missing = installed - links - made
assert installed - links, 'nothing is installed'
assert not missing, f'product does not make {sorted(missing)}'
