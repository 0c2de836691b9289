#!/usr/bin/env python3
"""What `check` costs beyond the device: starting, choosing among all profiles, judging, printing.

  check.py RACKVITALS FAKE-AGENT RECORDING [TIMES]

A simulated agent answers at once from RECORDING; `check` asks it again and again, and snmpbulkwalk asks
the same agent for as many requests as `check` sent, to see what starting a program and asking take here."""
import math
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time


def timed(command):
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True)
    wall, after = time.monotonic() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall * 1000, (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1000, done


def site(folder, port):
    files = {
        'rackvitals.yaml': 'inventory: inventory.yaml\ncredentials: credentials.yaml\nstate: state\n',
        'credentials.yaml': 'ro: { community: public }\n',
        'inventory.yaml': 'sites:\n  s: { name: S, time-zone: UTC }\ngroups:\n  g: { kind: switch, site: s, snmp: '
                          f'{{ version: 2c, credential: ro, port: {port} }} }}\ndevices:\n'
                          '  - { name: sw, address: 127.0.0.1, group: g }\n'}
    os.mkdir(f'{folder}/state')
    for name, text in files.items():
        with open(f'{folder}/{name}', 'w', encoding='ascii') as file:
            file.write(text)
    os.chmod(f'{folder}/credentials.yaml', 0o600)


def median(command, times):
    runs = [timed(command) for _ in range(times)]
    return statistics.median(r[0] for r in runs), statistics.median(r[1] for r in runs), runs


def beyond(runs):
    """Wall beyond what the first question to the last answer took."""
    return statistics.median(wall - int(re.search(r'snmp up in (\d+) ms', done.stdout)[1]) for wall, _, done in runs)


def main():
    rackvitals, agent, recording = sys.argv[1:4]
    times = int(sys.argv[4]) if len(sys.argv) > 4 else 30
    with tempfile.TemporaryDirectory() as folder:
        farm = subprocess.Popen([agent, '--address', '127.0.0.1', recording], stdout=subprocess.PIPE, text=True)
        try:
            port = farm.stdout.readline().split()[1]
            site(folder, port)
            check = [rackvitals, '--config', f'{folder}/rackvitals.yaml', 'check', 'sw']
            time.sleep(3)  # profiles built just now are too young to be kept
            first = timed(check)
            rows = [('first, all heads of profiles read', *first[:2])]
            later = median(check, times)
            rows.append(('later', *later[:2]))
            rows.append(('of it, beyond the device', beyond(later[2]), math.nan))
            rows.append(('rackvitals --version', *median([rackvitals, '--version'], times)[:2]))
            rows.append(('snmpget of one value', *median(
                ['snmpget', '-v2c', '-cpublic', '-m', '', f'127.0.0.1:{port}', '1.3.6.1.2.1.1.3.0'], times)[:2]))
            if 'snmp up' not in first[2].stdout:
                sys.exit(first[2].stdout + first[2].stderr)
        finally:
            farm.terminate()
            farm.wait()
    print('| what | wall ms | CPU ms |\n|---|---|---|')
    for what, wall, cpu in rows:
        print(f'| {what} | {wall:.1f} | {cpu:.1f} |')


main()
