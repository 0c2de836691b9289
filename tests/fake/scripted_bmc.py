"""A BMC of plain Python that says what it is told to: sensors without a reading, records of every
kind, other LUNs, controllers behind a bridge, DCMI, replies that come late or never. IPMI 1.5 with
MD5, in a thread of the test; ipmi_sim serves RMCP+ and what is ordinary."""
import hashlib
import socket
import struct
import threading
import time

import bmc

APP, CHASSIS, SENSOR, STORAGE, GROUP = 0x06, 0x00, 0x04, 0x0a, 0x2c
OK, INVALID_COMMAND, NOT_PRESENT, RESERVATION, PRIVILEGE = b'\0', b'\xc1', b'\xcb', b'\xc5', b'\xd4'


def checksum(data):
    return bytes([-sum(data) & 0xff])


def available(value, events=0, flags=0xc0):
    """A reply of Get Sensor Reading: scanning and events are on."""
    return OK + bytes([value, flags]) + struct.pack('<H', events)


UNAVAILABLE, NOT_SCANNED = available(0, flags=0xe0), available(0, flags=0x80)


class ScriptedBmc:
    """sdr: records; readings: {(lun, number): reply}; behind: {(channel, address): {(lun, number): reply}}, reached by Send
    Message; frus: {id: bytes}; sel: entries of 16 bytes; extra: {(netfn, command): reply or function of the
    data}; delay: function of the number of replies so far, giving seconds, or None for no reply at all."""

    user, password = bmc.USER, bmc.PASSWORD
    driver = ['-D', 'LAN', '-a', 'md5']     # of FreeIPMI's tools

    def __init__(self, sdr=(), readings=None, behind=None, frus=None, sel=(), thresholds=None, extra=None, delay=None,
                 family=socket.AF_INET, device_sdr=False, read_max=None, manufacturer=0x2a2, product=0x100, sessions=4):
        self.sdr, self.sel, self.frus = list(sdr), list(sel), frus or {}
        self.readings, self.behind, self.thresholds = readings or {}, behind or {}, thresholds or {}
        self.extra, self.delay, self.device_sdr, self.read_max = extra or {}, delay, device_sdr, read_max
        self.manufacturer, self.product, self.sessions_max = manufacturer, product, sessions
        self.sessions, self.asked, self.replies = {}, [], 0
        self.socket = socket.socket(family, socket.SOCK_DGRAM)
        self.socket.bind(('::1' if family == socket.AF_INET6 else '127.0.0.1', 0))
        self.port = self.socket.getsockname()[1]
        self.host = ('[::1]:%d' if family == socket.AF_INET6 else '127.0.0.1:%d') % self.port
        self.ended = False
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.ended = True
        with socket.socket(self.socket.family, socket.SOCK_DGRAM) as s:
            s.sendto(b'', self.socket.getsockname())
        self.thread.join()
        self.socket.close()

    # ---- the wire (IPMI 2.0 §13.6, §22.13 … §22.19) ----

    def auth_code(self, session, message, sequence):
        secret = self.password.encode().ljust(16, b'\0')
        return hashlib.md5(secret + session + message + struct.pack('<I', sequence) + secret).digest()

    def serve(self):
        while True:
            packet, client = self.socket.recvfrom(1024)
            if self.ended:
                return
            answer = self.packet(packet)
            wait = self.delay(self.replies) if self.delay else 0
            if answer is None or wait is None:
                continue
            self.replies += 1
            if wait:
                time.sleep(wait)
            self.socket.sendto(answer, client)
            if self.from_behind:
                self.socket.sendto(self.wrap(packet[4], packet[9:13], self.from_behind), client)
                self.from_behind = None

    def packet(self, packet):
        kind, sequence, session = packet[4], struct.unpack('<I', packet[5:9])[0], packet[9:13]
        at = 13 + (16 if kind else 0)
        message = packet[at + 1:at + 1 + packet[at]]
        if kind and self.auth_code(session, message, sequence) != packet[13:29]:
            return None
        return self.wrap(kind, session, self.message(message, session))

    def wrap(self, kind, session, reply):
        out = bytes([kind])
        if kind:
            self.sessions.setdefault(session, 1)
            self.sessions[session] += 1
            out += struct.pack('<I', self.sessions[session]) + session + self.auth_code(session, reply, self.sessions[session])
            if self.closed == session:
                del self.sessions[session]
                self.closed = None
        else:
            out += b'\0' * 8
        return b'\x06\0\xff\x07' + out + bytes([len(reply)]) + reply

    closed, opened, from_behind = None, 0, None

    def message(self, message, session):
        net_fn, lun, command, data = message[1] >> 2, message[1] & 3, message[5], message[6:-1]
        head = bytes([message[3], (net_fn | 1) << 2 | message[4] & 3])
        body = bytes([message[0], message[4] & 0xfc | lun, command]) + self.command(net_fn, lun, command, data, session)
        return head + checksum(head) + body + checksum(body)

    # ---- commands ----

    def command(self, net_fn, lun, command, data, session):
        self.asked.append((net_fn, lun, command, bytes(data)))
        key = (net_fn, command)
        if key in self.extra:
            answer = self.extra[key]
            return answer(data) if callable(answer) else answer
        if key == (APP, 0x38):
            return OK + bytes([1, 0x04, 0x04, 0, 0, 0, 0, 0])
        if key == (APP, 0x39):
            if data[1:17].rstrip(b'\0').decode() != self.user:
                return b'\x81'
            self.opened += 1
            return OK + struct.pack('<I', 0x1000 + self.opened) + b'c' * 16
        if key == (APP, 0x3a):
            if len(self.sessions) >= self.sessions_max:
                return b'\x81'
            return OK + bytes([2]) + session + struct.pack('<I', 1) + b'\x04'
        if key == (APP, 0x3b):
            return OK + bytes([data[0]])
        if key == (APP, 0x3c):
            self.closed = session
            return OK
        if key == (APP, 0x01):
            return OK + bytes([0x20, 0x81, 3, 0x17, 0x02, 0xdf]) + struct.pack('<I', self.manufacturer)[:3] + \
                struct.pack('<H', self.product) + b'\0' * 4
        if key == (APP, 0x37):
            return OK + b'G' * 16
        if key == (APP, 0x34):
            return self.bridge(data)
        if key == (CHASSIS, 0x01):
            return OK + bytes([0x21, 0, 0, 0])
        if net_fn == SENSOR and command == 0x2d:
            return self.readings.get((lun, data[0]), NOT_PRESENT)
        if net_fn == SENSOR and command == 0x27:
            return self.thresholds.get((lun, data[0]), NOT_PRESENT)
        if net_fn in (STORAGE, SENSOR):
            return self.storage(net_fn, lun, command, data)
        return INVALID_COMMAND

    def bridge(self, data):
        """The answer of the controller behind comes in a packet of its own (§6.13.2)."""
        channel, inner = data[0] & 0x0f, data[1:]
        readings = self.behind.get((channel, inner[0]))
        if readings is None:
            return b'\x83'
        lun, command, body = inner[1] & 3, inner[5], inner[6:-1]
        answer = readings.get((lun, body[0]), NOT_PRESENT) if command == 0x2d else INVALID_COMMAND
        if answer is not None:
            head = bytes([inner[3], (inner[1] >> 2 | 1) << 2 | inner[4] & 3])
            rest = bytes([inner[0], inner[4] & 0xfc | lun, command]) + answer
            self.from_behind = head + checksum(head) + rest + checksum(rest)
        return OK

    def storage(self, net_fn, lun, command, data):
        if (net_fn, command) == ((SENSOR, 0x20) if self.device_sdr else (STORAGE, 0x20)):
            if self.device_sdr:
                return OK + bytes([len(self.sdr), 0x81]) + struct.pack('<I', 1234)
            return OK + b'\x51' + struct.pack('<HHII', len(self.sdr), 1000, 1111, 2222) + b'\x02'
        if command == 0x22 and net_fn == (SENSOR if self.device_sdr else STORAGE):
            return OK + b'\x34\x12'
        if (net_fn, command) == ((SENSOR, 0x21) if self.device_sdr else (STORAGE, 0x23)):
            return self.part_of_sdr(data)
        if (net_fn, command) == (STORAGE, 0x40):
            return OK + b'\x51' + struct.pack('<HHII', len(self.sel), 4096, 1, 0) + b'\x02'
        if (net_fn, command) == (STORAGE, 0x42):
            return OK + b'\x78\x56'
        if (net_fn, command) == (STORAGE, 0x48):
            return OK + struct.pack('<I', int(time.time()))
        if (net_fn, command) == (STORAGE, 0x43):
            return self.sel_entry(struct.unpack('<H', data[2:4])[0], data[4], data[5])
        if (net_fn, command) == (STORAGE, 0x10) and data[0] in self.frus:
            return OK + struct.pack('<HB', len(self.frus[data[0]]), 0)
        if (net_fn, command) == (STORAGE, 0x11) and data[0] in self.frus:
            at, count = struct.unpack('<HB', data[1:4])
            piece = self.frus[data[0]][at:at + min(count, self.read_max or 64)]
            return OK + bytes([len(piece)]) + piece
        return INVALID_COMMAND

    def part_of_sdr(self, data):
        wanted, offset, count = struct.unpack('<HBB', data[2:6])
        for i, record in enumerate(self.sdr):
            number = struct.unpack('<H', record[:2])[0]
            if number == wanted or (i == 0 and wanted == 0) or (i == len(self.sdr) - 1 and wanted == 0xffff):
                after = struct.unpack('<H', self.sdr[i + 1][:2])[0] if i + 1 < len(self.sdr) else 0xffff
                if self.read_max and count > self.read_max:
                    return b'\xca'
                return OK + struct.pack('<H', after) + (record[offset:] if count == 0xff else record[offset:offset + count])
        return NOT_PRESENT

    def sel_entry(self, wanted, offset, count):
        for i, entry in enumerate(self.sel):
            number = struct.unpack('<H', entry[:2])[0]
            if number == wanted or (i == 0 and wanted == 0) or (i == len(self.sel) - 1 and wanted == 0xffff):
                after = struct.unpack('<H', self.sel[i + 1][:2])[0] if i + 1 < len(self.sel) else 0xffff
                return OK + struct.pack('<H', after) + (entry[offset:] if count == 0xff else entry[offset:offset + count])
        return NOT_PRESENT
