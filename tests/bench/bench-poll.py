"""Whole rounds of poll: N simulated switches asked, judged and stored.

    bench-poll.py RACKVITALS FAKE-AGENT RECORDING [N [ROUNDS [FOLDER]]]

Every address of 127/8 is an agent with that RECORDING. The first round asks and creates everything; those
after it, ten seconds apart, are what a day is made of. The archives are kept short, so that the files of
thousands of devices fit a disk; how many pages an update touches does not hang on that.
"""
import ipaddress
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time

GAP_S = 10


def site(folder, devices, port):
    templates = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../rrd-templates')
    os.makedirs(f'{folder}/templates')
    for name in os.listdir(templates):
        path = f'{templates}/{name}'
        if os.path.isfile(path):
            with open(path) as source, open(f'{folder}/templates/{name}', 'w') as into:
                into.write(re.sub(r'keep: +[0-9]+d', 'keep: 2d', source.read()))
    with open(f'{folder}/rackvitals.yaml', 'w') as file:
        file.write('inventory: inventory.yaml\ncredentials: credentials.yaml\nstate: state\n'
                   'rrd-templates: templates\n'
                   f'intervals: {{ reachability: {GAP_S}s, health: {GAP_S}s, census: 24h }}\n')
    with open(f'{folder}/credentials.yaml', 'w') as file:
        file.write('ro: { community: public }\n')
    os.chmod(f'{folder}/credentials.yaml', 0o600)
    first = ipaddress.ip_address('127.16.0.1')
    with open(f'{folder}/inventory.yaml', 'w') as file:
        file.write('sites:\n  s: { name: S, time-zone: UTC }\ngroups:\n  g: { kind: switch, site: s, '
                   f'snmp: {{ version: 2c, credential: ro, port: {port} }} }}\ndevices:\n')
        for n in range(devices):
            file.write(f'  - {{ name: sw-{n:05}, address: {first + n}, group: g }}\n')


def one_round(rackvitals, folder, deadline):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.monotonic()
    done = subprocess.run([rackvitals, '--config', f'{folder}/rackvitals.yaml', 'poll', '--all-due',
                           '--deadline', deadline], capture_output=True, text=True)
    wall = time.monotonic() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall, cpu, after.ru_maxrss / 1024, (done.stdout.splitlines() or [done.stderr])[-1]


def main():
    rackvitals, agent, recording = sys.argv[1:4]
    devices = int(sys.argv[4]) if len(sys.argv) > 4 else 200
    rounds = int(sys.argv[5]) if len(sys.argv) > 5 else 3
    folder = tempfile.mkdtemp(dir=sys.argv[6] if len(sys.argv) > 6 else None)
    farm = subprocess.Popen([agent, '--address', '0.0.0.0', recording], stdout=subprocess.PIPE,
                            text=True)
    try:
        site(folder, devices, farm.stdout.readline().split()[1])
        print('| round | devices | wall s | CPU s | CPU ms a device | peak MiB | |\n|---|---|---|---|---|---|---|')
        for n in range(1, rounds + 1):
            wall, cpu, peak, line = one_round(rackvitals, folder, '600s')
            print(f'| {n} | {devices} | {wall:.2f} | {cpu:.2f} | {cpu * 1000 / devices:.2f} | {peak:.0f} | {line} |',
                  flush=True)
            time.sleep(GAP_S if n < rounds else 0)
    finally:
        farm.send_signal(signal.SIGTERM)
        print(f'farm: {farm.communicate()[0].strip()}')
        shutil.rmtree(folder)


main()
