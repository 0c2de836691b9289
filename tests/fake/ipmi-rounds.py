#!/usr/bin/env python3
"""The pool against OpenIPMI's ipmi_sim: what FreeIPMI's tools read, and everything that goes wrong.

ipmi-rounds.py IPMI-ASK STATES.yaml [PART…]      parts as below; all without"""
import csv
import io
import json
import os
import subprocess
import sys
import tempfile
import time

import bmc
from freeipmi import differences, freeipmi

ASK, STATES, *WANTED = sys.argv[1:]
COUNT = 0


def check(what, good, seen=''):
    global COUNT
    COUNT += 1
    print('%s %d - %s' % ('ok' if good else 'not ok', COUNT, what), flush=True)
    if not good:
        print('# ' + str(seen)[:1500].replace('\n', '\n# '), flush=True)


def ask(host, *options, password=bmc.PASSWORD, user=bmc.USER, state=None, wait=True):
    command = [ASK, '--user', user, '--timeout', '600', '--retransmission', '100']
    if '1.5' not in options:
        command += ['--workaround', 'opensesspriv']
    if state:
        command += ['--state', state]
    process = subprocess.Popen(command + list(options) + [host], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                               env=dict(os.environ, IPMI_PASSWORD=password))
    if not wait:
        return process
    out, err = process.communicate(timeout=60)
    rows = [json.loads(line) for line in out.splitlines()]
    if not rows:
        raise RuntimeError('ipmi-ask: %d %s' % (process.returncode, err))
    return rows[0] if len(rows) == 1 else rows


def names(answers):
    return [s['name'] for s in answers['sensors']]


def active_sessions(server):
    """As Get Session Info counts them, without the one that asks."""
    return int(server.raw(0, '06', '3d', '00').split()[5], 16) - 1


def settled(server, wanted=0):
    for _ in range(100):
        if active_sessions(server) <= wanted:
            return True
        time.sleep(0.02)
    return False


# ---- equal to FreeIPMI's tools ----

def compare(what, sensors, sel, answers):
    rows = list(csv.DictReader(io.StringIO(sensors)))
    found = list(differences(rows, answers))
    check('%s: %d sensors as ipmi-sensors reads them' % (what, len(rows)), rows and not found, '\n'.join(found))
    entries = {e['id']: e for e in answers['sel']}
    rows = [r for r in csv.DictReader(io.StringIO(sel)) if (r['ID'] or '').isdigit()]
    found = [(r, entries.get(int(r['ID']))) for r in rows
             if entries.get(int(r['ID']), {}).get('text') != r['Event'] or entries[int(r['ID'])]['sensor'] != r['Name'].strip()]
    check('%s: %d log entries as ipmi-sel decodes them' % (what, len(rows)),
          not found and len(entries) == len(rows), found)


def test_equal(server, state):
    server.add_sel(4, 8, 0x6f, (3, 0xff, 0xff))
    server.add_sel(1, 1, 0x01, (0x57, 45, 40))
    server.add_sel(1, 1, 0x81, (0x57, 30, 40))
    answers = ask(server.host, '--fru', state=state)
    sensors = freeipmi(server, 'ipmi-sensors', '--comma-separated-output', '--output-sensor-thresholds')
    sel = freeipmi(server, 'ipmi-sel', '--comma-separated-output')
    compare('our server', sensors, sel, answers)
    check('what is deasserted is told from what is asserted', [e['asserted'] for e in answers['sel']] == [True, True, False],
          answers['sel'])
    check('a shared record: the sibling that is there is read, the other not',
          [n for n in names(answers) if n.startswith('Drive')] == ['Drive 0', 'Drive 0 1'], names(answers))
    fru = {f['name']: f for f in answers['frus']}
    check('FRU: board and product', fru['System Board']['product_serial'] == 'S987654' and
          fru['System Board']['board_serial'] == 'B123456' and fru['System Board']['asset_tag'] == 'T42' and
          fru['PSU 1 FRU']['board_serial'] == 'PS55555', fru)
    check('FRU: a broken checksum is said', fru['Card FRU']['problem'] == 'common header checksum invalid', fru['Card FRU'])
    check('chassis and device id', answers['power_on'] and answers['manufacturer'] == 'Dell Inc.', answers)
    check('no session is left', settled(server))


def test_corpus():
    corpus = os.environ.get('RACKVITALS_CORPUS')
    folder = os.path.join(corpus, 'ipmi') if corpus else ''
    for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
        path = os.path.join(folder, name)
        if not os.path.exists(os.path.join(path, name + '.emu')):
            continue

        def text(kind):
            with open(os.path.join(path, kind), encoding='utf-8') as f:
                return f.read()
        with bmc.Bmc(text(name + '.emu')) as server:
            compare(name, text('sensors.csv'), text('sel.csv'), ask(server.host, '--fru'))


# ---- cheap, and true ----

def test_cache(server, state):
    with bmc.Relay(server.port) as relay:
        cold = ask(relay.host, state=state)
        cold_requests = relay.requests_so_far()
        warm = ask(relay.host, '--after', '3', state=state)
        requests = relay.requests_so_far() - cold_requests
        check('requests are counted as the wire has them', abs(requests - warm['requests']) <= 2,
              (requests, warm['requests']))
        # session 6, device id, chassis, SDR info, SEL info, last SEL entry; 7 sensors
        check('a warm round asks each sensor once and little else', requests <= 6 + 5 + 7, requests)
        check('warm and cold see the same', names(cold) == names(warm) and cold_requests > 2 * requests)
        files = [f for f in os.listdir(state + '/sdr') if f.endswith('_%d.sdr' % relay.port)]
        check('one cache file of its own', len(files) == 1, os.listdir(state + '/sdr'))
        path = os.path.join(state, 'sdr', files[0])
        with open(path, 'r+b') as f:
            f.seek(100)
            f.write(b'\x55\xaa\x55')
        again = ask(relay.host, state=state)
        check('a broken cache is rebuilt, silently', names(again) == names(warm) and not again['notes'], again['notes'])
        with open(path, 'wb'):
            pass
        check('an empty one too', names(ask(relay.host, state=state)) == names(warm))


def test_changed(state):
    port = bmc.free_port()
    with bmc.Bmc(bmc.small_server(), port=port) as server:
        before = ask(server.host, state=state)
    more = 'sensor_add 0x20 0x0 0x20 0x01 0x01\nsensor_set_value 0x20 0x0 0x20 0x30 0x0\nmain_sdr_add 0x20 \\\n' + \
        bmc.lines(bmc.full(12, 0x20, 'New Temp', 1, 1, 1)) + '\n'
    with bmc.Bmc(bmc.small_server(more), port=port) as server:
        after = ask(server.host, state=state)
        check('a changed SDR is read anew', 'New Temp' in names(after) and 'New Temp' not in names(before) and
              not after['notes'], names(after))


def test_log(server, state):
    server.clear_sel()
    server.set_time(1760000000)
    server.add_sel(4, 8, 0x6f, (1, 0xff, 0xff))
    server.add_sel(4, 8, 0xef, (1, 0xff, 0xff))
    seen = ask(server.host, state=state)['sel']
    check('entries have their time', seen and all(1760000000 <= e['time'] < 1760000060 for e in seen[-2:]), seen)
    server.add_sel(5, 8, 0x6f, (3, 0xff, 0xff))

    def after(entry, seconds=0):
        return ask(server.host, '--after', str(entry['id']), '--after-time', str(entry['time'] + seconds), state=state)
    new = after(seen[-1])
    check('only what is new is read', [e['sensor'] for e in new['sel']] == ['PS2 Status'] and not new['sel_restarted'],
          new['sel'])
    none = after(new['sel'][-1])
    check('nothing new is nothing', not none['sel'] and not none['sel_restarted'], none['sel'])
    other = after(new['sel'][-1], 100)
    check('the same id with another time is another log', other['sel_restarted'] and len(other['sel']) == len(seen) + 1,
          other['sel'])
    server.clear_sel()
    server.add_sel(1, 1, 0x01, (0x57, 45, 40))
    cleared = after(new['sel'][-1])
    check('a cleared log is recognised and read from its start', cleared['sel_restarted'] and
          cleared['sel'][-1]['sensor'] == 'Inlet Temp', cleared['sel'])
    server.clear_sel()
    check('an empty one too', after(cleared['sel'][-1])['sel_restarted'])


def test_pairs(server):
    """What the log says as events of an observation: what came and went is over."""
    server.clear_sel()
    server.set_time(int(time.time()) + 5400)
    server.add_sel(4, 8, 0x6f, (3, 0xff, 0xff))
    server.add_sel(1, 1, 0x01, (0x59, 45, 40))
    server.add_sel(1, 1, 0x81, (0x59, 30, 40))
    server.add_sel(5, 8, 0x0b, (1, 0xff, 0xff))
    server.add_sel(5, 8, 0x0b, (0, 0xff, 0xff))
    seen = ask(server.host, '--observe', STATES)
    events = [(e['sensor'], e['severity'], e['asserted'], e['ended']) for e in seen['events'][-5:]]
    check('what came and went is over, what came alone stands', events == [
        ('PS1 Status', 'critical', True, False), ('Inlet Temp', 'critical', True, True), ('Inlet Temp', 'ok', False, False),
        ('PS2 Status', 'critical', True, True), ('PS2 Status', 'ok', True, False)], seen['events'])
    check("a clock that is off is noted", any('clock is 1 h 30 min ahead' in n for n in seen['notes']), seen['notes'])
    server.set_time(int(time.time()) - 3600 * 30)
    check('one that is behind, too', any('clock is 30 h 0 min behind' in n for n in
                                         ask(server.host, '--observe', STATES)['notes']))
    server.set_time(1000)
    check('one that is not set', any('clock is not set' in n for n in ask(server.host, '--observe', STATES)['notes']))
    server.set_time(int(time.time()))
    check('one that is right is not', not any('clock' in n for n in ask(server.host, '--observe', STATES)['notes']))


def test_oem_record(server):
    """Lenovo's record of a firmware update, in whose log ever it stands."""
    server.clear_sel()
    server.raw(0, '0a', '44', *('00 00 d0 00 00 00 60 66 4a 00 01 00 02 03 00 00'.split()))
    event = ask(server.host, '--observe', STATES)['events'][-1]
    check("a maker's own record has a word and its bytes", event['severity'] == 'critical' and
          event['text'].startswith('firmware update failed (') and len(event['text']) > 30, event)


def test_full():
    """The log holds ten entries: at eight a warning, of its own and not of the device."""
    small = bmc.small_server().replace('sel_enable 0x20 200 0x0a', 'sel_enable 0x20 10 0x0a')
    with bmc.Bmc(small) as server:
        server.clear_sel()
        while True:
            seen = ask(server.host, '--observe', STATES)
            usage = next(s for s in seen['sensors'] if s['key'] == 'ipmi/sel/percent/usage')
            if usage['value'] >= 70:
                break
            server.add_sel(4, 8, 0x6f, (0, 0xff, 0xff))
        check('a log at 70 %% is well: %s' % usage['value'], usage['status'] == 'ok' and usage['value'] < 80, usage)
        before = len(seen['events'])
        server.add_sel(4, 8, 0x6f, (0, 0xff, 0xff))
        seen = ask(server.host, '--observe', STATES)
        usage = next(s for s in seen['sensors'] if s['key'] == 'ipmi/sel/percent/usage')
        check('at 80 % it is warned of', usage['value'] == 80 and usage['status'] == 'warning', usage)
        check('and it is never cleared', len(seen['events']) == before + 1, seen['events'])


# ---- refused ----

def test_refused(server):
    rows = (
        ('a wrong password', 'credentials', {'password': 'wrong'}, ()),
        ('a user that is not there', 'credentials', {'user': 'nobody'}, ()),
        ('IPMI 1.5, a privilege that the user may not have', 'privilege', {'user': 'guest', 'password': 'secret-2'},
         ('--version', '1.5')),
        ('a cipher suite that it does not have', 'cipher', {}, ('--cipher', '17')),
        ('a workaround of no such name', 'configuration', {}, ('--workaround', 'opensespriv')),
        ('IPMI 1.5, a wrong password', 'credentials', {'password': 'wrong'}, ('--version', '1.5')),
        ('IPMI 1.5, a user that is not there', 'credentials', {'user': 'nobody'}, ('--version', '1.5')),
    )
    for what, reason, access, options in rows:
        answers = ask(server.host, *options, **access)
        check('%s: down, because of %s' % (what, reason),
              answers['state'] == 'down' and answers['reason'] == reason and answers['detail'], answers)
    check('and which was meant', "did you mean 'opensesspriv'?" in ask(server.host, '--workaround', 'opensespriv')['detail'])
    check('a user of lower privilege reads sensors', 'Inlet Temp' in names(
        ask(server.host, '--privilege', 'user', user='guest', password='secret-2')))
    check('IPMI 1.5 reads the same', names(ask(server.host, '--version', '1.5')) == names(ask(server.host)))
    closed = ask('127.0.0.1:%d' % bmc.free_port())
    check('a closed port is no time-out', closed['reason'] == 'refused', closed)


def test_kg():
    with bmc.Bmc(bmc.small_server(), kg='key-of-the-bmc') as server:
        check('K_g', ask(server.host, '--kg', 'key-of-the-bmc')['state'] == 'up')
        check('K_g in hexadecimal', ask(server.host, '--kg', '0x' + b'key-of-the-bmc'.hex())['state'] == 'up')
        wrong = ask(server.host, '--kg', 'x')
        check('a wrong K_g', wrong['reason'] == 'credentials', wrong)


def test_sessions():
    with bmc.Bmc(bmc.small_server()) as server:
        check('70 rounds in one process fit into 63 sessions', all(
            a['state'] == 'up' for a in ask(server.host, '--times', '70')))
        check('and leave none', settled(server))
        check('(all sessions taken)', server.take_all_sessions())
        full = ask(server.host)
        check('out of sessions is told from a refusal', full['reason'] == 'no_sessions', full)
        full = ask(server.host, '--version', '1.5')
        check('IPMI 1.5 too', full['reason'] == 'no_sessions', full)


# ---- networks ----

def test_network(server, state):
    left = 0        # sessions that died with their network
    with bmc.Relay(server.port, '--drop-every', '6') as relay:
        lossy = ask(relay.host, state=state)
        check('every sixth reply lost: nothing is missing', lossy['state'] == 'up' and not lossy['partial'] and
              len(lossy['sensors']) == 8 and lossy['retries'] > 0, lossy)
    with bmc.Relay(server.port, '--die-after', '25') as relay:
        dead = ask(relay.host, state=state)
        check('it dies in the middle of the SDR: up, partial, and why',
              dead['state'] == 'up' and dead['partial'] and dead['reason'] == 'no_answer', dead)
        check('one time-out, not one for each record', dead['duration_ms'] < 6000, dead['duration_ms'])
        left = active_sessions(server)
        check('half an SDR is no cache', not os.path.exists('%s/sdr/127.0.0.1_%d.sdr' % (state, relay.port)))
    with bmc.Relay(server.port, '--die-after', '1') as relay:
        dead = ask(relay.host, state=state)
        check('it dies before the session: down, no answer', dead['state'] == 'down' and dead['reason'] == 'no_answer', dead)
    with bmc.Relay(server.port, '--delay-ms', '60') as relay:
        slow = ask(relay.host, '--budget', '900', '--retransmission', '1000', state=state)
        check('time runs out: what came is there', slow['partial'] and slow['reason'] == 'budget' and slow['has_device_id'], slow)
        check('on time', slow['duration_ms'] <= 1100, slow['duration_ms'])
        check('and the session is closed', settled(server, left), active_sessions(server))
        begun = relay.requests_so_far()
        process = ask(relay.host, '--retransmission', '1000', state=state, wait=False)
        while relay.requests_so_far() < begun + 12 and process.poll() is None:
            time.sleep(0.01)        # the session is open, and much is still to be asked
        process.terminate()
        out, _ = process.communicate(timeout=20)
        check('SIGTERM: nothing is said, the session is closed', out == '' and settled(server, left), out)


def test_two_processes(server, state):
    with bmc.Relay(server.port, '--delay-ms', '5') as relay:
        both = [ask(relay.host, state=state, wait=False) for _ in range(3)]
        answers = [json.loads(p.communicate(timeout=60)[0]) for p in both]
        check('three processes for one BMC: all get everything',
              all(a['state'] == 'up' and len(a['sensors']) == 8 for a in answers), [a['detail'] for a in answers])
        check('never two sessions at once', relay.clients_at_once() == 1, relay.clients_at_once())


# ---- what it means ----

def test_observation(server):
    seen = ask(server.host, '--fru', '--observe', STATES)
    by_name = {s['name']: s for s in seen['sensors']}
    rows = (('Inlet Temp', 'temperature', 'ok'), ('Fan 1', 'fan', 'ok'), ('12V', 'voltage', 'ok'), ('PS1 Status', 'state', 'ok'),
            ('Drive 0', 'state', 'ok'), ('Drive 0 1', 'state', 'critical'))
    for name, kind, status in rows:
        s = by_name.get(name, {})
        check('%s is a %s and %s' % (name, kind, status), s.get('class') == kind and s.get('status') == status, s)
    check('an empty supply bay is absent and no alarm', by_name['PS2 Status']['presence'] == 'absent' and
          by_name['PS2 Status']['status'] == 'ok', by_name['PS2 Status'])
    check('limits of the BMC', by_name['Inlet Temp']['limits'] == {
        'low_critical': 2.0, 'low_warning': 5.0, 'high_warning': 40.0, 'high_critical': 45.0}, by_name['Inlet Temp'])
    check('sensors of other controllers are said, not shown', 'BIOS' not in by_name and
          any('other controllers' in n for n in seen['notes']), seen['notes'])
    check('identity from the FRU', (seen['device']['vendor'], seen['device']['model'], seen['device']['serial']) ==
          ('Maker', 'Small Server', 'S987654'), seen['device'])
    plain = ask(server.host, '--observe', STATES)
    check('without the FRU, who made the BMC does not pass for the maker of the server',
          plain['device'].get('vendor') is None and plain['protocols'][0]['state'] == 'up', plain['device'])
    check('serial numbers of parts', {'B123456', 'S987654', 'PS55555'} <= {c['serial'] for c in seen['components']},
          seen['components'])
    keys = [s['key'] for s in seen['sensors']]
    check('keys are unique', len(keys) == len(set(keys)), keys)


def with_server(*tests):
    """Tests that share one BMC and one state folder, or take the BMC alone."""
    with tempfile.TemporaryDirectory(prefix='rackvitals-ipmi-') as state, bmc.Bmc(bmc.small_server()) as server:
        for test in tests:
            test(server, state)


def alone(test):
    return lambda server, state: test(server)


def reading():
    with_server(test_equal, test_cache, test_two_processes, alone(test_observation))
    with tempfile.TemporaryDirectory(prefix='rackvitals-ipmi-') as state:
        test_changed(state)


def log():
    with_server(test_log, alone(test_pairs), alone(test_oem_record))
    test_full()


def refusals():
    with_server(alone(test_refused))
    test_kg()


PARTS = {'reading': reading, 'log': log, 'refusals': refusals, 'sessions': test_sessions,
         'network': lambda: with_server(test_network), 'corpus': test_corpus}


def main():
    if not bmc.available():
        print('1..0 # SKIP ipmi_sim is not installed')
        return
    for part in WANTED or PARTS:
        PARTS[part]()
    if COUNT == 0:
        print('1..0 # SKIP RACKVITALS_CORPUS is not set')
    else:
        print('1..%d' % COUNT)


main()
