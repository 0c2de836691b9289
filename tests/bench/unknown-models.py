#!/usr/bin/env python3
"""How much is found in devices that no profile names: the recordings of RACKVITALS_CORPUS as they are, with the
last arc of sysObjectID replaced, and with an empty sysDescr; prints a table.

usage: unknown-models.py RACKVITALS"""
import glob
import json
import os
import re
import subprocess
import sys
import tempfile

PROFILES = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'conf', 'profiles')
OBJECT_ID, DESCRIPTION = '1.3.6.1.2.1.1.2.0', '1.3.6.1.2.1.1.1.0'


def unnamed_arc():
    """The first number from 7000 on that stands in no profile: no model of any vendor is named by it."""
    named = set()
    for path in glob.glob(os.path.join(PROFILES, '**', '*.yaml'), recursive=True):
        with open(path, encoding='utf-8') as file:
            named.update(re.findall(r'\d+', file.read()))
    return next(str(arc) for arc in range(7000, 2 ** 31) if str(arc) not in named)


def as_it_is(oid, tag, value):
    return oid, tag, value


def other_model(arc):
    """A model is named below a family: at least two arcs below the enterprise. Net-SNMP's own names are of systems."""
    def change(oid, tag, value):
        arcs = value.strip('.').split('.')
        if oid == OBJECT_ID and len(arcs) >= 9 and arcs[6:9] != ['8072', '3', '2']:
            value = '.'.join([*arcs[:-1], arc])
        return oid, tag, value
    return change


def not_described(oid, tag, value):
    return (oid, '4', '') if oid == DESCRIPTION else (oid, tag, value)


def copy(recording, folder, change):
    target = os.path.join(folder, os.path.basename(recording))
    with open(recording, encoding='utf-8', errors='surrogateescape') as source, \
            open(target, 'w', encoding='utf-8', errors='surrogateescape') as file:
        for line in source:
            parts = line.rstrip('\n').split('|', 2)
            file.write('|'.join(change(*parts)) + '\n' if len(parts) == 3 else line)
    return target


def measure(program, corpus, change):
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as answers:
        recordings = [copy(one, folder, change) for one in sorted(glob.glob(os.path.join(corpus, 'snmp', 'recordings', '*')))]
        subprocess.run([program, 'profile', 'test', '--output', answers, *recordings], check=True, stdout=subprocess.DEVNULL)
        summary = os.path.join(folder, 'summary')
        subprocess.run([sys.executable, os.path.join(corpus, 'tools', 'coverage.py'), '--dir', os.path.join(corpus, 'snmp'),
                        '--replay', answers, '--json', summary], check=True, stdout=subprocess.DEVNULL)
        with open(summary, encoding='utf-8') as file:
            return json.load(file)


def main():
    program, corpus, arc = sys.argv[1], os.environ['RACKVITALS_CORPUS'], unnamed_arc()
    print('| recordings | core, right value | mean over OS |\n|---|---|---|')
    for what, change in (('as they are', as_it_is), (f'sysObjectID ends with {arc}, which no profile names', other_model(arc)),
                         ('sysDescr empty', not_described)):
        found = measure(program, corpus, change)
        head = found['headline']
        print(f"| {what} | {head['value_ok']} of {head['expected']} = {100 * head['value_ok'] / head['expected']:.1f} % "
              f"| {found['macro_os_value_recall']:.4f} |", flush=True)


main()
