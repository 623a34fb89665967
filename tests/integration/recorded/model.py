"""What the status files should say after any calls: a plain map by network and address."""

import fnmatch
import ipaddress
import re

LABEL = re.compile(r'[A-Za-z0-9][A-Za-z0-9_-]{0,62}\Z')
DOMAIN = re.compile(r'[A-Za-z0-9][A-Za-z0-9_-]{0,62}(\.[A-Za-z0-9][A-Za-z0-9_-]{0,62})*\Z')
NETWORK = re.compile(r'[A-Za-z0-9_][A-Za-z0-9._:@+%-]{0,62}\Z')
C_NUMBER = re.compile(r'(0x[0-9a-f]+|0[0-7]*|[1-9][0-9]*)\Z', re.IGNORECASE)
IPV6 = 'localhost', 'loopback', 'localnet', 'mcastprefix', 'allnodes', 'allrouters', 'allhosts'
RESERVED = ('localhost*', *(f'ip6-{name}' for name in IPV6), *(f'ipv6-{name}' for name in IPV6), 'localdomain', 'broadcasthost',
            'wpad', 'isatap', 'ipv4only', 'invalid', 'unix', '_gateway', '_outbound', '_localdnsstub', '_localdnsproxy',
            'metadata', 'instance-data')
UNKNOWN = 'unknown'


def is_refused(name):
    lower = name.lower()
    return (any(fnmatch.fnmatchcase(lower, glob) for glob in RESERVED)
            or name.endswith('-') or name.isdigit() or bool(C_NUMBER.match(name)))


class Model:
    def __init__(self):
        self.networks = {}  # name: {address: record}, in the order of the last change
        self.changes = {}  # (network, address): a number that grows
        self.server_duids = {}  # network: the last DUID of its DHCPv6 server, even if no lease is left
        self.subnets = {}  # of the host: ip_network: interface

    def apply(self, call, now):
        action = call.argv[0]
        if action == 'init':
            self.end_expired(now)
        if action not in ('add', 'old', 'del'):
            return
        address = ipaddress.ip_address(call.argv[2])
        network = self.network_of(call, address)
        left = [other for other, records in self.networks.items() if other != network and str(address) in records
                and (other == UNKNOWN or is_of_client(records[str(address)], call, address))]
        moved = max(left, key=lambda other: self.changes[other, str(address)], default=None)
        before = self.networks.get(network, {}).get(str(address)) or self.networks.get(moved, {}).get(str(address))
        for other in left:
            self.remove(other, str(address))
        if action == 'del':
            self.remove(network, str(address))
        else:
            self.put(network, str(address), record_of(call, address), before)

    def network_of(self, call, address):
        interface = call.env.get('DNSMASQ_INTERFACE', '')
        if NETWORK.match(interface):
            return interface
        holders = [network for network, records in self.networks.items() if str(address) in records]
        if holders:
            return max(holders, key=lambda network: self.changes[network, str(address)])
        matching = [subnet for subnet in self.subnets if address in subnet]
        return self.subnets[max(matching, key=lambda subnet: subnet.prefixlen)] if matching else UNKNOWN

    def put(self, network, address, record, before):
        if 'server-duid' in record:
            self.server_duids[network] = record['server-duid']
        if before and 'mac-address' not in record and 'mac-address' in before and same_client(before, record):
            record = ordered({**record, 'mac-address': before['mac-address']})
        if self.networks.get(network, {}).get(address) == record:
            return
        self.remove(network, address)
        self.networks.setdefault(network, {})[address] = record
        self.changes[network, address] = max(self.changes.values(), default=0) + 1

    def remove(self, network, address):
        self.networks.get(network, {}).pop(address, None)

    def end_expired(self, now):
        for network, records in self.networks.items():
            for address in [a for a, record in records.items() if is_over(record, now)]:
                self.remove(network, address)

    def by_change(self):
        leases = [(self.changes[network, address], record)
                  for network, records in self.networks.items() for address, record in records.items()]
        return [record for _, record in sorted(leases, key=lambda lease: lease[0])]

    def init_tokens(self, now):
        """The text that dnsmasq reads when it starts."""
        rows = {4: [], 6: []}
        duid = ['duid', min(self.server_duids.items())[1]] if self.server_duids else []
        for record in self.by_change():
            if 'server-duid' in record:
                duid = ['duid', record['server-duid']]
            if is_over(record, now):
                continue
            version = ipaddress.ip_address(record['ip-address']).version
            client = record['mac-address' if version == 4 else 'iaid']
            name = record.get('hostname') or record.get('refused-hostname') or '*'
            rows[version] += [str(record['expiry-time']), client, record['ip-address'], name,
                              record.get('client-id', '*')]
        return rows[4] + duid + rows[6]


def is_over(record, now):
    return 0 < record['expiry-time'] <= now


def is_of_client(record, call, address):
    """Whether a lease belongs to the client of a call: then it has moved."""
    if address.version == 6:
        return record.get('client-id') == call.argv[1]
    return record.get('mac-address') == call.argv[1]


def same_client(a, b):
    return all(a.get(key) == b.get(key) for key in ('iaid', 'client-id'))


KEYS = ('iaid', 'ip-address', 'mac-address', 'hostname', 'client-id', 'server-duid', 'expiry-time', 'refused-hostname',
        'domain')


def ordered(record):
    return {key: record[key] for key in KEYS if record.get(key) is not None}


def record_of(call, address):
    client = call.argv[1]
    name = call.argv[3] if len(call.argv) > 3 and LABEL.match(call.argv[3]) else None
    refused = name is not None and is_refused(name)
    domain = call.env.get('DNSMASQ_DOMAIN', '')
    is_v6 = address.version == 6
    return ordered({
        'iaid': call.env.get('DNSMASQ_IAID') if is_v6 else None,
        'ip-address': str(address),
        'mac-address': call.env.get('DNSMASQ_MAC') if is_v6 else client,
        'hostname': None if refused else name,
        'client-id': client if is_v6 else call.env.get('DNSMASQ_CLIENT_ID'),
        'server-duid': call.env.get('DNSMASQ_SERVER_DUID') if is_v6 else None,
        'expiry-time': int(call.env['DNSMASQ_LEASE_EXPIRES']),
        'refused-hostname': name if refused else None,
        'domain': domain if DOMAIN.match(domain) else None,
    })
