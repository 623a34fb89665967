"""An index whose owner is hostile."""

from lab import INDEX

# Each pair has the same length, since the index is changed in place. Escape sequences, line ends, quotes, Jinja, YAML, comments, globs.
NAME, WRONG_NAME = 'innocent-name', b'\x1b[2J\n"{{a}}*#'
DOMAIN, WRONG_DOMAIN = 'innocent.test', b'a.\n$INCLUDE x'
NETWORK, WRONG_NETWORK = 'innocent-net', b'a"} 1\n\xc2\x9b\x7f\x07{c'


def replace_in_index(*pairs):
    """Replaces some texts in the index. Only its header has a checksum."""
    index = INDEX.read_bytes()
    for text, wrong in pairs:
        if len(text) != len(wrong) or text.encode() not in index:
            raise AssertionError(f'{text} cannot be {wrong}')
        index = index.replace(text.encode(), wrong)
    other = INDEX.with_name('other')
    other.write_bytes(index)
    other.rename(INDEX)
