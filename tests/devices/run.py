#!/usr/bin/env python3
"""Recorded devices: what a check of each would say is what its expected.yaml says.

  run.py RACKVITALS [--update] [DEVICE...]

A device is a folder beside this file with agent.walk (a .snmprec, or the output of snmpwalk -On) and
expected.yaml. --update writes expected.yaml from what the program says now; read it before it is
committed. Without DEVICE: all. Prints TAP.
"""
import json
import os
import subprocess
import sys

import yaml

HERE = os.path.dirname(os.path.abspath(__file__))
IDENTITY = ('vendor', 'model', 'os', 'os_version', 'serial')
SENSOR = ('class', 'name', 'component', 'oid', 'value', 'unit', 'raw', 'raw_text', 'state', 'presence', 'status')
LOADER = getattr(yaml, 'CSafeLoader', yaml.SafeLoader)
LIMITS = ('low_critical', 'low_warning', 'high_warning', 'high_critical')
COMPONENT = ('class', 'name', 'model', 'serial', 'firmware')
INTERFACE = ('name', 'admin_status', 'oper_status', 'speed_bps', 'in_octets', 'out_octets')


def some(source, keys):
    """What is said of these keys; present is taken for granted."""
    found = {k: source.get(k) for k in keys if source.get(k) not in (None, '')}
    if found.get('presence') == 'present':
        del found['presence']
    return found


def said(observation):
    """The part of an Observation that a recording fixes."""
    sensors = {}
    for s in observation['sensors']:
        one = some(s, SENSOR)
        limits = some(s.get('limits') or {}, LIMITS)
        if limits:
            one['limits'] = limits
            one['limits_source'] = s.get('limits_source')
        sensors[s['key']] = one
    return {
        'profile': observation['device'].get('profile'),
        'identity': some(observation['device'], IDENTITY),
        'sensors': sensors,
        'components': {c['key']: some(c, COMPONENT) for c in observation['components']},
        'interfaces': {i['index']: some(i, INTERFACE) for i in observation['interfaces']},
        'notes': observation['notes'],
    }


class Flow(yaml.SafeDumper):
    """One line for each sensor, so that a difference is a line."""

    def ignore_aliases(self, data):
        return True


def flat(dumper, data):
    leaf = not any(isinstance(v, (dict, list)) and k != 'limits' for k, v in data.items()) and len(data) > 0
    return dumper.represent_mapping('tag:yaml.org,2002:map', data, flow_style=leaf)


Flow.add_representer(dict, flat)


def write(path, found):
    with open(path, 'w', encoding='utf-8') as out:
        yaml.dump(found, out, Dumper=Flow, sort_keys=False, allow_unicode=True, width=100000, default_flow_style=False)


def differences(want, got, where=''):
    if isinstance(want, dict) and isinstance(got, dict):
        for key in list(want) + [k for k in got if k not in want]:
            yield from differences(want.get(key), got.get(key), '%s/%s' % (where, key) if where else str(key))
    elif isinstance(want, float) or isinstance(got, float):
        if not isinstance(want, (int, float)) or not isinstance(got, (int, float)) or abs(want - got) > 1e-6:
            yield '%s: expected %r, got %r' % (where, want, got)
    elif want != got:
        yield '%s: expected %r, got %r' % (where, want, got)


def observations(program, devices):
    """For each device what the program says of it, or the text of an error. One run says all, up to the
    first that it cannot read; another one goes on behind it."""
    while devices:
        paths = [os.path.join(HERE, device, 'agent.walk') for device in devices]
        run = subprocess.run([program, 'profile', 'test', '--format', 'json'] + paths,
                             capture_output=True, timeout=300, check=False)
        lines = run.stdout.splitlines()
        whole = len(lines) == len(devices) and run.returncode == 0
        for line in lines if whole else lines[:len(devices) - 1]:
            yield json.loads(line)
        devices = devices[len(lines):]
        if not whole:
            yield 'exit %d: %s' % (run.returncode, run.stderr.decode('utf-8', 'replace').strip())
            devices = devices[1:]


def check(observation, device, update):
    """The differences, as lines."""
    expected = os.path.join(HERE, device, 'expected.yaml')
    if isinstance(observation, str):
        return [observation]
    found = said(observation)
    if update:
        write(expected, found)
        return []
    if not os.path.exists(expected):
        return ['there is no expected.yaml; write it with --update and read it']
    with open(expected, encoding='utf-8') as file:
        return list(differences(yaml.load(file, LOADER), found))


def main():
    arguments = [a for a in sys.argv[1:] if a != '--update']
    update = '--update' in sys.argv
    program, devices = arguments[0], arguments[1:]
    if not devices:
        devices = sorted(d for d in os.listdir(HERE) if os.path.exists(os.path.join(HERE, d, 'agent.walk')))
    print('1..%d' % len(devices))
    failed = 0
    devices = [device.rstrip('/') for device in devices]
    for n, (device, observation) in enumerate(zip(devices, observations(program, devices)), 1):
        wrong = check(observation, device, update)
        failed += bool(wrong)
        print('%s %d - %s' % ('not ok' if wrong else 'ok', n, device))
        for line in wrong[:40]:
            print('# ' + line)
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
