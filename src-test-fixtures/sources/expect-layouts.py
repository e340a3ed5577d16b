#!/usr/bin/env python3
"""Prints `offset function file:line` for instructions of a binary, as llvm-symbolizer names them.

usage: expect-layouts.py BINARY. The offset in the file is reckoned from readelf's program headers; the addresses are those
at which objdump prints an instruction.
"""

import re
import subprocess
import sys


def run(*command, input=None):
    return subprocess.run(command, check=True, capture_output=True, text=True, input=input).stdout


binary = sys.argv[1]
segments = []
for line in run("readelf", "-lW", binary).splitlines():
    fields = line.split()
    if fields[:1] == ["LOAD"]:
        segments.append([int(fields[i], 16) for i in (1, 2, 4)])
addresses = [int(m.group(1), 16) for m in re.finditer(r"^ +([0-9a-f]+):\t", run("objdump", "-d", "-j", ".text", binary), re.M)]
for address in addresses:
    offset = next(address - a + o for o, a, size in segments if a <= address < a + size)
    answer = run("llvm-symbolizer-19", "--no-inlines", "--obj=" + binary, hex(address)).splitlines()
    print(hex(offset), answer[0], re.sub(r":\d+$", "", answer[1]))
