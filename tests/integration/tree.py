"""The tree of another release (scripts/release-trees), in the sandbox."""

from sandbox import SCRATCH, mount

ROOT = SCRATCH / 'tree'


def lay_out(tree):
    """The tree, of which nothing changes, with the /run of this sandbox."""
    layers = SCRATCH / 'tree-layers'
    for layer in 'upper', 'work':
        (layers / layer).mkdir(parents=True)
    ROOT.mkdir()
    mount('-t', 'overlay', '-o', f'lowerdir={tree},upperdir={layers}/upper,workdir={layers}/work', 'overlay', ROOT)
    mount('-t', 'proc', 'proc', ROOT / 'proc')
    for directory in 'dev', 'run':
        mount('--rbind', f'/{directory}', ROOT / directory)
