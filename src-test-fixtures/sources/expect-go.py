"""Prints what llvm-symbolizer says of a Go program with debug information, for addresses by a fixed seed.

usage: expect-go.py BINARY OUTPUT: a line an address, then a tab and `function file:line` of each frame, innermost first.
All addresses of package main's functions are asked for, and 400 more of the text.
"""
import json
import random
import subprocess
import sys

binary, output = sys.argv[1:]
symbols = []
for line in subprocess.run(["nm", "-S", binary], capture_output=True, text=True, check=True).stdout.splitlines():
    words = line.split()
    if len(words) == 4 and words[2] in "tT" and not words[3].startswith("go:build"):
        symbols.append((int(words[0], 16), int(words[1], 16), words[3]))
own = {a for start, size, name in symbols if name.startswith("main.") for a in range(start, start + size)}
chance = random.Random(20261123)
others = [s for s in symbols if s[1] > 0]
for _ in range(400):
    start, size, name = chance.choice(others)
    own.add(start + chance.randrange(size))
asked = sorted(own)
answers = subprocess.run(
    ["llvm-symbolizer-19", "--output-style=JSON", "--no-demangle", "--inlines", f"--obj={binary}"],
    input="\n".join(map(hex, asked)), capture_output=True, text=True, check=True).stdout
with open(output, "w") as out:
    for address, answer in zip(asked, map(json.loads, answers.splitlines())):
        frames = [f"{s['FunctionName']} {s['FileName'].removeprefix('./')}:{s['Line']}" for s in answer["Symbol"]]
        print(hex(address), *frames, sep="\t", file=out)
