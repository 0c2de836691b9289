"""A simulated BMC for tests: a small server of our own, or any .emu file, served by OpenIPMI's
ipmi_sim on a free loopback port. Needs FreeIPMI's workaround opensesspriv for RMCP+."""
import os
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import time

USER, PASSWORD = 'rounds', 'secret-1'
LAN = '''name "test"
set_working_mc 0x20
  startlan 1
    addr 127.0.0.1 %(port)d
    priv_limit admin
    allowed_auths_callback none md2 md5 straight
    allowed_auths_user none md2 md5 straight
    allowed_auths_operator none md2 md5 straight
    allowed_auths_admin none md2 md5 straight
    guid a123456789abcdefa123456789abcdef
  %(kg)s
  endlan
  %(chassis)s
  user 1 true  ""        "test" user     10       none md2 md5 straight
  user 2 true  "rounds" "secret-1" admin    10       none md2 md5 straight
  user 3 true  "guest" "secret-2" user    10       none md2 md5 straight
'''
CHASSIS = '''#!/bin/sh
shift; op=$1; shift
[ "$op" = get ] && for p; do case $p in power) echo power:%d;; boot) echo boot:none;; *) echo "$p:0";; esac; done
exit 0
'''
CAPABILITIES = bytes.fromhex('0600ff07000000000000000000092018c88100388e04b5')


def available():
    return shutil.which('ipmi_sim') is not None


# ---- a server of our own ----

def record(number, kind, body):
    return struct.pack('<HBBB', number, 0x51, kind, len(body)) + body


def text(name):
    return bytes([0xc0 | len(name)]) + name.encode()


def full(number, sensor, name, kind, unit, m, entity=(7, 1), b_exp=0, r_exp=0, thresholds=None, hysteresis=(0, 0)):
    """A linear threshold sensor; thresholds: lnc lc lnr unc uc unr, None where there is none."""
    limits = thresholds or [None] * 6
    mask = sum(1 << i for i, limit in enumerate(limits) if limit is not None)
    lnc, lc, lnr, unc, uc, unr = [limit or 0 for limit in limits]
    body = bytes([0x20, 0, sensor, entity[0], entity[1], 0x7f, 0x54 if mask else 0x40, kind, 1,
                  0, 0, 0, 0, mask, 0, 0, unit, 0, 0, m & 0xff, (m >> 8 & 3) << 6, 0, 0, 0,
                  (r_exp & 15) << 4 | b_exp & 15, 0, 0, 0, 0, 0xff, 0, unr, uc, unc, lnr, lc, lnc,
                  hysteresis[0], hysteresis[1], 0, 0, 0]) + text(name)
    return record(number, 1, body)


def compact(number, sensor, name, kind, event_type, mask, entity=(7, 1), share=1, owner=0x20):
    body = bytes([owner, 0, sensor, entity[0], entity[1], 0x67, 0x40, kind, event_type,
                  mask & 0xff, mask >> 8, 0, 0, mask & 0xff, mask >> 8, 0xc0, 0, 0, share, 0x80 if share > 1 else 0,
                  0, 0, 0, 0, 0, 0]) + text(name)
    return record(number, 2, body)


def event_only(number, sensor, name, kind):
    return record(number, 3, bytes([0x20, 0, sensor, 7, 1, kind, 0x6f, 1, 0, 0, 0]) + text(name))


def fru_locator(number, device, name, entity=(7, 1)):
    return record(number, 0x11, bytes([0x20, device, 0x80, 0, 0, 0x10, 0, entity[0], entity[1], 0]) + text(name))


def area(fields, head):
    body = bytes([1, 0]) + head + b''.join(text(f) if f else b'\xc0' for f in fields) + b'\xc1'
    body += b'\0' * (-(len(body) + 1) % 8)
    body = body[:1] + bytes([(len(body) + 1) // 8]) + body[2:]
    return body + bytes([-sum(body) & 0xff])


def fru(board=None, product=None, broken=False):
    """board: maker, product, serial, part; product: maker, name, part, version, serial, asset tag."""
    out = b''
    offsets = [0, 0]
    if board:
        offsets[0] = 1
        out += area(list(board) + [''], bytes([25]) + (12345678).to_bytes(3, 'little'))
    if product:
        offsets[1] = 1 + len(out) // 8
        out += area(list(product) + [''], bytes([25]))
    head = bytes([1, 0, 0, offsets[0], offsets[1], 0, 0])
    sum_byte = -sum(head) & 0xff
    return head + bytes([(sum_byte + 1) & 0xff if broken else sum_byte]) + out


def lines(data):
    return ' \\\n'.join(' '.join('0x%02x' % b for b in data[i:i + 16]) for i in range(0, len(data), 16))


def small_server(extra=''):
    """The .emu text of a server with a temperature, fans, supplies, drives and two FRU devices."""
    out = ['mc_setbmc 0x20', 'mc_add 0x20 32 no-device-sdrs 0x1 3 17 0xdf 0x2a2 0x100 dynsens', 'mc_enable 0x20',
           'sel_enable 0x20 200 0x0a']
    for device, data in ((0, fru(('Maker', 'Board', 'B123456', 'P1'), ('Maker', 'Small Server', 'P2', 'A1', 'S987654', 'T42'))),
                         (1, fru(('Maker', 'Supply', 'PS55555', 'P3'))),
                         (2, fru(('Maker', 'Card', 'C77777', 'P4'), broken=True))):
        data = data.ljust(256, b'\0')
        out.append('mc_add_fru_data 0x20 0x%02x 0x%x data \\\n%s' % (device, len(data), lines(data)))
    value = 'sensor_set_value 0x20 0x0 0x%02x 0x%02x 0x0'
    support = 'sensor_set_event_support 0x20 0x0 0x%02x enable scanning per-state %s %s %s %s'
    bits = 'sensor_set_bit 0x20 0x0 0x%02x %d 1 0'

    def add(data, settings):
        out.append('sensor_add 0x20 0x0 0x%02x 0x%02x 0x%02x' % (data[7], data[12], data[13]))
        out.append('main_sdr_add 0x20 \\\n' + lines(data))
        out.extend(settings)

    none, all_bits = '0' * 15, '1' * 15
    add(full(1, 1, 'Inlet Temp', 1, 1, 1, thresholds=[5, 2, None, 40, 45, None], hysteresis=(2, 2)),
        [value % (1, 23), 'sensor_set_threshold 0x20 0x0 0x01 settable 011011 0x00 0x2d 0x28 0x00 0x02 0x05',
         support % (1, none, none, none, none)])
    add(full(2, 2, 'Fan 1', 4, 18, 60, entity=(29, 1), thresholds=[10, 5, None, None, None, None]),
        [value % (2, 70), 'sensor_set_threshold 0x20 0x0 0x02 settable 000011 0x00 0x00 0x00 0x00 0x05 0x0a',
         support % (2, none, none, none, none)])
    add(full(3, 3, '12V', 2, 4, 6, r_exp=-2), [value % (3, 201), support % (3, none, none, none, none)])
    add(compact(4, 4, 'PS1 Status', 8, 0x6f, 0x0f, entity=(10, 1)),
        [value % (4, 0), support % (4, all_bits, all_bits, none, none), bits % (4, 0)])
    add(compact(5, 5, 'PS2 Status', 8, 0x6f, 0x0f, entity=(10, 2)),
        [value % (5, 0), support % (5, all_bits, all_bits, none, none)])
    add(compact(6, 6, 'Drive 0', 0x0d, 0x6f, 0x1ff, entity=(4, 0), share=3),
        [value % (6, 0), support % (6, all_bits, all_bits, none, none), bits % (6, 0)])
    # a sibling that is there, and one (number 8) that is not
    out += ['sensor_add 0x20 0x0 0x07 0x0d 0x6f', value % (7, 0), support % (7, all_bits, all_bits, none, none),
            bits % (7, 1)]
    out.append('main_sdr_add 0x20 \\\n' + lines(compact(7, 9, 'BIOS', 0x0f, 0x6f, 7, owner=0xb1)))
    out.append('main_sdr_add 0x20 \\\n' + lines(event_only(8, 10, 'Boot Event', 0x12)))
    for number, device, name, entity in ((9, 0, 'System Board', (7, 1)), (10, 1, 'PSU 1 FRU', (10, 1)),
                                         (11, 2, 'Card FRU', (11, 1))):
        out.append('main_sdr_add 0x20 \\\n' + lines(fru_locator(number, device, name, entity)))
    return '\n'.join(out) + '\n' + extra


# ---- serving ----

def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


def silent_port():
    """A socket that hears everything and says nothing: a dead BMC."""
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind(('127.0.0.1', 0))
    return s


class Bmc:
    """Serves `emu` (text) on 127.0.0.1:`port` until stop(), or the end of a with block. `power` None:
    ipmi_sim's own answer, off, which starts no script at each question: two processes for each of many
    BMCs in one second are a load that no real BMC is to this host."""

    def __init__(self, emu, power=1, kg=None, port=None):
        self.port = port or free_port()
        self.folder = tempfile.mkdtemp(prefix='rackvitals-bmc-')
        os.mkdir(self.folder + '/state')
        values = {'port': self.port, 'folder': self.folder, 'kg': 'bmc_key "%s"' % kg if kg else '',
                  'chassis': 'chassis_control "%s/chassis 0x20"' % self.folder if power is not None else ''}
        for name, body in (('lan.conf', LAN % values), ('chassis', CHASSIS % (power or 0)), ('bmc.emu', emu)):
            with open(os.path.join(self.folder, name), 'w', encoding='utf-8') as f:
                f.write(body)
        os.chmod(self.folder + '/chassis', 0o755)
        with open(self.folder + '/log', 'w', encoding='utf-8') as log:
            self.process = subprocess.Popen(
                ['ipmi_sim', '-c', 'lan.conf', '-f', 'bmc.emu', '-n', '-s', 'state'], cwd=self.folder,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        self.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    user, password = USER, PASSWORD
    driver = ['-D', 'LAN_2_0', '-W', 'opensesspriv']    # of FreeIPMI's tools

    @property
    def host(self):
        return '127.0.0.1:%d' % self.port

    def wait(self, limit=15):
        end = time.monotonic() + limit
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.settimeout(0.1)
            while time.monotonic() < end and self.process.poll() is None:
                try:
                    s.sendto(CAPABILITIES, ('127.0.0.1', self.port))
                    s.recv(512)
                    return
                except OSError:
                    time.sleep(0.02)
        with open(self.folder + '/log', encoding='utf-8', errors='replace') as f:
            raise RuntimeError('ipmi_sim does not answer: ' + f.read()[-400:])

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(3)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def raw(self, *words):
        """One command by FreeIPMI's ipmi-raw: what an operator at another desk does meanwhile."""
        return subprocess.run(
            ['ipmi-raw', '-h', self.host, '-D', 'LAN_2_0', '-W', 'opensesspriv', '-u', USER, '-p', PASSWORD, '-l',
             'ADMIN'] + [str(w) for w in words], check=True, capture_output=True, text=True, timeout=20).stdout

    def add_sel(self, sensor, kind, event, data=(0, 0xff, 0xff)):
        entry = struct.pack('<HBIHBBBB3B', 0, 2, 0, 0x20, 4, kind, sensor, event, *data)
        self.raw(0, '0a', '44', *['%02x' % b for b in entry])

    def set_time(self, seconds):
        self.raw(0, '0a', '49', *['%02x' % b for b in struct.pack('<I', seconds)])

    def clear_sel(self):
        reservation = self.raw(0, '0a', '42').split()[-2:]
        self.raw(0, '0a', '47', *reservation, '43', '4c', '52', 'aa')

    def take_all_sessions(self, count=80):
        """Half-open sessions until the BMC has none left; they time out by themselves after a minute."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.settimeout(0.5)
            for i in range(count):
                ask = bytes([i & 0xff, 0, 0, 0]) + struct.pack('<I', 0x1000 + i)
                for payload, algorithm in ((0, 1), (1, 1), (2, 1)):
                    ask += bytes([payload, 0, 0, 8, algorithm, 0, 0, 0])
                s.sendto(bytes.fromhex('0600ff070610') + b'\0' * 8 + struct.pack('<H', len(ask)) + ask,
                         ('127.0.0.1', self.port))
                try:
                    if s.recv(512)[17] != 0:
                        return True
                except socket.timeout:
                    return True
        return False


class Relay:
    """tests/fake/udp-relay.py in front of a port."""

    def __init__(self, port, *options):
        self.process = subprocess.Popen(
            [os.path.join(os.path.dirname(os.path.abspath(__file__)), 'udp-relay.py'), '--to',
             '127.0.0.1:%d' % port] + list(options), stdout=subprocess.PIPE, text=True)
        self.host = self.process.stdout.readline().split()[1]
        self.port = int(self.host.split(':')[1])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait()
        self.process.stdout.close()

    def counts(self):
        """requests, replies, clients_at_once until now."""
        self.process.send_signal(signal.SIGUSR1)
        words = self.process.stdout.readline().split()
        return dict(zip(words[::2], map(int, words[1::2])))

    def requests_so_far(self):
        return self.counts()['requests']

    def clients_at_once(self):
        return self.counts()['clients_at_once']
