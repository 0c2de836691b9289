#!/usr/bin/env python3
"""BMCs that are not like the simulated ones: every kind of record, reading and text beside what FreeIPMI's
tools make of it; other LUNs, controllers behind the BMC, DCMI, IPv6, refusals, slowness.

ipmi-strange.py IPMI-ASK"""
import csv
import io
import json
import os
import re
import socket
import struct
import subprocess
import sys
import time

import bmc
from freeipmi import differences, freeipmi
from scripted_bmc import APP, GROUP, NOT_PRESENT, OK, PRIVILEGE, SENSOR, STORAGE, NOT_SCANNED, UNAVAILABLE, ScriptedBmc, available

ASK = sys.argv[1]
COUNT = 0


def check(what, good, seen=''):
    global COUNT
    COUNT += 1
    print('%s %d - %s' % ('ok' if good else 'not ok', COUNT, what), flush=True)
    if not good:
        print('# ' + str(seen)[:2500].replace('\n', '\n# '), flush=True)


def ask(server, *options):
    done = subprocess.run(
        [ASK, '--version', '1.5', '--user', server.user, '--timeout', '1000', '--retransmission', '500', *options, server.host],
        env=dict(os.environ, IPMI_PASSWORD=server.password), capture_output=True, encoding='utf-8', timeout=60)
    if done.returncode != 0 or not done.stdout:
        raise RuntimeError('ipmi-ask: %d %s' % (done.returncode, done.stderr))
    return json.loads(done.stdout)


class Records:
    """SDR records numbered as they come, each with its sensor of the same number, and what that says."""

    def __init__(self):
        self.sdr, self.readings, self.thresholds = [], {}, {}

    @property
    def last(self):
        return len(self.sdr) + 1

    def add(self, record, reading, lun=0):
        self.sdr.append(record)
        if reading is not None:
            self.readings[(lun, len(self.sdr))] = reading

    def full(self, name, reading, kind=1, event=1, units=(0, 1, 0), lin=0, m=1, b=0, exponents=(0, 0), entity=(7, 1), caps=0x40,
             mask=0, limits=(0,) * 6, hysteresis=(0, 0), owner=0x20, lun=0, name_bytes=None):
        body = bytes([owner, lun, self.last, *entity, 0x7f, caps, kind, event]) + struct.pack('<HHH', 0, 0, mask) + bytes(
            [*units, lin, m & 0xff, (m >> 8 & 3) << 6, b & 0xff, (b >> 8 & 3) << 6, 0,
             (exponents[0] & 15) << 4 | exponents[1] & 15, 0, 0, 0, 0, 0xff, 0, *limits, *hysteresis, 0, 0, 0])
        self.add(bmc.record(self.last, 1, body + (name_bytes or bmc.text(name))), reading, lun)

    def compact(self, name, reading, kind, event=0x6f, entity=(7, 1), share=1, modifier=0, offset=0, owner=0x20):
        body = bytes([owner, 0, self.last, *entity, 0x67, 0x40, kind, event]) + b'\xff\x7f' * 3 + bytes(
            [0xc0, 0, 0, share | modifier << 4, 0x80 | offset, 0, 0, 0, 0, 0, 0])
        self.add(bmc.record(self.last, 2, body + bmc.text(name)), reading)

    def bmc(self, **more):
        return ScriptedBmc(self.sdr, self.readings, thresholds=self.thresholds, **more)


def compare(what, records):
    with records.bmc() as server:
        answers = ask(server)
        rows = list(csv.DictReader(io.StringIO(freeipmi(
            server, 'ipmi-sensors', '--comma-separated-output', '--output-sensor-thresholds'))))
    found = list(differences(rows, answers))
    check('%s: %d sensors as ipmi-sensors reads them' % (what, len(rows)), rows and not found, '\n'.join(found))
    return answers


# ---- sensors ----

def test_numbers():
    r = Records()
    for name, flags in (('unsigned', 0), ("1's complement", 0x40), ("2's complement", 0x80), ('no analog', 0xc0)):
        r.full(name, available(0xf0), units=(flags, 1, 0))
    for lin in (0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12, 0x70, 0x7f):
        r.full('linearization %d' % lin, available(30), lin=lin, m=7, exponents=(-1, 0))
    r.full('B and exponents', available(30), b=-5, m=-300, exponents=(-3, 2))
    r.full('large', available(255), m=511, exponents=(7, 0))
    r.full('small', available(3), exponents=(-6, 0))
    r.full('percent', available(30), units=(1, 0, 0))
    for rate in range(1, 8):
        r.full('rate %d' % rate, available(30), units=(rate << 3, 6, 0))
    for modifier in range(1, 4):
        r.full('modifier %d' % modifier, available(30), units=(modifier << 1, 6, 20))
    for unit in (0, 2, 3, 4, 5, 6, 7, 8, 17, 18, 19, 20, 30, 40, 60, 77, 85, 88, 92, 200):
        r.full('unit %d' % unit, available(30), units=(0, unit, 0))
    compare('numbers and units', r)


def test_non_linear():
    """Factors that hold for one reading each (IPMI 2.0 §35.5); FreeIPMI does not ask for them."""
    r = Records()
    r.full('square', available(30), lin=0x70)
    r.full('linear', available(30))

    def factors(data):
        return OK + bytes([31, data[1], 0, 7, 0, 0, 0]) if data[0] == 1 else NOT_PRESENT
    with r.bmc(extra={(SENSOR, 0x23): factors}) as server:
        answers = ask(server)
        check('a non-linear sensor: its factors are asked for the reading', values(answers) == {'square': 30 * 30 + 7, 'linear': 30} and
              [a[3] for a in server.asked if a[:3] == (SENSOR, 0, 0x23)] == [bytes([1, 30])], answers['sensors'])
    with r.bmc(extra={(SENSOR, 0x23): b'\xc1'}) as server:
        check('a BMC that does not tell them: no value, and nothing else is lost', values(ask(server)) == {'square': None, 'linear': 30})


def test_readings():
    r = Records()
    for name, reading in (('not available', UNAVAILABLE), ('not scanned', NOT_SCANNED), ('not there', None),
                          ('one byte of events', OK + bytes([32, 0xc0, 1])), ('all bits', available(90, 0xffff))):
        r.full(name, reading)
        r.compact('state ' + name, reading, 0x0d)
    for caps in (0x50, 0x54, 0x58, 0x5c):
        for mask in (0, 0x3f, 0x1b, 0x3f00):
            r.thresholds[(0, r.last)] = OK + bytes([0x1b, 30, 20, 10, 91, 96, 101])
            r.full('limits %x %x' % (caps, mask), available(90, 0x08), caps=caps, mask=mask, limits=(100, 95, 90, 1, 2, 3),
                   hysteresis=(2, 0xff))
    r.thresholds[(0, r.last)] = OK + bytes([0x3f, 0xec, 0xe7, 0xe2, 80, 90, 100])
    r.full('limits below zero', available(0xf6), units=(0x80, 1, 0), caps=0x54, mask=0x3f, limits=(100, 90, 80, 0xe2, 0xe7, 0xec))
    answers = compare('readings and limits', r)
    check('nothing is asked twice', answers['requests'] < 8 + 2 * len(r.sdr) + len(r.thresholds) + 12, answers['requests'])


def test_states():
    r = Records()
    for kind in list(range(0x05, 0x2d)) + [0x30, 0xc0, 0xff]:
        if kind not in (0x11, 0x23):    # words with a comma
            r.compact('kind %02x' % kind, available(0, 0x0041), kind)
    for event in range(2, 14):
        r.compact('event type %02x' % event, available(0, 3), 0x0b, event)
    r.compact('none set', available(0, 0), 8)
    r.full('discrete, full', available(0, 0x8001), kind=8, event=0x6f, units=(0xc0, 0, 0))
    r.full('discrete with a number', available(30, 2), kind=8, event=0x6f)
    r.full('OEM with a number', available(44, 0x0102), event=0x7f)
    r.full('OEM sensor type', available(33), kind=0xc5)
    r.full('reserved event type', available(33, 1), event=0x20)
    compare('states', r)


def test_names():
    r = Records()
    for entity in ((7, 1), (7, 1), (8, 1), (3, 1), (3, 2), (3, 0x60), (3, 0x80), (0xd0, 3), (0, 0), (0x37, 1), (0x40, 1), (0x41, 1),
                   (0x90, 0x61), (0xb0, 0x7f)):
        r.full('Temp', available(10), entity=entity)
    for name in ('', '  Space  ', 'Sixteen chars 16'):
        r.full(name, available(10))
    r.full('padded', available(10), name_bytes=b'\xcaab\0\0\0\0\0\0\0\0')
    for name, more in (('Share', {}), ('Letter', {'modifier': 1}), ('Five', {'offset': 5}), ('Z', {'modifier': 1, 'offset': 30})):
        r.compact(name, available(0, 1), 0x0d, share=4, **more)
    r.sdr.append(bmc.event_only(900, 250, 'Event only', 0x12))
    r.sdr.append(bmc.record(901, 0xc0, bytes([0xa2, 2, 0]) + b'oem data'))
    r.sdr.append(bmc.record(902, 0x12, bytes([0x20, 0, 0, 0, 0, 0, 0, 7, 1, 0]) + bmc.text('Controller')))
    r.sdr.append(bmc.record(903, 8, bytes([7, 1, 0, 7, 1, 7, 2, 0, 0, 0, 0])))
    compare('names and records of other kinds', r)


# ---- the log ----

def event(kind, event_type, data, sensor=1, record=2, generator=0x20, stamp=1760000000, version=4):
    return struct.pack('<BIBBBBBB3B', record, stamp, generator, 0, version, kind, sensor, event_type, *data)


def test_log():
    bodies = [event(kind, 0x6f, data) for kind in list(range(0x2d)) + [0xc0, 0xd0, 0xff]
              for data in ((0xa0, 0x12, 0x34), (0xe1, 3, 4), (7, 255, 255))]
    bodies += [event(11, t, d) for t in range(14) for d in ((0, 255, 255), (0x51, 1, 0))]
    bodies += [event(1, t, (0x50 | o, 100, 90)) for o in range(12) for t in (1, 0x81)]
    bodies += [event(1, 1, (0x59, 30, 20), generator=g) for g in (0x01, 0x21, 0x33, 0x41, 0x2c, 0x81)]
    bodies += [event(1, 1, (0x59, 30, 20), stamp=s) for s in (0, 100, 0x1fffffff, 0x20000000, 0xffffffff)]
    bodies += [event(1, 1, (0x59, 30, 20), version=3), event(1, 0x70, (1, 2, 3)), event(0xc0, 0x7e, (0xa1, 2, 3))]
    stamp = struct.pack('<I', 1760000000)
    bodies += [b'\xc0' + stamp + b'\xa2\2\0abcdef', b'\xdf' + stamp + b'\x57\1\0abcdef', b'\xe0' + bytes(range(13)),
               b'\xff' + b'text in a log']
    sel = [struct.pack('<H', i + 1) + body for i, body in enumerate(bodies)]
    r = Records()
    r.full('Inlet', available(20))
    for maker, manufacturer, product in (('Dell', 674, 256), ('Intel', 343, 111), ('Supermicro', 10876, 1), ('Inspur', 37945, 1)):
        with r.bmc(sel=sel, manufacturer=manufacturer, product=product) as server:
            mine = {e['id']: e for e in ask(server)['sel']}
            lines = freeipmi(server, 'ipmi-sel', '--comma-separated-output', '--interpret-oem-data').splitlines()[1:]
        rows = [line.split(',', 5) for line in lines]
        bad = [(row, mine.get(int(row[0]))) for row in rows
               if (mine.get(int(row[0])) or {'text': None})['text'] != row[5] or (mine[int(row[0])]['sensor'] or 'N/A') != row[3]]
        check('%s: %d log entries as ipmi-sel decodes them' % (maker, len(rows)), len(rows) == len(sel) and not bad, bad[:5])


# ---- FRU ----

FIELDS = {'Chassis Type': 'chassis_type', 'Chassis Part Number': 'chassis_part', 'Chassis Serial Number': 'chassis_serial',
          'Board Manufacturer': 'board_manufacturer', 'Board Product Name': 'board_product',
          'Board Serial Number': 'board_serial', 'Board Part Number': 'board_part',
          'Product Manufacturer Name': 'product_manufacturer', 'Product Name': 'product_name',
          'Product Part/Model Number': 'product_part', 'Product Version': 'product_version',
          'Product Serial Number': 'product_serial', 'Product Asset Tag': 'asset_tag'}


def field(data, kind=3):
    return bytes([kind << 6 | len(data)]) + data


def six_bit(text):
    bits = sum((ord(c) - 32) << 6 * i for i, c in enumerate(text))
    return field(bits.to_bytes((6 * len(text) + 7) // 8, 'little'), 2)


def area(head, fields, wrong=0, version=1):
    body = bytes([version, 0]) + head + b''.join(fields) + b'\xc1'
    body += b'\0' * (-(len(body) + 1) % 8)
    body = body[:1] + bytes([(len(body) + 1) // 8]) + body[2:]
    return body + bytes([-sum(body) + wrong & 0xff])


def store(*areas, wrong=0):
    """Internal, chassis, board, product and multi-record area; None: there is none."""
    offsets, out = [], b''
    for one in areas + (None,) * (5 - len(areas)):
        offsets.append(1 + len(out) // 8 if one else 0)
        out += (one or b'') + b'\0' * (-len(one or b'') % 8)
    head = bytes([1, *offsets, 0])
    return head + bytes([-sum(head) + wrong & 0xff]) + out


def multi(kind, data, last=False, wrong=0):
    head = bytes([kind, 0x82 if last else 2, len(data), -sum(data) + wrong & 0xff])
    return head + bytes([-sum(head) & 0xff]) + data


def stores():
    texts = [field(t) for t in (b'Maker', b'Board', b'S1', b'P1', b'file')]
    made, head = (12345678).to_bytes(3, 'little'), bytes([25])
    chassis = area(bytes([23]), [field(b'CP'), field(b'CS'), field(b'custom 1'), field(b'custom 2')])
    board, product = area(head + made, texts), area(head, [field(b'P%d' % i) for i in range(7)])
    supply = struct.pack('<HHBBHHHHBBBBHBHB', 800, 0xffff, 30, 5, 9000, 26400, 0, 0, 47, 63, 10, 0x1f, 800, 0, 0, 0)
    return {
        'plain': store(None, chassis, board, product),
        'six bit': store(None, None, area(head + made, [six_bit(t) for t in ('MAKER', 'BOARD-12', 'SERI', 'PART')] + [b'\xc0'])),
        'digits': store(None, None, None, area(head, [field(b'Maker'), field(b'Name'), field(b'\x12\x34', 1)] + [b'\xc0'] * 4)),
        'bytes': store(None, None, area(head + made, [field(b'\1\2\xff', 0), field(b'ab', 0), b'\0', field(b'P'), b'\xc0'])),
        'many': store(None, chassis, area(head + made, texts + [field(b'x1'), b'\xc0', field(b'x3')]),
                      area(head, [field(b'P%d' % i) for i in range(7)] + [field(b'y1'), field(b'y2')])),
        'wrong board': store(None, chassis, area(head + made, texts, wrong=1), product),
        'wrong chassis': store(None, area(bytes([3]), texts[:2], wrong=1), board, product),
        'wrong product': store(None, chassis, board, area(head, texts, wrong=1)),
        'wrong header': store(None, chassis, board, wrong=1),
        'cut': store(None, chassis, board, product)[:50],
        'zeros': bytes(128), 'ones': b'\xff' * 128, 'three bytes': b'\1\0\0',
        'other version': store(None, chassis, area(head + made, texts, version=2), product),
        'few fields': store(None, None, area(head + made, texts[:1]), area(head, texts[:2])),
        'no date': store(None, None, area(head + b'\0\0\0', texts)),
        'internal': store(b'\1' + b'i' * 15, chassis, board),
        'supply': store(None, None, board, None, multi(0, supply, last=True)),
        'wrong record': store(None, None, board, None, multi(0xc0, b'abc', last=True, wrong=1)),
    }


def locators(frus):
    return [bmc.fru_locator(i + 1, i, name) for i, name in enumerate(frus)]


def of_ipmi_fru(text):
    found, problems = {}, set()
    for name, body in re.findall(r'FRU Inventory Device: (.*) \(ID [0-9A-F]+h\)\n((?:\n|  .*\n)*)', text + '\n'):
        found[name] = {}
        for key, value in re.findall(r'  FRU (.*?): (.*)', body):
            if key in FIELDS:
                found[name][FIELDS[key]] = value
            elif 'Custom' in key:
                found[name].setdefault('custom', []).append(value)
            elif key == 'Error':
                problems.add(name)
    return found, problems


def test_fru():
    frus = stores()
    with ScriptedBmc(locators(frus), frus=dict(enumerate(frus.values())), read_max=32) as server:
        mine = {f['name']: f for f in ask(server, '--fru')['frus']}
        theirs, problems = of_ipmi_fru(freeipmi(server, 'ipmi-fru'))
    bad = [(name, key, theirs[name].get(key), mine[name][key]) for name in theirs for key in FIELDS.values()
           if (theirs[name].get(key) or None) != mine[name][key] and not theirs[name].get(key, '').startswith("Error '")]
    bad += [(name, theirs[name]['custom'], mine[name]['custom']) for name in theirs
            if theirs[name].get('custom', []) != mine[name]['custom']]
    check('%d FRU devices, field by field as ipmi-fru has them' % len(theirs), set(theirs) == set(frus) and not bad, bad or theirs)
    check('what is broken there is broken here', problems and problems <= {n for n, f in mine.items() if f['problem']},
          (problems, {n: f['problem'] for n, f in mine.items()}))
    check('a date that is not given is none', mine['no date']['board_made'] == 0 and mine['plain']['board_made'] > 0, mine['no date'])
    check('the capacity of a supply', mine['supply']['capacity'] == 800, mine['supply'])


def test_fru_texts():
    """Where libfreeipmi has an error instead of a text."""
    made = b'\0\0\0'
    frus = {
        'spaces': store(None, None, area(bytes([25]) + made, [field(b'\x12\xa3\xb4\xc5', 1)])),
        'Unicode': store(None, None, area(bytes([21]) + made, [field('浪潮信息'.encode('utf-16-le'))])),
        'ASCII': store(None, None, area(bytes([21]) + made, [field(b'Maker')])),
        'UTF-8': store(None, None, area(bytes([21]) + made, [field('浪潮'.encode())])),
        'GBK': store(None, None, area(bytes([25]) + made, [field('浪潮信息'.encode('gbk'))])),
    }
    with ScriptedBmc(locators(frus), frus=dict(enumerate(frus.values()))) as server:
        mine = {f['name']: f['board_manufacturer'] for f in ask(server, '--fru')['frus']}
    check('BCD plus, Unicode and what makers write instead', mine == {
        'spaces': '12 3-4.5', 'Unicode': '浪潮信息', 'ASCII': 'Maker', 'UTF-8': '浪潮', 'GBK': '浪潮信息'}, mine)


# ---- LUNs, bridges ----

def values(answers):
    return {s['name']: s['value'] for s in answers['sensors']}


def test_elsewhere():
    r = Records()
    for lun in range(1, 4):
        r.thresholds[(lun, r.last)] = OK + bytes([0x10, 0, 0, 0, 0, 90, 0])
        r.full('LUN %d' % lun, available(60 + lun), lun=lun, caps=0x54)
    r.full('own', available(20))
    r.full('silent', None, owner=0x2c)
    r.full('behind', None, owner=0xc0)
    r.full('software', None, owner=0x41)
    behind = {(0, 0xc0): {(0, 6): available(78)}, (0, 0x2c): {(0, 5): available(77)}}
    with r.bmc(behind=behind) as server:
        answers = ask(server)
        check('sensors behind other LUNs are read', values(answers) == {
            'LUN 1': 61, 'LUN 2': 62, 'LUN 3': 63, 'own': 20, 'silent': None, 'behind': None, 'software': None}, answers['sensors'])
        check('and their limits', [s['upper_c'] for s in answers['sensors'][:3]] == [90] * 3, answers['sensors'])
        check('other controllers are not asked unless that is allowed', not any(a[:3] == (APP, 0, 0x34) for a in server.asked))
        answers = ask(server, '--workaround', 'bridgesensors')
        check('where it is, they are', values(answers)['behind'] == 78 and values(answers)['silent'] == 77, answers['sensors'])
    behind[(0, 0x2c)] = {(0, 5): None}
    with r.bmc(behind=behind, sel=[struct.pack('<H', 1) + event(1, 1, (0x59, 30, 20))]) as server:
        answers = ask(server, '--workaround', 'bridgesensors')
        check('one that is silent costs its time-out, and neither the BMC nor the log', answers['state'] == 'up' and
              values(answers)['LUN 3'] == 63 and len(answers['sel']) == 1 and answers['duration_ms'] < 5000 and
              any('2Ch' in n for n in answers['notes']), answers)


# ---- what a BMC may offer ----

def test_offers():
    r = Records()
    r.full('Temp', available(20))
    tag = b'RACK-A03-U17-NODE-4'
    power = OK + b'\xdc' + struct.pack('<HHHHIIB', 321, 100, 400, 300, 4, 5, 0x40)
    dcmi = {(GROUP, 2): power, (GROUP, 6): lambda d: OK + bytes([0xdc, len(tag)]) + tag[d[1]:d[1] + d[2]]}
    with r.bmc(extra=dcmi) as server:
        answers = ask(server, '--fru')
        check('DCMI: power and asset tag', answers['dcmi_power_w'] == 321 and answers['asset_tag'] == tag.decode(), answers)
    dcmi[(GROUP, 2)] = power[:-1] + b'\0'
    with r.bmc(extra=dcmi) as server:
        check('DCMI: a measurement that is not active is none', ask(server)['dcmi_power_w'] is None)
    with r.bmc() as server:
        answers = ask(server)
        check('no DCMI is no error', answers['reason'] == 'none' and answers['dcmi_power_w'] is None, answers)
    with r.bmc(device_sdr=True, read_max=20) as server:
        check("a device's own SDR, in small pieces", values(ask(server)) == {'Temp': 20})
    try:
        server = r.bmc(family=socket.AF_INET6)
    except OSError:
        print('# no IPv6 on this host')
        return
    with server:
        answers = ask(server)
        check('a BMC with an IPv6 address', answers['state'] == 'up' and values(answers) == {'Temp': 20}, answers)


def test_refusals():
    r = Records()
    r.full('Temp', available(20))
    with r.bmc(sessions=0) as server:
        answers = ask(server)
        check('no session left', answers['state'] == 'down' and answers['reason'] == 'no_sessions', answers)
    with r.bmc(extra={(APP, 0x3b): b'\x81'}) as server:
        answers = ask(server)
        check('the user may not have this level', answers['state'] == 'down' and answers['reason'] == 'privilege', answers)
    for what, command in (('sensors', (SENSOR, 0x2d)), ('its SDR', (STORAGE, 0x23)), ('its log', (STORAGE, 0x40))):
        with r.bmc(extra={command: PRIVILEGE}) as server:
            answers = ask(server)
            check('it refuses to tell %s: up, partial, and why' % what, answers['state'] == 'up' and answers['partial'] and
                  answers['reason'] == 'privilege' and not server.sessions, answers)
    with r.bmc(extra={(GROUP, 2): PRIVILEGE}) as server:
        check('it refuses DCMI: nothing is missing', ask(server)['reason'] == 'none')


def test_slow():
    r = Records()
    for i in range(40):
        r.full('Temp %d' % i, available(20))
    with r.bmc(delay=lambda replies: 0.4 if replies > 12 else 0) as server:
        begun = time.monotonic()
        answers = ask(server, '--budget', '2000')
        took = time.monotonic() - begun
        check('no command is begun that cannot end in time', answers['reason'] == 'budget' and
              answers['duration_ms'] < 2000 and not server.sessions, (took, answers, server.sessions))


def main():
    test_numbers()
    test_non_linear()
    test_readings()
    test_states()
    test_names()
    test_log()
    test_fru()
    test_fru_texts()
    test_elsewhere()
    test_offers()
    test_refusals()
    test_slow()
    print('1..%d' % COUNT)


main()
