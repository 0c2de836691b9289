"""Whole rounds of poll: N simulated switches asked, judged and stored.

    bench-poll.py RACKVITALS FAKE-AGENT RECORDING [N [ROUNDS [FOLDER]]] [--latency MS] [--lose PERCENT]
                  [--dead PERCENT] [--v3] [--deadline TIME] [--no-peer]
    bench-poll.py RACKVITALS FAKE-AGENT RECORDING --curve 100,300,1000,3000,10000

Where prometheus-snmp-exporter and curl are installed, they ask the same agents for the 437 values of a
switch after the last round, once to warm up and once measured: it judges and stores nothing.

Every address of 127/8 is an agent with that RECORDING; with --v3 each has an SNMPv3 engine of its own and is
asked by authPriv (SHA-1, AES-128). The first round asks and creates everything; those after it, ten
seconds apart, are what a day is made of. The archives are kept short, so that the files of thousands of
devices fit a disk; how many pages an update touches does not hang on that. --curve: three rounds of each
number, the last one told.
"""
import argparse
import ipaddress
import os
import re
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

GAP_S = 10


V3_USER = 'bench'
CREDENTIALS = {False: 'ro: { community: public }\n',
               True: f'ro: {{ user: {V3_USER}, auth: SHA-1, auth-password: fake-password, priv: AES-128, '
                     'priv-password: fake-password }\n'}


def site(folder, devices, port, v3):
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
        file.write(CREDENTIALS[v3])
    os.chmod(f'{folder}/credentials.yaml', 0o600)
    first = ipaddress.ip_address('127.16.0.1')
    with open(f'{folder}/inventory.yaml', 'w') as file:
        file.write('sites:\n  s: { name: S, time-zone: UTC }\ngroups:\n  g: { kind: switch, site: s, '
                   f'snmp: {{ version: {3 if v3 else "2c"}, credential: ro, port: {port} }} }}\ndevices:\n')
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


COLUMNS = [f'1.3.6.1.2.1.2.2.1.{n}' for n in (8, 13, 14, 19, 20)] + \
          [f'1.3.6.1.2.1.31.1.1.1.{n}' for n in (6, 10)] + ['1.3.6.1.2.1.99.1.1.1.4']


def exporter_module():
    text = 'j1:\n  walk: [' + ', '.join(COLUMNS) + ']\n  get: [1.3.6.1.2.1.1.3.0]\n  version: 2\n' \
           '  max_repetitions: 55\n  timeout: 5s\n  auth: { community: public }\n  metrics:\n' \
           '  - { name: sysUpTime, oid: 1.3.6.1.2.1.1.3, type: gauge, help: x }\n'
    for n, column in enumerate(COLUMNS):
        text += f'  - {{ name: c{n}, oid: {column}, type: gauge, help: x, ' \
                'indexes: [ { labelname: i, type: gauge } ] }\n'
    return text


def cpu_of(pid):
    with open(f'/proc/{pid}/stat') as file:
        fields = file.read().rsplit(')', 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')


def free_port():
    with socket.socket() as one:
        one.bind(('127.0.0.1', 0))
        return one.getsockname()[1]


def scrape(exporter, folder):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    server, start = cpu_of(exporter.pid), time.monotonic()
    subprocess.run(['curl', '-s', '--retry', '5', '--retry-connrefused', '--parallel', '--parallel-max', '32',
                    '-K', f'{folder}/curl'], check=True, stderr=subprocess.DEVNULL)
    wall = time.monotonic() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, cpu_of(exporter.pid) - server + after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def peer(folder, devices, port):
    program = shutil.which('prometheus-snmp-exporter')
    if not program or not shutil.which('curl'):
        print('prometheus-snmp-exporter and curl are not here: no peer')
        return
    listen = free_port()
    with open(f'{folder}/snmp.yml', 'w') as file:
        file.write(exporter_module())
    first = ipaddress.ip_address('127.16.0.1')
    with open(f'{folder}/curl', 'w') as file:
        for n in range(devices):
            file.write(f'url="http://127.0.0.1:{listen}/snmp?target={first + n}:{port}&module=j1"\n'
                       'output="/dev/null"\n')
    exporter = subprocess.Popen([program, f'--config.file={folder}/snmp.yml', '--log.level=error',
                                 f'--web.listen-address=127.0.0.1:{listen}'], stderr=subprocess.DEVNULL)
    try:
        scrape(exporter, folder)
        wall, cpu = scrape(exporter, folder)
        print(f'| snmp_exporter | {devices} | {wall:.2f} | {cpu:.2f} | {cpu * 1000 / devices:.2f} | | judges and '
              'stores nothing |', flush=True)
    finally:
        exporter.terminate()
        exporter.wait()


def start_farm(options):
    command = [options.agent, '--control', '--address', '0.0.0.0', '--latency', str(options.latency)]
    for manner in ('lose', 'dead'):
        if getattr(options, manner):
            command += ['--misbehave', f'{manner}={getattr(options, manner)}']
    if options.v3:
        command += ['--user', V3_USER, '--level', 'authPriv', '--protocols', 'SHA/AES']
    farm = subprocess.Popen(command + [options.recording], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    return farm, farm.stdout.readline().split()[1]


def counted(farm):
    """What the agents were asked since the last time, by their own count."""
    farm.stdin.write('count\n')
    farm.stdin.flush()
    return farm.stdout.readline().strip().removeprefix('ok ')


def rounds_of(options, devices, tell):
    """All rounds of so many devices; the figures of the last."""
    folder = tempfile.mkdtemp(dir=options.folder)
    farm, port = start_farm(options)
    try:
        site(folder, devices, port, options.v3)
        for n in range(1, options.rounds + 1):
            wall, cpu, peak, line = one_round(options.rackvitals, folder, options.deadline)
            tell(f'| {n} | {devices} | {wall:.2f} | {cpu:.2f} | {cpu * 1000 / devices:.2f} | {peak:.0f} | '
                 f'{counted(farm)} | {line} |')
            time.sleep(GAP_S if n < options.rounds else 0)
        if options.peer and not options.v3:
            peer(folder, devices, port)
        return wall, cpu, peak
    finally:
        farm.send_signal(signal.SIGTERM)
        tell(f'farm: {farm.communicate()[0].strip()}')
        shutil.rmtree(folder)


def curve(options):
    print('| devices | wall s | CPU s | CPU ms a device | peak MiB |\n|---|---|---|---|---|')
    for devices in map(int, options.curve.split(',')):
        wall, cpu, peak = rounds_of(options, devices, lambda line: None)
        print(f'| {devices} | {wall:.2f} | {cpu:.2f} | {cpu * 1000 / devices:.2f} | {peak:.0f} |', flush=True)


def main():
    parser = argparse.ArgumentParser()
    for name in ('rackvitals', 'agent', 'recording'):
        parser.add_argument(name)
    parser.add_argument('devices', type=int, nargs='?', default=200)
    parser.add_argument('rounds', type=int, nargs='?', default=3)
    parser.add_argument('folder', nargs='?')
    parser.add_argument('--latency', type=int, default=0)
    parser.add_argument('--lose', type=int)
    parser.add_argument('--dead', type=int)
    parser.add_argument('--v3', action='store_true')
    parser.add_argument('--deadline', default='600s')
    parser.add_argument('--no-peer', dest='peer', action='store_false')
    parser.add_argument('--curve')
    options = parser.parse_args()
    if options.curve:
        options.peer = False
        curve(options)
        return
    print('| round | devices | wall s | CPU s | CPU ms a device | peak MiB | asked, by the agents | |\n|' + '---|' * 8)
    rounds_of(options, options.devices, lambda line: print(line, flush=True))


main()
