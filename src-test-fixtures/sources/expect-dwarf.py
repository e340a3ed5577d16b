"""Prints what llvm-symbolizer says of a seeded sample of code addresses, names mangled. Called by build-dwarf.sh.

usage: expect-dwarf.py BINARY EXPECTED [FILE-THAT-LLVM-READS]

For each address a line `0x…`, then one line for each frame, innermost first, fields separated by tabs:
name, file, line, column, discriminator. An address without debug information has no frame lines.

Addresses of an object file are sampled in `.text` alone, and written as the offset in the file of the byte they mean.
"""
import json
import os
import random
import re
import subprocess
import sys

SAMPLES = 100


def code(path):
    """(address, size, offset) of the executable sections; of an object file, of .text alone."""
    found = []
    text = subprocess.run(["readelf", "-SW", path], check=True, capture_output=True, text=True).stdout
    for line in text.splitlines():
        m = re.match(r" +\[ *\d+\] \S+ +PROGBITS +(\w+) (\w+) (\w+) \w+ +\w*X", line)
        if path.endswith(".o") and " .text " not in line:
            continue
        if m and int(m.group(3), 16):
            found.append((int(m.group(1), 16), int(m.group(3), 16), int(m.group(2), 16)))
    return found


def main(binary, expected, answering=None):
    dice = random.Random(20240229)
    sections = code(binary)
    moved = sections[0][2] if binary.endswith(".o") else 0
    picked = set()
    for _ in range(SAMPLES):
        address, size, _ = dice.choices(sections, weights=[s[1] for s in sections])[0]
        picked.add(address + int(dice.random() * size))
    answering = answering or binary
    answers = json.loads(subprocess.run(
        ["llvm-symbolizer-19", f"--obj={os.path.basename(answering)}", "--output-style=JSON", "--no-demangle",
         "--no-debuginfod", *(f"{a:#x}" for a in sorted(picked))],
        check=True, capture_output=True, text=True, cwd=os.path.dirname(answering)).stdout)
    with open(expected, "w", encoding="utf-8") as f:
        for answer in answers:
            f.write(f"{int(answer['Address'], 16) + moved:#x}\n")
            known = any(s["FileName"] and (s["Line"] or s["Column"] or s["StartFileName"]) for s in answer["Symbol"])
            frames = answer["Symbol"] if known else []
            for s in frames:
                f.write("\t".join([s["FunctionName"], s["FileName"], str(s["Line"]), str(s["Column"]),
                                   str(s["Discriminator"])]) + "\n")


main(*sys.argv[1:])
