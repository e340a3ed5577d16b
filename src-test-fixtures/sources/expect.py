"""Prints the expected answers for every binary, from what readelf and llvm-symbolizer say. Called by build.sh.

usage: expect.py BINARIES EXPECTED

The rule for names from a symbol table (NAME.symbols) is applied here, to the text of `readelf -sW`:
- `.symtab` if it names any code, else `.dynsym`; a file without sections is asked for its dynamic segment's.
- A symbol counts if a section defines it, and its type is FUNC, IFUNC or NOTYPE; of NOTYPE only in executable sections,
  and neither `$x` and its like nor `.L` labels.
- It answers for addresses in [st_value, st_value + st_size) and for no other.
- One without a size answers where none of these does, up to the next symbol of the same section, data included, or to
  the section's end, unless it begins inside one that has a size. Its name is printed with `~` before it.
- Of several that hold the address, the one that starts last answers; of those, the smallest.
- Of several of one start and size: GLOBAL (and UNIQUE) before WEAK before LOCAL, then fewest leading underscores,
  then the shorter, then byte order. `@VERSION` and `@@VERSION` are cut off first.
"""
import hashlib
import json
import os
import random
import re
import subprocess
import sys

SAMPLES = 60
BINDING = {"GLOBAL": 0, "UNIQUE": 0, "WEAK": 1, "LOCAL": 2}


def output(*command, cwd=None):
    return subprocess.run(command, check=True, capture_output=True, text=True, cwd=cwd).stdout


def build_id(text):
    ids = re.findall(r"Build ID: ?([0-9a-f]+)", text)
    return ids[0] if ids else "none"


def build_ids(path):
    ours = build_id(output("readelf", "-nW", path))
    theirs = build_id(output("eu-readelf", "-n", path))
    lines = [ours]
    if theirs != ours:
        lines.append(f"# eu-readelf says {theirs}")
    return lines


def htlhash(path):
    """OpenTelemetry's hash of head, tail and length."""
    with open(path, "rb") as f:
        content = f.read()
    return hashlib.sha256(content[:4096] + content[-4096:] + len(content).to_bytes(8, "big")).hexdigest()[:32]


def debug_link(path):
    """`name crc` of .gnu_debuglink, or nothing."""
    text = output("readelf", "--debug-dump=no-follow-links,links", path)
    names = re.findall(r"Separate debug info file: (\S+)", text)
    sums = re.findall(r"CRC value: (0x[0-9a-f]+)", text)
    return f"{names[0]} {sums[0]}" if names else ""


def segments(path):
    """(type, offset, address, file size, memory size, flags, alignment) of every program header."""
    row = re.compile(r"^ +([A-Z_0-9+x]+) +(0x\w+) (0x\w+) (0x\w+) (0x\w+) (0x\w+) (.{3}) (0x\w+|0)$")
    found = []
    for line in output("readelf", "-lW", path).splitlines():
        m = row.match(line)
        if m:
            kind, offset, address, _, file_size, memory_size, flags, alignment = m.groups()
            numbers = [int(x, 16) for x in (offset, address, file_size, memory_size)]
            found.append((kind, *numbers, flags.replace(" ", "-"), int(alignment, 16)))
    return found


def sections(path):
    """(address, end, executable) of every section, by its index."""
    found = {}
    for line in output("readelf", "-SW", path).splitlines():
        m = re.match(r" +\[ *(\d+)\] .*? (\w{8,16}) \w{6,} (\w{6,}) \w+ +([A-Z]*) ", line)
        if m:
            start = int(m.group(2), 16)
            found[int(m.group(1))] = start, start + int(m.group(3), 16), "X" in m.group(4)
    return found


def symbol_tables(text, sections):
    """Tables by name, as `readelf -sW` prints them; each has (start, end, size, binding, name) of what may name code.

    The end of a symbol without a size is where it answers at the latest.
    """
    tables, starts, current = {}, {}, []
    for line in text.splitlines():
        m = re.match(r"Symbol table (?:'(\S+)'|for image)", line)
        if m:
            current = tables.setdefault(m.group(1) or ".dynsym", [])
            continue
        m = re.match(r" +\d+: ([0-9a-f]+) +(\w+) (\w+) +(\w+) +\w+ +(?:\[.*\] +)?(\d+) (\S+)", line)
        if m:
            value, size, kind, binding, index, name = m.groups()
            size = int(size, 16 if size.startswith("0x") else 10)
            start = int(value, 16)
            low, high, executable = sections.get(int(index), (0, 0, False))
            names_code = kind in ("FUNC", "IFUNC") or (kind == "NOTYPE" and (executable or not sections))
            if names_code and not re.match(r"\$[xdat]", name) and not (size == 0 and name.startswith(".L")):
                end = start + size if size else high if executable and low <= start < high else start
                current.append([start, end, size, BINDING[binding], name.split("@")[0]])
                starts.setdefault(id(current), set()).add(start)
            elif kind == "OBJECT" and executable:
                starts.setdefault(id(current), set()).add(start)
    for table in tables.values():
        for symbol in table:
            if symbol[2] == 0:
                inside = any(s[2] and s[0] <= symbol[0] < s[1] for s in table)
                after = [s for s in starts[id(table)] if s > symbol[0]]
                symbol[1] = symbol[0] if inside else min([symbol[1], *after])
    return tables


def symbols(path):
    tables = symbol_tables(output("readelf", "-sW", path), sections(path))
    if not tables:
        tables = symbol_tables(output("readelf", "-sWD", path), {})
    return tables.get(".symtab") or tables.get(".dynsym", [])


def preference(symbol):
    start, _, size, binding, name = symbol
    return size == 0, -start, size, binding, len(name) - len(name.lstrip("_")), len(name), name.encode()


def name_at(table, address):
    holding = [s for s in table if s[0] <= address < s[1]]
    if not holding:
        return "??"
    best = min(holding, key=preference)
    return best[4] if best[2] else "~" + best[4]


def sample(table, loads):
    """Edges of every symbol, both bytes around each, its middle, and addresses anywhere in the code; fixed seed."""
    picked = set()
    for start, _, size, _, _ in table:
        if size == 0:
            continue
        picked.update((start - 1, start, start + 1, start + size // 2, start + size - 1, start + size))
    dice = random.Random(20231114)
    for _, _, address, file_size, _, _, _ in loads:
        picked.update((address, address + file_size - 1))
        picked.update(address + int(dice.random() * file_size) for _ in range(SAMPLES))
    return sorted(a for a in picked if any(l[2] <= a < l[2] + l[3] for l in loads))


def file_offset(loads, address):
    load = next(l for l in loads if l[2] <= address < l[2] + l[3])
    return address - load[2] + load[1]


def write(path, lines):
    with open(path, "w", encoding="utf-8") as f:
        f.writelines(line + "\n" for line in lines)


def expect_symbols(binaries, base, executable, symbol_file):
    loads = [s for s in segments(f"{binaries}/{executable}") if s[0] == "LOAD" and "E" in s[5]]
    table = symbols(f"{binaries}/{symbol_file}")
    addresses = sample(table, loads)
    write(f"{base}.symbols", [f"{file_offset(loads, a):#x} {a:#x} {name_at(table, a)}" for a in addresses])
    answers = json.loads(output(
        "llvm-symbolizer-19", f"--obj={symbol_file}", "--output-style=JSON", "--no-debuginfod",
        *(f"{a:#x}" for a in addresses), cwd=binaries))
    write(f"{base}.llvm", [json.dumps(a, sort_keys=True) for a in answers])


def main(binaries, expected):
    names = sorted(
        os.path.relpath(f"{folder}/{file}", binaries) for folder, _, files in os.walk(binaries) for file in files
        if "debug-tree" not in folder)
    for name in names:
        base = f"{expected}/{name.replace('/', '.').lstrip('.')}"
        path = f"{binaries}/{name}"
        write(f"{base}.buildid", build_ids(path))
        write(f"{base}.htlhash", [htlhash(path)])
        link = debug_link(path)
        if link:
            write(f"{base}.debuglink", [link])
        rows = segments(path)
        write(f"{base}.segments", [
            f"{kind} {offset:#x} {address:#x} {size:#x} {memory:#x} {flags} {alignment:#x}"
            for kind, offset, address, size, memory, flags, alignment in rows])
        if any(r[0] == "LOAD" for r in rows) and not name.endswith(".debug"):
            symbol_file = "split/stripped.debug" if name == "split/stripped" else name
            expect_symbols(binaries, base, name, symbol_file)


main(*sys.argv[1:])
