"""Prints the raw name of the function around every byte of code, and where it says that this begins. Called by
build-parts.sh.

usage: expect-parts.py BINARY EXPECTED [--all]

A line for each stretch of code of one answer: start, end (exclusive), start of the function or part, raw name. Bytes
that debug information does not describe are left out, unless --all is given, and so are those that llvm-symbolizer has
no function for, or one of another section: it stretches a symbol without size to the next one wherever that is.

Name and start are llvm-symbolizer's, which are those of the symbol around the byte. Where several symbols begin there,
it takes the last one of the table; then the name is the one that llvm-dwarfdump reads in the function's entry, and where
that is none of the symbols' all are printed with `|` between them.
"""
import json
import os
import re
import subprocess
import sys


def output(*command, **options):
    return subprocess.run(command, check=True, capture_output=True, text=True, **options).stdout


def code(path):
    """(address, size) of the executable sections that lie in the file."""
    found = []
    for line in output("readelf", "-SW", path).splitlines():
        m = re.match(r" +\[ *\d+\] \S+ +PROGBITS +(\w+) \w+ (\w+) \w+ +\w*X", line)
        if m and int(m.group(2), 16):
            found.append((int(m.group(1), 16), int(m.group(2), 16)))
    return sorted(found)


def symbols(path):
    """Names of code symbols by address."""
    found = {}
    for line in output("readelf", "-sW", path).splitlines():
        m = re.match(r" +\d+: ([0-9a-f]+) +\w+ (?:FUNC|NOTYPE|IFUNC) +\w+ +\w+ +\d+ ([^$ ]\S*)", line)
        if m:
            found.setdefault(int(m.group(1), 16), set()).add(m.group(2))
    return found


def debug_name(path, address):
    """What llvm-dwarfdump calls the function around an address: its linkage name, or the plain one."""
    text = output("llvm-dwarfdump-19", f"--lookup={address:#x}", path)
    entry = re.search(r"DW_TAG_subprogram\n(.*?)(?:\n\n|\Z|Line info|\n0x)", text, re.S)
    for attribute in ("linkage_name", "name", "abstract_origin", "specification"):
        m = re.search(rf'DW_AT_{attribute}\t\((?:0x\w+ )?"([^"]*)"', entry.group(1)) if entry else None
        if m:
            return m.group(1)
    return ""


def answers(path, everything):
    sections = code(path)
    addresses = [a for start, size in sections for a in range(start, start + size)]
    lines = output(
        "llvm-symbolizer-19", f"--obj={os.path.basename(path)}", "--output-style=JSON", "--no-demangle",
        "--no-debuginfod", input="".join(f"{a:#x}\n" for a in addresses), cwd=os.path.dirname(path)).splitlines()
    for address, line in zip(addresses, lines, strict=True):
        frames = json.loads(line)["Symbol"]
        known = any(s["FileName"] and (s["Line"] or s["Column"] or s["StartFileName"]) for s in frames)
        name, function = frames[-1]["FunctionName"], int(frames[-1]["StartAddress"] or "0", 16)
        beside = any(start <= function < start + size and start <= address < start + size for start, size in sections)
        if name and beside and (known or everything):
            yield address, function, name


def main(path, expected, option=""):
    runs = []
    for address, start, name in answers(path, option == "--all"):
        if runs and runs[-1][1] == address and runs[-1][2:] == [start, name]:
            runs[-1][1] = address + 1
        else:
            runs.append([address, address + 1, start, name])
    table = symbols(path)
    with open(expected, "w", encoding="utf-8") as f:
        for low, high, start, name in runs:
            aliases = table.get(start, set())
            if len(aliases) > 1:
                given = debug_name(path, start)
                name = given if given in aliases else "|".join(sorted(aliases))
            f.write(f"{low:#x} {high:#x} {start:#x} {name}\n")


main(*sys.argv[1:])
