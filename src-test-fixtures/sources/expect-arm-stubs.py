"""Prints address and name of each stub that lld writes for ARM, from objdump's instructions and readelf's relocations.

usage: expect-arm-stubs.py BINARY
"""
import re
import subprocess
import sys


def lines(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()


slots = {}
for line in lines("readelf", "-rW", sys.argv[1]):
    m = re.match(r"([0-9a-f]+) +\w+ R_ARM_JUMP_SLOT +\w+ +(\S+)", line)
    if m:
        slots[int(m.group(1), 16)] = m.group(2)
for line in lines("arm-linux-gnueabihf-objdump", "-d", "-j", ".plt", sys.argv[1]):
    m = re.match(r" *([0-9a-f]+):\t(\w+) \t(\w+)\t(.*)", line)
    if not m:
        continue
    address, operands = int(m.group(1), 16), m.group(4)
    number = re.search(r"@ 0x([0-9a-f]+)", operands)
    if operands.startswith("ip, pc, "):
        start, slot = address, address + 8
    elif operands.startswith(("ip, ip, ", "pc, [ip, ")):
        slot += int(number.group(1), 16)
        if operands.startswith("pc"):
            print(f"{start:#x} {slots[slot]}@plt")
