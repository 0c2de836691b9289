"""The devices of the demonstration's machine room, and what happens to them in its month.

Answers are of our own writing: what an agent of that family says, cut down to what is looked at.
`days` is the time since the month began; every value may be a function of it.
"""
import math

import bmc
from agent import COUNTER64, GAUGE, INTEGER, OID, STRING, TICKS, COUNTER, Device, parse_oid

DAY = 86400


def wave(seed, at):
    """-1 … 1: a day's rhythm, a week's, and some restlessness that is the same every time."""
    return (0.6 * math.sin(2 * math.pi * (at / DAY - 0.35)) + 0.2 * math.sin(2 * math.pi * at / (7 * DAY) + seed) +
            0.2 * math.sin(at / 5000.0 + seed * 7))


class Month:
    """When what happens, in days from its begin."""

    def __init__(self, begin):
        self.begin = begin

    def days(self, now):
        return (now - self.begin) / DAY

    def within(self, first, last):
        return lambda now: first <= self.days(now) < last


def system(objects, month, name, description, object_id, restarted=None):
    """SNMPv2-MIB::system. `restarted`: day on which it was booted, else long before the month."""
    def ticks(now):
        booted = month.begin - 50 * DAY
        if restarted is not None and month.days(now) >= restarted:
            booted = month.begin + restarted * DAY
        return int((now - booted) * 100)

    for arc, value in ((1, (STRING, description)), (2, (OID, parse_oid(object_id))), (3, (TICKS, ticks)),
                       (4, (STRING, "noc@example.com")), (5, (STRING, name)), (6, (STRING, "demonstration")),
                       (7, (INTEGER, 6))):
        objects[parse_oid(f"1.3.6.1.2.1.1.{arc}.0")] = value


def traffic(month, seed, mean_bps):
    """Octets since the month began, with the rhythm of days: the integral of mean * (1 + 0.6 sin)."""
    def octets(now):
        at = max(now - month.begin, 0)
        turns = 2 * math.pi / DAY
        phase = turns * 0.35 * DAY
        swing = 0.6 * (math.cos(phase) - math.cos(turns * at - phase)) / turns
        return int(mean_bps / 8 * (at + swing) + 1000000 * (seed + 2))
    return octets


def interfaces(objects, month, rows):
    """IF-MIB from rows (index, name, alias, Mbit/s, up, mean bit/s in, out)."""
    objects[parse_oid("1.3.6.1.2.1.2.1.0")] = (INTEGER, len(rows))
    for index, name, alias, mbps, up, mean_in, mean_out in rows:
        state = up if callable(up) else (lambda now, up=up: up)
        oper = (lambda now, state=state: 1 if state(now) else 2)
        received, sent = traffic(month, index, mean_in), traffic(month, index + 3, mean_out)
        for arc, value in {
            "2.2.1.1": (INTEGER, index), "2.2.1.2": (STRING, name), "2.2.1.3": (INTEGER, 6),
            "2.2.1.4": (INTEGER, 1500), "2.2.1.5": (GAUGE, min(mbps * 10**6, 4294967295)),
            "2.2.1.7": (INTEGER, 1), "2.2.1.8": (INTEGER, oper), "2.2.1.9": (TICKS, 100),
            "2.2.1.10": (COUNTER, received), "2.2.1.13": (COUNTER, 0), "2.2.1.14": (COUNTER, 0),
            "2.2.1.16": (COUNTER, sent), "2.2.1.19": (COUNTER, 0), "2.2.1.20": (COUNTER, 0),
            "31.1.1.1.1": (STRING, name), "31.1.1.1.6": (COUNTER64, received),
            "31.1.1.1.10": (COUNTER64, sent), "31.1.1.1.15": (GAUGE, mbps), "31.1.1.1.18": (STRING, alias),
        }.items():
            objects[parse_oid(f"1.3.6.1.2.1.{arc}.{index}")] = value


def parts(objects, rows):
    """ENTITY-MIB from rows (index, parent, class, position, name, description, model, serial, firmware)."""
    for index, parent, kind, position, name, description, model, serial, firmware in rows:
        for column, value in {2: (STRING, description), 4: (INTEGER, parent), 5: (INTEGER, kind),
                              6: (INTEGER, position), 7: (STRING, name), 8: (STRING, "01"), 9: (STRING, firmware),
                              10: (STRING, firmware), 11: (STRING, serial), 12: (STRING, "Example"),
                              13: (STRING, model), 16: (INTEGER, 1)}.items():
            objects[parse_oid(f"1.3.6.1.2.1.47.1.1.1.1.{column}.{index}")] = value


def table(objects, entry, rows):
    """Rows {index: {column: (tag, value)}} below an entry."""
    for index, columns in rows.items():
        for column, value in columns.items():
            objects[parse_oid(f"{entry}.{column}.{index}")] = value


def warm(month, seed, mean, swing):
    return lambda now: round(mean + swing * wave(seed, now - month.begin))


def huawei_switch(month, name, serial, seed, ports):
    objects = {}
    slot, fan, supply = 67108873, 67108875, 67108877
    system(objects, month, name, "S5735-L24T4X-A1\r\nHuawei Versatile Routing Platform Software\r\n"
           "VRP (R) software, Version 5.170 (S5735 V200R019C10SPC500)", "1.3.6.1.4.1.2011.2.23.763")
    interfaces(objects, month, ports)
    parts(objects, [
        (slot, 0, 3, 0, "S5735-L24T4X-A1 0", "Assembling Components", "S5735-L24T4X-A1", serial, "V200R019C10SPC500"),
        (fan, slot, 7, 1, "FAN 0/1", "Fan", "", "", ""),
        (supply, slot, 6, 2, "POWER 0/PWR1", "Power supply", "PAC60S12", serial + "P", ""),
    ])
    table(objects, "1.3.6.1.4.1.2011.5.25.31.1.1.1.1", {
        slot: {2: (INTEGER, 3), 5: (INTEGER, warm(month, seed, 14, 6)), 6: (INTEGER, 80),
               7: (INTEGER, warm(month, seed + 1, 41, 3)), 8: (INTEGER, 95),
               11: (INTEGER, warm(month, seed, 43, 3)), 12: (INTEGER, 66)},
        fan: {2: (INTEGER, 3), 11: (INTEGER, 2147483647)}, supply: {2: (INTEGER, 3), 11: (INTEGER, 2147483647)},
    })
    table(objects, "1.3.6.1.4.1.2011.5.25.31.1.1.10.1", {
        "0.1": {1: (INTEGER, 0), 2: (INTEGER, 1), 5: (INTEGER, warm(month, seed, 45, 5)), 6: (INTEGER, 1), 7: (INTEGER, 1)}})
    table(objects, "1.3.6.1.4.1.2011.5.25.31.1.1.18.1", {
        "0.1": {5: (INTEGER, 1), 6: (INTEGER, 1), 7: (INTEGER, 1450), 8: (INTEGER, 12040), 9: (STRING, "PWR1")}})
    return Device(name, "demo-ro", objects)


def cisco_switch(month, name, serial, seed, ports):
    objects = {}
    system(objects, month, name, "Cisco IOS Software, C2960X Software (C2960X-UNIVERSALK9-M), "
           "Version 15.2(7)E3, RELEASE SOFTWARE (fc3)", "1.3.6.1.4.1.9.1.1208")
    interfaces(objects, month, ports)
    parts(objects, [(1, 0, 3, -1, "Switch 1", "WS-C2960X-24TS-L", "WS-C2960X-24TS-L", serial, "15.2(7)E3")])
    hot = month.within(11.3, 13.4)  # the room's air conditioning, two days

    def inlet(now):
        return round(36 + 3 * wave(seed, now - month.begin) + (27 if hot(now) else 0))

    table(objects, "1.3.6.1.4.1.9.9.13.1.3.1", {
        1006: {2: (STRING, "SW#1, Sensor#1, GREEN"), 3: (GAUGE, inlet), 4: (INTEGER, 68),
               6: (INTEGER, lambda now: 2 if inlet(now) >= 56 else 1)}})
    table(objects, "1.3.6.1.4.1.9.9.13.1.4.1", {1055: {2: (STRING, "Switch#1, Fan#1"), 3: (INTEGER, 1)}})
    table(objects, "1.3.6.1.4.1.9.9.13.1.5.1", {
        1056: {2: (STRING, "Sw1, PS1 Normal, RPS NotExist"), 3: (INTEGER, 1), 4: (INTEGER, 2)}})
    return Device(name, "demo-ro", objects)


def firewall(month, name, serial):
    objects = {}
    system(objects, month, name, "", "1.3.6.1.4.1.12356.101.1.1004", restarted=7.8)
    interfaces(objects, month, [
        (1, "wan1", "Internet", 1000, True, 180e6, 40e6), (2, "wan2", "Internet, second", 1000, True, 2e6, 1e6),
        (3, "internal", "core-sw-01 GE0/0/24", 1000, True, 45e6, 190e6)])
    parts(objects, [(1, 0, 3, -1, "FortiGate-100F", "Fortinet FGT_100F, HW Serial#: " + serial, "FGT_100F", serial,
                     "FortiGate-100F v7.2.8,build1639,240313 (GA.M)")])
    for arc, value in {"100.1.1.1.0": (STRING, serial), "101.4.1.1.0": (STRING, "v7.2.8,build1639,240313 (GA.M)"),
                       "101.4.1.3.0": (GAUGE, warm(month, 5, 22, 14)), "101.4.1.4.0": (GAUGE, warm(month, 6, 48, 4)),
                       "101.4.1.5.0": (GAUGE, 8110140), "101.4.1.8.0": (GAUGE, warm(month, 7, 21000, 9000)),
                       "101.4.3.1.0": (INTEGER, 5)}.items():
        objects[parse_oid("1.3.6.1.4.1.12356." + arc)] = value
    slow = month.within(16.2, 40)  # a bearing: the fan runs, but ever slower
    readings = [("CPU ON-DIE Temperature", warm(month, 2, 58, 5), 0), ("ADT7490 DTS CPU", warm(month, 3, 52, 4), 0),
                ("Fan 1", lambda now: int(5200 - (min(month.days(now), 30) - 16.2) * 90 if slow(now) else 5200), 0),
                ("Fan 2", lambda now: 5150, 0), ("Fan 3", lambda now: 5230, 0), ("PS1 Status", lambda now: 0, 0)]
    table(objects, "1.3.6.1.4.1.12356.101.4.3.2.1", {
        index: {1: (INTEGER, index), 2: (STRING, label),
                3: (STRING, lambda now, value=value: str(value(now))), 4: (INTEGER, alarm)}
        for index, (label, value, alarm) in enumerate(readings, 1)})
    return Device(name, "demo-ro", objects)


def storage(month, name, serial):
    objects = {}
    system(objects, month, name, "Linux " + name + " 4.4.302+ #64570 SMP x86_64", "1.3.6.1.4.1.8072.3.2.10")
    interfaces(objects, month, [(2, "eth0", "", 1000, True, 60e6, 25e6), (3, "eth1", "", 1000, False, 0, 0)])
    for arc, value in {"1.1.0": (INTEGER, 1), "1.2.0": (INTEGER, warm(month, 8, 39, 2)), "1.3.0": (INTEGER, 1),
                       "1.4.1.0": (INTEGER, 1), "1.4.2.0": (INTEGER, 1), "1.5.1.0": (STRING, "RS1221+"),
                       "1.5.2.0": (STRING, serial), "1.5.3.0": (STRING, "DSM 7.2-64570"),
                       "1.5.4.0": (INTEGER, 2)}.items():
        objects[parse_oid("1.3.6.1.4.1.6574." + arc)] = value
    broken = month.within(23.5, 26.2)  # a disk fails, and is replaced; the array is rebuilt meanwhile
    table(objects, "1.3.6.1.4.1.6574.2.1.1", {
        disk: {1: (INTEGER, disk), 2: (STRING, f"Disk {disk + 1}"), 3: (STRING, "EX8000NM000A"), 4: (STRING, "SATA"),
               5: (INTEGER, (lambda now: 5 if broken(now) else 1) if disk == 2 else 1),
               6: (INTEGER, warm(month, disk, 35 + disk, 2))} for disk in range(4)})
    table(objects, "1.3.6.1.4.1.6574.3.1.1", {
        0: {1: (INTEGER, 0), 2: (STRING, "Volume 1"), 3: (INTEGER, lambda now: 11 if broken(now) else 1),
            4: (COUNTER64, 9 * 10**12), 5: (COUNTER64, 22 * 10**12)}})
    return Device(name, "demo-ro", objects)


def linux(month, name):
    """A server's own agent: HOST-RESOURCES and UCD-SNMP."""
    objects = {}
    system(objects, month, name, "Linux " + name + " 6.1.0-18-amd64 #1 SMP Debian x86_64", "1.3.6.1.4.1.8072.3.2.10")
    interfaces(objects, month, [(1, "lo", "", 10, True, 1e5, 1e5), (2, "eno1", "", 10000, True, 320e6, 210e6)])
    for arc, value in {"5.0": (INTEGER, 65813628), "6.0": (INTEGER, warm(month, 9, 30000000, 4000000)),
                       "3.0": (INTEGER, 8388604), "4.0": (INTEGER, 8388604), "11.0": (INTEGER, 34000000),
                       "14.0": (INTEGER, 500000), "15.0": (INTEGER, 21000000)}.items():
        objects[parse_oid("1.3.6.1.4.1.2021.4." + arc)] = value
    for processor in range(4):
        objects[parse_oid(f"1.3.6.1.2.1.25.3.3.1.1.{196608 + processor}")] = (OID, (0, 0))
        objects[parse_oid(f"1.3.6.1.2.1.25.3.3.1.2.{196608 + processor}")] = (
            INTEGER, warm(month, processor, 35, 20))
    return Device(name, "demo-ro", objects)


def agents(month):
    """All devices with an SNMP agent, by name."""
    def ports(count, kind, uplink):
        rows = [(5 + port, f"{kind}{port}", uplink if port == count else "", 1000, port <= count - 4 or port == count,
                 (3 + port * 2.5) * 1e6 if port < count else 120e6, (2 + port) * 1e6 if port < count else 95e6)
                for port in range(1, count + 1)]
        return rows

    devices = [
        huawei_switch(month, "core-sw-01", "DEMO2102351001", 1, ports(24, "GigabitEthernet0/0/", "fw-01 internal")),
        huawei_switch(month, "acc-sw-01", "DEMO2102351002", 2, ports(12, "GigabitEthernet0/0/", "core-sw-01")),
        cisco_switch(month, "acc-sw-02", "DEMOFOC2002", 3, ports(12, "GigabitEthernet1/0/", "core-sw-01")),
        firewall(month, "fw-01", "DEMOFG100F0001"),
        storage(month, "nas-01", "DEMO2150RS01"),
        linux(month, "app-01"),
    ]
    return {device.name: device for device in devices}


def silences(month):
    """Name → whether it says nothing at that time."""
    return {"acc-sw-01": month.within(2.40, 2.95)}


def bmc_readings(month, name, now):
    """Raw readings of a server's sensors (bmc.ANALOG) at a time."""
    seed = len(name) + ord(name[0])
    load = wave(seed, now - month.begin)
    dead = name == "db-01" and month.days(now) >= 19.6  # its second power supply, to the end
    return {
        "Inlet Temp": round(23 + 2 * load + (6 if month.within(11.3, 13.4)(now) else 0)), "CPU1 Temp": round(54 + 8 * load), "CPU2 Temp": round(56 + 8 * load),
        "Fan1 RPM": round(60 + 6 * load), "Fan2 RPM": round(61 + 6 * load), "Fan3 RPM": round(60 + 6 * load),
        "Fan4 RPM": round(59 + 6 * load), "12V": 200, "PSU1 Input Power": round((78 if dead else 40) + 8 * load),
        "PSU2 Input Power": 0 if dead else round(39 + 8 * load), "PSU1 Status": bmc.PSU_GOOD,
        "PSU2 Status": bmc.PSU_FAILED if dead else bmc.PSU_GOOD, "CPU1 Status": bmc.CPU_GOOD,
    }
