#!/usr/bin/env python3
"""How SQLite would find the rows of every statement of src/db.

usage: plans.py STORE-OBSERVATION

Rows of tables that grow with time must be found by an index, or rounds and reports take longer every
year. Every string of the sources that is a statement is taken, whoever runs it, and explained
against the schema that the program makes; not those that are put together for each table (a copy of
the whole state) and those for PostgreSQL's own catalogue."""
import os
import re
import sqlite3
import subprocess
import sys
import tempfile

import lint

GROWING = {"round", "reachability", "health_span", "verdict", "component", "event", "change", "link", "fault",
           "fault_trail", "delivery", "maintenance"}
# (table, words of the statement): why it may be read whole
ONCE_A_DAY = "pruning, by the first round of the day"
BY_HAND = "one row for each thing that a person enters"
ALLOWED = {
    **{(table, f"DELETE FROM {table} WHERE"): ONCE_A_DAY
       for table in ("reachability", "health_span", "verdict", "event", "change", "link", "maintenance")},
    ("maintenance", "FROM maintenance WHERE from_ms < ?2"): BY_HAND,
    ("round", "ended_ms < started_ms"): "db verify looks at everything",
    ("fault", "WHERE resolved_ms IS NULL ORDER BY opened_ms"): "faults are few, and read in their order",
}
LITERAL = r'"(?:[^"\\\n]|\\.)*"'
def text_of(run, macros):
    """What the compiler makes of adjacent literals and macros that are such."""
    parts = re.findall(LITERAL + r"|\b[A-Z][A-Z_]*\b", run)
    return "".join(part[1:-1].replace('\\"', '"').replace("\\n", "\n") if part[0] == '"' else macros[part]
                   for part in parts)


def sources():
    for path in lint.files(".c", ".h", under="src/db"):
        if os.path.basename(path) != "postgresql.c":
            yield path, re.sub(r"/\*.*?\*/", " ", lint.text(path), flags=re.S).replace("\\\n", " ")


def statements():
    """{text: file}"""
    found = {}
    for name, text in sources():
        macros = {}
        for macro, body in re.findall(r"^#define ([A-Z_]+) ((?:\s*(?:" + LITERAL + r"|\b[A-Z_]+\b))+)\s*$", text,
                                      flags=re.M):
            if '"' in body and all(word in macros for word in re.findall(r"\b[A-Z_]+\b", re.sub(LITERAL, "", body))):
                macros[macro] = text_of(body, macros)
        text = re.sub(r"^#.*$", "", text, flags=re.M)
        known = "|".join(map(re.escape, macros)) or "(?!)"
        for run in re.findall(r"(?:(?:" + LITERAL + r"|\b(?:" + known + r")\b)\s*)+", text):
            sql = text_of(run, macros)
            if re.match(r"(SELECT|INSERT|UPDATE|DELETE|WITH)\s", sql) and "%s" not in sql:
                found[sql] = name
    return found


def scans(state, sql):
    """Tables that are read whole."""
    count = max(map(int, re.findall(r"\?(\d+)", sql)), default=0)
    rows = state.execute("EXPLAIN QUERY PLAN " + sql, (None,) * count).fetchall()
    names = {}
    for table, alias in re.findall(r"\b(?:FROM|JOIN|UPDATE|INTO|,)\s+(\w+)(?:\s+(?:AS\s+)?(\w+))?", sql):
        names[table] = table
        names.setdefault(alias, table)
    seen = [re.match(r"SCAN (\w+)", row[3]) for row in rows]
    return {names.get(match.group(1), match.group(1)) for match in seen if match}


def judge(state, found):
    """Statements that cannot be prepared, those that read too much, exceptions that are none."""
    broken, slow, unused = [], [], set(ALLOWED)
    for sql, path in sorted(found.items()):
        try:
            tables = scans(state, sql) & GROWING
        except sqlite3.Error as error:
            broken.append(f"{path}: {error}: {sql}")
            continue
        for table in tables:
            why = {key for key in ALLOWED if key[0] == table and key[1] in sql}
            unused -= why
            if not why:
                slow.append(f"{path}: reads all of {table}: {sql}")
    return broken, slow, sorted(map(str, unused))


def main():
    tap = lint.Tap()
    found = statements()
    with tempfile.TemporaryDirectory(prefix="rackvitals-plans-") as folder:
        path = os.path.join(folder, "state.db")
        subprocess.run([sys.argv[1], path], stdin=subprocess.DEVNULL, check=True)
        state = sqlite3.connect(path)
        tables = {name for name, in state.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        broken, slow, unused = judge(state, found)
        # The judge itself must not pass by blindness.
        refused = judge(state, {"SELECT d.name FROM device d JOIN reachability r ON r.device + 0 = d.id": "here"})[1]
        state.close()
    tap.check("the tables that grow are there", sorted(GROWING - tables))
    tap.check("there was something to look at", [] if len(found) > 80 else [f"only {len(found)} statements"])
    tap.check("each statement can be prepared", broken)
    tap.check("none reads a table whole that grows", slow)
    tap.check("each exception is one", unused)
    tap.check("what must be refused is refused", [] if len(refused) == 1 else refused + ["nothing"])
    tap.done()


main()
