"""The recorded calls of dnsmasq's --dhcp-script."""

import json
import pathlib

PATH = pathlib.Path(__file__).resolve().parents[2] / 'data/dnsmasq-calls.jsonl'
LEASE_ACTIONS = ('add', 'old', 'del')


class Call:
    def __init__(self, argv, env, scenario='', raw=()):
        self.argv = argv
        self.env = env
        self.scenario = scenario
        self.raw = dict(raw)  # the values that are not text

    def __str__(self):
        return f'{self.scenario}: {" ".join(self.argv)}'

    @property
    def is_lease(self):
        return self.argv[0] in LEASE_ACTIONS

    def with_variables(self, **variables):
        return Call(self.argv, {**self.env, **variables}, self.scenario, self.raw)

    def of_another_client(self):
        """The same call with another MAC address or DUID."""
        client = format(int(self.argv[1][0], 16) ^ 1, 'x') + self.argv[1][1:]
        return Call([self.argv[0], client, *self.argv[2:]], self.env, self.scenario, self.raw)

    def environment(self):
        """As execve(2) takes it: bytes."""
        return {name.encode(): self.raw.get(name) or value.encode() for name, value in self.env.items()}


def recorded_calls():
    calls = []
    for line in PATH.read_text().splitlines():
        entry = json.loads(line)
        raw = {name: bytes.fromhex(digits) for name, digits in entry.get('hex', {}).items()}
        calls.append(Call(entry['argv'], entry['env'], entry['scenario'], raw))
    return calls


def moved(calls, seconds):
    """The same calls with every finite expiry later."""
    def later(call):
        expiry = int(call.env.get('DNSMASQ_LEASE_EXPIRES', 0))
        return call.with_variables(DNSMASQ_LEASE_EXPIRES=str(expiry + seconds)) if expiry else call
    return [later(call) for call in calls]


def earliest_expiry(calls):
    return min(expiry for call in calls if (expiry := int(call.env.get('DNSMASQ_LEASE_EXPIRES', 0))))
