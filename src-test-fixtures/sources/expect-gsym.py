#!/usr/bin/env python3
"""Prints what llvm-gsymutil-19 says of addresses all over a GSYM file.

usage: expect-gsym.py FILE > FILE.answers

For each address a line `0x...`, then a line for each frame, innermost first: function, file and line, tabs between;
file empty and line 0 where it knows none. No frame where it has no answer. The addresses are all that the
functions of the file cover, every third byte of them, first and last byte of each, and one outside each end.
"""
import re
import subprocess
import sys

TOOL = "llvm-gsymutil-19"


def addresses(path):
    dump = subprocess.run([TOOL, path], check=True, capture_output=True, text=True).stdout
    wanted = set()
    for low, high in re.findall(r"^FunctionInfo @ \S+ \[0x([0-9a-f]+) - 0x([0-9a-f]+)\)", dump, re.M):
        start, end = int(low, 16), int(high, 16)
        wanted.update((start - 1, start, max(start, end - 1), end))
        wanted.update(range(start, end, 3))
    return sorted(wanted)


def main():
    path = sys.argv[1]
    for address in addresses(path):
        print(f"0x{address:x}")
        text = subprocess.run([TOOL, f"--address=0x{address:x}", path], capture_output=True, text=True).stdout
        for line in text.splitlines():
            line = re.sub(r"^0x[0-9a-f]+: ", "", line).strip()
            if not line or line.startswith(("Looking up", "error:")):
                continue
            frame = re.fullmatch(r"(.*?)(?: \+ \d+)?(?: @ (.*):(\d+))?(?: \[inlined\])?", line)
            print(frame.group(1), frame.group(2) or "", frame.group(3) or "0", sep="\t")


main()
