#!/usr/bin/env python3
"""Holds every #include below src/ to the two tables of src/README.md."""
import fnmatch
import os
import re

import lint

INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^">]+)[">]')
EVERYWHERE = ("glib.h", "glib/*", "glib-unix.h", "gio/*", "jansson.h", "sys/*", "arpa/*", "net/*", "netinet/*",
              "linux/*")
LIBC = set("""assert ctype dirent dlfcn errno fcntl fenv float fnmatch ftw getopt glob grp ifaddrs
    inttypes iconv langinfo libgen libintl limits locale malloc math netdb poll pthread pwd sched semaphore
    setjmp signal spawn stdalign stdarg stdatomic stdbool stddef stdint stdio stdlib stdnoreturn
    string strings syslog sysexits termios threads time uchar unistd utime wchar wctype zlib""".split())


def tables(readme):
    """([row of rooms, …] from the top, {pattern of header: rooms})"""
    rows, homes = [], {}
    for line in readme.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if len(cells) != 3:
            continue
        if cells[0].isdigit():
            rows.append(re.findall(r"`([a-z]+)`", cells[1]))
        elif re.findall(r"`[^`]*(?:\.h|\*)`", cells[1]):
            for pattern in re.findall(r"`([^`]+)`", cells[1]):
                homes[pattern] = re.findall(r"`([a-z]+)`", cells[2])
    return rows, homes


def judge_own(room, header, rank):
    """Why a file of `room` may not include our own `header`, or None."""
    if "/" not in header:
        return f'"{header}" does not name its room'
    other = header.split("/")[0]
    if other not in rank:
        return f"{other}/ is not in the map"
    if room == "":
        return None if other == "cli" else "main.c only calls cli/"
    if other != room and rank[other] <= rank[room]:
        return f"{header}: {other}/ is {'beside' if rank[other] == rank[room] else 'above'} {room}/"
    return None


def judge_foreign(room, header, homes):
    for pattern, rooms in homes.items():
        if fnmatch.fnmatch(header, pattern):
            return None if room in rooms else f"<{header}> is at home in {', '.join(rooms)}/ only"
    if header.removesuffix(".h") in LIBC or any(fnmatch.fnmatch(header, p) for p in EVERYWHERE):
        return None
    return f"<{header}> is in no table"


def includes(path):
    for number, line in enumerate(lint.text(path).splitlines(), 1):
        match = INCLUDE.match(line)
        if match:
            yield number, match.group(1) == '"', match.group(2)


def main():
    tap = lint.Tap()
    rows, homes = tables(lint.text("src/README.md"))
    rank = {room: number for number, row in enumerate(rows) for room in row}
    folders = {name for name in os.listdir(os.path.join(lint.ROOT, "src"))
               if os.path.isdir(os.path.join(lint.ROOT, "src", name)) and not name.startswith(("_", "."))}
    tap.check("the map has every room, and no other",
              [f"src/{name}/ is not in the map" for name in sorted(folders - rank.keys())] +
              [f"src/{name}/ is in the map only" for name in sorted(rank.keys() - folders)])
    tap.check("the map has foreign libraries", [] if len(homes) >= 7 else ["the table was not found"])
    own, foreign, count = [], [], 0
    for path in lint.files(".c", ".h", ".h.in", under="src"):
        room = path.split("/")[1] if path.count("/") >= 2 else ""
        for number, ours, header in includes(path):
            count += 1
            why = judge_own(room, header, rank) if ours else judge_foreign(room, header, homes)
            if why:
                (own if ours else foreign).append(f"{path}:{number}: {why}")
    tap.check("arrows point down", own)
    tap.check("foreign headers stay at home", foreign)
    tap.check("there was something to look at", [] if count > 100 else [f"only {count} includes"])
    # The judge itself: rows that must be refused, so that this program cannot pass by blindness.
    refused = [("observation", "rrd/store.h"), ("db", "conf/configuration.h"), ("", "db/state.h"),
               ("base", "yaml/node.h"), ("snmp", "agent.h")]
    tap.check("what must be refused is refused",
              [f"{room}/ including {header}" for room, header in refused
               if judge_own(room, header, rank) is None] +
              [f"{room}/ including <{header}>" for room, header in
               [("poll", "sqlite3.h"), ("check", "net-snmp/net-snmp-config.h"), ("cli", "boost.h")]
               if judge_foreign(room, header, homes) is None])
    tap.done()


main()
