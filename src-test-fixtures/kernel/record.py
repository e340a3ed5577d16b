"""Records what only a running kernel has. Run as root: `python3 record.py`. The next recording differs, with its kernel.

kallsyms.txt: the lines of /proc/kallsyms that the stacks of all threads need, each up to the next higher symbol.
kallsyms.sizes: name and size of those functions as the kernel itself prints them, in /proc/<pid>/stack.
vdso-ARCH.so: the image that the kernel maps into every process; .symbols is what readelf says of it.
"""
import bisect
import glob
import os
import platform
import re
import subprocess

here = os.path.dirname(os.path.abspath(__file__))

sizes = set()
for path in glob.glob("/proc/*/task/*/stack"):
    try:
        with open(path) as stack:
            sizes.update(re.findall(r"^\[<0>\] ([^ ]+)\+0x[0-9a-f]+/0x([0-9a-f]+)(?: \[(.*)\])?$", stack.read(), re.M))
    except OSError:
        pass  # the thread has gone, or will not be looked at
with open("/proc/kallsyms") as text:
    lines = text.readlines()
rows = [(int(line.split(" ")[0], 16), line.split(" ")[2].split()[0]) for line in lines]
starts = sorted({row[0] for row in rows})
wanted = {name for name, _, _ in sizes}
kept = set()
for start, name in rows:
    if name in wanted:
        kept.add(start)
        kept.update(starts[bisect.bisect_right(starts, start):][:1])
with open(f"{here}/kallsyms.txt", "w") as out:
    out.writelines(line for line, row in zip(lines, rows) if row[0] in kept)
names = [row[1] for row in rows]
with open(f"{here}/kallsyms.sizes", "w") as out:
    for name, size, module in sorted(sizes):
        if names.count(name) == 1:
            print(name, f"0x{size}", module, sep="\t", file=out)

with open("/proc/self/maps") as maps:
    start, end = next(line.split(" ")[0].split("-") for line in maps if line.endswith("[vdso]\n"))
image = f"{here}/vdso-{platform.machine()}.so"
with open("/proc/self/mem", "rb") as memory, open(image, "wb") as out:
    memory.seek(int(start, 16))
    out.write(memory.read(int(end, 16) - int(start, 16)))
printed = subprocess.run(["readelf", "-W", "--dyn-syms", image], capture_output=True, text=True, check=True).stdout
with open(f"{image}.symbols", "w") as out:
    for line in printed.splitlines():
        words = line.split()
        if len(words) > 7 and words[3] in ("FUNC", "NOTYPE") and words[6] not in ("UND", "ABS"):
            print("0x" + words[1], words[2], words[7], file=out)
