"""Baseboard management controllers: a server's sensors as .emu for OpenIPMI's ipmi_sim.

Sensor records are built here from tables (IPMI 2.0, 43.1 and 43.3); the readings are files that
ipmi_sim looks at ten times a second.
"""
import os
import signal
import socket
import subprocess
import time

USER, PASSWORD = "rounds", "tour-of-the-room"
# get channel authentication capabilities (IPMI 2.0, 22.13) in an RMCP packet without session
PING = bytes.fromhex("0600ff07000000000000000000092018c88100388e04b5")

LAN = """name "{name}"
set_working_mc 0x20
  startlan 1
    addr 127.0.0.1 {port}
    priv_limit admin
    allowed_auths_callback none md2 md5 straight
    allowed_auths_user none md2 md5 straight
    allowed_auths_operator none md2 md5 straight
    allowed_auths_admin none md2 md5 straight
    guid a123456789abcdefa123456789abcdef
  endlan
  chassis_control "{folder}/chassis 0x20"
  user 1 true "" "none" user 10 none md2 md5 straight
  user 2 true "{user}" "{password}" admin 10 none md2 md5 straight
"""
CHASSIS = """#!/bin/sh
# the power is on, whatever is asked
shift; op=$1; shift
[ "$op" = get ] && for p; do case $p in power) echo power:1;; boot) echo boot:none;; *) echo "$p:0";; esac; done
exit 0
"""

# name: type, entity, instance, unit, multiplier, exponent of ten, upper (non-critical, critical), lower
TEMPERATURE, VOLTAGE, FAN, POWER_SUPPLY, PROCESSOR = 0x01, 0x02, 0x04, 0x08, 0x07
DEGREES, VOLTS, AMPERES, WATTS, RPM = 0x01, 0x04, 0x05, 0x06, 0x12
SYSTEM_BOARD, CPU, POWER_UNIT, COOLING, AMBIENT = 0x07, 0x03, 0x0a, 0x1d, 0x37
ANALOG = [
    ("Inlet Temp", TEMPERATURE, AMBIENT, 1, DEGREES, 1, 0, (38, 42), (5, 3)),
    ("CPU1 Temp", TEMPERATURE, CPU, 1, DEGREES, 1, 0, (85, 95), (None, None)),
    ("CPU2 Temp", TEMPERATURE, CPU, 2, DEGREES, 1, 0, (85, 95), (None, None)),
    ("Fan1 RPM", FAN, COOLING, 1, RPM, 100, 0, (None, None), (12, 8)),
    ("Fan2 RPM", FAN, COOLING, 2, RPM, 100, 0, (None, None), (12, 8)),
    ("Fan3 RPM", FAN, COOLING, 3, RPM, 100, 0, (None, None), (12, 8)),
    ("Fan4 RPM", FAN, COOLING, 4, RPM, 100, 0, (None, None), (12, 8)),
    ("12V", VOLTAGE, SYSTEM_BOARD, 1, VOLTS, 6, -2, (210, 215), (190, 185)),
    ("PSU1 Input Power", 0x0b, POWER_UNIT, 1, WATTS, 4, 0, (None, None), (None, None)),
    ("PSU2 Input Power", 0x0b, POWER_UNIT, 2, WATTS, 4, 0, (None, None), (None, None)),
]
# name, type, entity, instance: sensor-specific states (table 42-3), as bits
DISCRETE = [
    ("PSU1 Status", POWER_SUPPLY, POWER_UNIT, 1),
    ("PSU2 Status", POWER_SUPPLY, POWER_UNIT, 2),
    ("CPU1 Status", PROCESSOR, CPU, 1),
]
EVENTS = " ".join(["000000011111111"] * 4)  # may be asserted, deasserted; are enabled
PSU_GOOD, PSU_FAILED, CPU_GOOD = 0x01, 0x03, 0x80  # presence; presence and failure; presence


def words(octets):
    return " ".join(f"0x{octet:02x}" for octet in octets)


def sdr(record, kind, body, name):
    body = bytes(body) + bytes([0xc0 | len(name)]) + name.encode()
    return words(bytes([record & 0xff, record >> 8, 0x51, kind, len(body)]) + body)


def mask(thresholds):
    """Bits of those that are there: lower non-critical, critical, non-recoverable, then upper."""
    return sum(1 << bit for bit, value in enumerate(thresholds) if value is not None)


def analog_sdr(record, number, row):
    name, kind, entity, instance, unit, factor, exponent, upper, lower = row
    limits = [lower[0], lower[1], None, upper[0], upper[1], None]
    octets = [0 if value is None else value for value in limits]
    body = [0x20, 0, number, entity, instance, 0x7f, 0x68, kind, 0x01,
            0x00, 0x00, 0x00, 0x00, mask(limits), 0x00,  # readable thresholds
            0x00, unit, 0x00, 0x00, factor, 0x00, 0x00, 0x00, 0x00, (exponent & 0xf) << 4,
            0x00, 0x00, 0x00, 0x00, 0xff, 0x00,
            octets[5], octets[4], octets[3], octets[2], octets[1], octets[0],
            0x01, 0x01, 0x00, 0x00, 0x00]
    return sdr(record, 0x01, body, name), limits, octets


def discrete_sdr(record, number, row):
    name, kind, entity, instance = row
    body = [0x20, 0, number, entity, instance, 0x67, 0xc0, kind, 0x6f,
            0x00, 0x00, 0x00, 0x00, 0xff, 0x00, 0xc0, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00,
            0x00, 0x00]
    return sdr(record, 0x02, body, name)


def fru(manufacturer, product, serial):
    """Board and product area (Platform Management FRU, sections 11 and 12)."""
    def area(head, *texts):
        body = bytes(head) + b"".join(bytes([0xc0 | len(t)]) + t.encode() for t in texts) + b"\xc1"
        total = (len(body) + 3 + 7) // 8 * 8
        body = bytes([0x01, total // 8]) + body + bytes(total - len(body) - 3)
        return body + bytes([-sum(body) & 0xff])

    board = area([0x19, 0, 0, 0], manufacturer, product + " board", serial + "B", "RV-0001", "")
    goods = area([0x19], manufacturer, product, "RV-0002", "01", serial, "", "")
    header = bytes([0x01, 0, 0, 1, 1 + len(board) // 8, 0, 0])
    data = header + bytes([-sum(header) & 0xff]) + board + goods
    return data + bytes(256 - len(data))


class Bmc:
    """One ipmi_sim. Readings are set by sensor name; `set` is seen within a fifth of a second."""

    def __init__(self, folder, product, serial, readings):
        self.folder, self.process = folder, None
        os.makedirs(os.path.join(folder, "state"))
        self.product, self.serial = product, serial
        for name, value in readings.items():
            self.set(name, value)
        with open(os.path.join(folder, "bmc.emu"), "w", encoding="utf-8") as file:
            file.write("\n".join(self.emu()) + "\n")
        with open(os.path.join(folder, "chassis"), "w", encoding="utf-8") as file:
            file.write(CHASSIS)
        os.chmod(os.path.join(folder, "chassis"), 0o755)
        try:
            self.port = self.start()
        except BaseException:  # Ctrl-C while it starts
            self.stop()
            raise

    def path(self, name):
        return os.path.join(self.folder, name.replace(" ", "-"))

    def set(self, name, raw):
        with open(self.path(name) + ".new", "w", encoding="utf-8") as file:
            file.write(f"{int(raw)}\n")
        os.rename(self.path(name) + ".new", self.path(name))

    def emu(self):
        yield "mc_setbmc 0x20"
        yield "mc_add 0x20 0x20 no-device-sdrs 0x01 0x05 0x10 0xdf 0x1234 0x0100 dynsens"
        yield "sel_enable 0x20 200 0x0a"
        yield "mc_add_fru_data 0x20 0 256 data " + words(fru("Example Servers", self.product, self.serial))
        record = 1
        for row in ANALOG:
            text, limits, octets = analog_sdr(record, record, row)
            yield (f"sensor_add 0x20 0 {record} {row[1]:#x} 0x01 poll 100 file \"{self.path(row[0])}\"")
            yield f"main_sdr_add 0x20 {text}"
            enabled = "".join("0" if value is None else "1" for value in reversed(limits))
            yield (f"sensor_set_threshold 0x20 0 {record} readable {enabled} " +
                   words(reversed(octets)))
            yield f"sensor_set_event_support 0x20 0 {record} enable scanning per-state {EVENTS}"
            record += 1
        for row in DISCRETE:
            yield (f"sensor_add 0x20 0 {record} {row[1]:#x} 0x6f poll 100 file \"{self.path(row[0])}\"")
            yield f"main_sdr_add 0x20 {discrete_sdr(record, record, row)}"
            yield f"sensor_set_event_support 0x20 0 {record} enable scanning per-state {EVENTS}"
            record += 1
        yield "mc_enable 0x20"

    def start(self):
        for _ in range(5):  # another program may take the port between our look and ipmi_sim's
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
                probe.bind(("127.0.0.1", 0))
                port = probe.getsockname()[1]
            with open(os.path.join(self.folder, "lan.conf"), "w", encoding="utf-8") as file:
                file.write(LAN.format(name=self.serial, port=port, folder=self.folder, user=USER, password=PASSWORD))
            with open(os.path.join(self.folder, "log"), "w", encoding="utf-8") as log:
                self.process = subprocess.Popen(
                    ["ipmi_sim", "-c", "lan.conf", "-f", "bmc.emu", "-n", "-s", os.path.join(self.folder, "state")],
                    cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
            if self.answers(port):
                return port
            self.stop()
        raise RuntimeError(f"ipmi_sim does not start; see {self.folder}/log")

    def answers(self, port):
        end = time.monotonic() + 15
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
            asker.settimeout(0.3)
            while time.monotonic() < end and self.process.poll() is None:
                try:
                    asker.sendto(PING, ("127.0.0.1", port))
                    asker.recv(512)
                    return True
                except OSError:
                    time.sleep(0.05)
        return False

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(3)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
