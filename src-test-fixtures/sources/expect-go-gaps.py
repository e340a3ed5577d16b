"""Prints the filling behind the functions of a Go program, which belongs to no function.

usage: expect-go-gaps.py BINARY OUTPUT: a line for each gap between two Go functions by the sizes in the symbol
table: start and end. Gaps of more than 64 bytes are no filling.
"""
import subprocess
import sys

binary, output = sys.argv[1:]
symbols = []
for line in subprocess.run(["nm", "-S", binary], capture_output=True, text=True, check=True).stdout.splitlines():
    words = line.split(maxsplit=3)
    if len(words) == 4 and words[2] in "tT" and int(words[1], 16):
        symbols.append((int(words[0], 16), int(words[1], 16)))
symbols.sort()
with open(output, "w") as out:
    for (start, size), (after, _) in zip(symbols, symbols[1:]):
        if start + size < after <= start + size + 64:
            print(hex(start + size), hex(after), file=out)
