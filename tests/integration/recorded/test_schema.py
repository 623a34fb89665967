"""The schema of the status files accepts what is written and refuses what is not."""

import copy
import json
import unittest

from installation import ROOT, SCHEMA, VALIDATOR

STORED = json.loads((ROOT / 'tests/data/lease-status-v1.status').read_text())
WRONG = {
    'iaid': ['', 'T', 't1', '-1', '01', '12345678901', 1],
    'ip-address': ['', '10', '10.0.0.256', '010.0.0.1', '10.0.0.1/8', 'fe80::1%eth0', 'FD00::1', '1::2::3', ':', 'x', 10],
    'mac-address': ['', '-', '5254', '52-54-00', 'AA:BB', '1-aa', ':'.join(['00'] * 17), 1],
    'hostname': ['', '-a', '_a', 'a.b', 'a b', 'a' * 64, '\u00fc', None],
    'refused-hostname': ['', 'a b', 'a\nb', 'a' * 65, '\u0085', None],
    'client-id': ['', '0', '00:', 'AA', ':'.join(['00'] * 256), 0],
    'server-duid': ['', '0001', []],
    'expiry-time': ['0', -1, 1.5, 2**64, None],
    'domain': ['', '.', 'lan.', '.lan', 'a..b', '.'.join(['a' * 63] * 4), 1],
    'last-change': ['', '1', '1.5', '1.0000000000', '-1.000000000', '12345678901.000000000', 1],
    'colour': [1, None, True, [], {}],
}


class SchemaTest(unittest.TestCase):
    def test_the_schema_is_a_schema(self):
        type(VALIDATOR).check_schema(SCHEMA)

    def test_the_stored_file_and_a_file_without_leases_are_valid(self):
        VALIDATOR.validate(STORED)
        VALIDATOR.validate([])

    def test_keys_of_later_releases_are_valid_if_they_are_strings(self):
        VALIDATOR.validate([{**STORED[0], 'colour': 'blue'}])

    def test_libvirts_own_file_is_valid(self):
        VALIDATOR.validate([{'ip-address': '192.168.122.37', 'mac-address': '52:54:00:12:34:56', 'hostname': 'fedora',
                             'client-id': '01:52:54:00:12:34:56', 'expiry-time': 1700000600}])

    def test_a_value_that_cannot_be_is_refused(self):
        for key, values in WRONG.items():
            for value in values:
                with self.subTest(key=key, value=value):
                    record = copy.deepcopy(STORED[0])
                    if key == 'refused-hostname':
                        del record['hostname']
                    record[key] = value
                    self.assertFalse(VALIDATOR.is_valid([record]))

    def test_a_record_needs_an_address_and_an_expiry_and_has_one_name_at_most(self):
        for key in ('ip-address', 'expiry-time'):
            record = copy.deepcopy(STORED[0])
            del record[key]
            self.assertFalse(VALIDATOR.is_valid([record]))
        self.assertFalse(VALIDATOR.is_valid([{**STORED[0], 'refused-hostname': 'x'}]))

    def test_anything_but_an_array_of_records_is_refused(self):
        for document in ({}, None, '', 1, [1], [None], [[]]):
            self.assertFalse(VALIDATOR.is_valid(document))


if __name__ == '__main__':
    unittest.main()
