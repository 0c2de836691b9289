"""A small SNMP agent (v1 and v2c; GET, GETNEXT, GETBULK) for simulated devices.

One thread serves all of them, each on a loopback port of its own. A value is a constant, or a
function of the demonstration's time in Unix seconds, so that a month passes in a minute.
"""
import bisect
import selectors
import socket
import threading

INTEGER, STRING, OID, IP, COUNTER, GAUGE, TICKS, COUNTER64 = 0x02, 0x04, 0x06, 0x40, 0x41, 0x42, 0x43, 0x46
NO_OBJECT, NO_INSTANCE, END = 0x80, 0x81, 0x82
GET, GETNEXT, RESPONSE, GETBULK = 0xa0, 0xa1, 0xa2, 0xa5
LARGEST = 1400  # bytes of varbinds in an answer


def length(count):
    if count < 128:
        return bytes([count])
    octets = count.to_bytes((count.bit_length() + 7) // 8, "big")
    return bytes([0x80 | len(octets)]) + octets


def tlv(tag, body):
    return bytes([tag]) + length(len(body)) + body


def integer(tag, value):
    if tag in (COUNTER, GAUGE, TICKS):
        value &= 0xffffffff
    elif tag == COUNTER64:
        value &= 0xffffffffffffffff
    return tlv(tag, value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True))


def oid_body(oid):
    out = bytearray([oid[0] * 40 + oid[1]])
    for arc in oid[2:]:
        part = [arc & 0x7f]
        while arc > 0x7f:
            arc >>= 7
            part.append(0x80 | arc & 0x7f)
        out += bytes(reversed(part))
    return bytes(out)


def encode(tag, value):
    if tag in (INTEGER, COUNTER, GAUGE, TICKS, COUNTER64):
        return integer(tag, int(value))
    if tag == OID:
        return tlv(tag, oid_body(value))
    if tag == IP:
        return tlv(tag, bytes(map(int, value.split("."))))
    return tlv(tag, value if isinstance(value, bytes) else value.encode())


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def next(self):
        tag, size = self.data[self.at], self.data[self.at + 1]
        self.at += 2
        if size & 0x80:
            octets = size & 0x7f
            size = int.from_bytes(self.data[self.at:self.at + octets], "big")
            self.at += octets
        body = self.data[self.at:self.at + size]
        if len(body) != size:
            raise ValueError("cut short")
        self.at += size
        return tag, body

    def number(self):
        return int.from_bytes(self.next()[1], "big", signed=True)

    def more(self):
        return self.at < len(self.data)


def decode_oid(body):
    oid, arc = [], 0
    for octet in body:
        arc = arc << 7 | octet & 0x7f
        if not octet & 0x80:
            oid.append(arc)
            arc = 0
    first = min(oid[0] // 40, 2)
    return (first, oid[0] - first * 40, *oid[1:])


def parse_oid(text):
    return tuple(map(int, text.strip(".").split(".")))


class Device:
    """Objects are {OID as tuple: (tag, value or function of time)}; they may be changed any time."""

    def __init__(self, name, community, objects):
        self.name, self.community, self.silent = name, community.encode(), False
        self.objects = objects
        self.sorted = sorted(objects)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.setblocking(False)
        self.port = self.socket.getsockname()[1]

    def value(self, oid, now):
        tag, value = self.objects[oid]
        return encode(tag, value(now) if callable(value) else value)

    def after(self, oid):
        at = bisect.bisect_right(self.sorted, oid)
        return self.sorted[at] if at < len(self.sorted) else None

    def varbind(self, oid, now, step):
        found = self.after(oid) if step else oid if oid in self.objects else None
        body = self.value(found, now) if found else tlv(END if step else NO_INSTANCE, b"")
        return found, tlv(0x30, encode(OID, found or oid) + body)

    def bulk(self, oids, once, times, now):
        out, size = [], 0
        for oid in oids[:once]:
            out.append(self.varbind(oid, now, True)[1])
        row = list(oids[once:])
        for _ in range(times if row else 0):
            ended = True
            for column, oid in enumerate(row):
                found, item = self.varbind(oid, now, True)
                size += len(item)
                if size > LARGEST:
                    return out
                out.append(item)
                if found:
                    row[column], ended = found, False
            if ended:
                break
        return out

    def answer(self, data, now):
        message = Reader(Reader(data).next()[1])
        version, community = message.number(), message.next()[1]
        if community != self.community or self.silent or version not in (0, 1):
            return None
        kind, body = message.next()
        pdu = Reader(body)
        request, first, second = pdu.number(), pdu.number(), pdu.number()
        binds = Reader(pdu.next()[1])
        oids = []
        while binds.more():
            oids.append(decode_oid(Reader(binds.next()[1]).next()[1]))
        if kind == GETBULK:
            out = self.bulk(oids, max(first, 0), max(second, 0), now)
        elif kind in (GET, GETNEXT):
            out = [self.varbind(oid, now, kind == GETNEXT)[1] for oid in oids]
        else:
            return None
        pdu = integer(INTEGER, request) + integer(INTEGER, 0) * 2 + tlv(0x30, b"".join(out))
        return tlv(0x30, integer(INTEGER, version) + tlv(STRING, community) + tlv(RESPONSE, pdu))


class Agents:
    """Serves devices until stop(). `clock` is called for the time of each answer."""

    def __init__(self, devices, clock):
        self.clock, self.selector = clock, selectors.DefaultSelector()
        self.wake, far = socket.socketpair()
        self.selector.register(far, selectors.EVENT_READ, None)
        for device in devices:
            self.selector.register(device.socket, selectors.EVENT_READ, device)
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        while True:
            for key, _ in self.selector.select():
                if key.data is None:
                    return
                try:
                    data, peer = key.fileobj.recvfrom(65535)
                    reply = key.data.answer(data, self.clock())
                    if reply:
                        key.fileobj.sendto(reply, peer)
                except (OSError, ValueError, IndexError):
                    continue  # whatever that was, it was no request

    def stop(self):
        self.wake.close()
        self.thread.join(5)
