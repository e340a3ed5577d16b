"""Stores, for every executable file mapping of a live process, the head of the mapped file: from offset 0 to the last note.

usage: pack_files.py PID OUTDIR   (as root, while the process lives; OUTDIR holds maps.txt)

Writes OUTDIR/files.json and OUTDIR/files/NNN.head.
"""
import json
import os
import struct
import sys

AT_LEAST = 4096
AT_MOST = 128 * 1024
PT_NOTE = 4


def layout(ident):
    """Byte order, and (format of e_phoff, its place, place of e_phentsize, p_offset, p_filesz formats and places)."""
    order = "<" if ident[5] == 1 else ">"
    if ident[4] == 2:
        return order, "Q", 32, 54, 8, 32
    return order, "I", 28, 42, 4, 16


def notes_end(f):
    """End of the last PT_NOTE, 0 if this is no ELF file."""
    ident = f.read(64)
    if ident[:4] != b"\x7fELF" or len(ident) < 64:
        return 0
    order, word, table_field, entry_field, offset_field, size_field = layout(ident)
    table, = struct.unpack_from(order + word, ident, table_field)
    entry_size, count = struct.unpack_from(order + "HH", ident, entry_field)
    f.seek(table)
    headers = f.read(entry_size * count)
    end = table + len(headers)
    for at in range(0, len(headers), entry_size or 1):
        kind, = struct.unpack_from(order + "I", headers, at)
        if kind == PT_NOTE:
            offset, = struct.unpack_from(order + word, headers, at + offset_field)
            size, = struct.unpack_from(order + word, headers, at + size_field)
            end = max(end, offset + size)
    return end


def head(path):
    with open(path, "rb") as f:
        size = os.fstat(f.fileno()).st_size
        wanted = min(size, max(AT_LEAST, notes_end(f)), AT_MOST)
        f.seek(0)
        return size, f.read(wanted)


def mappings(out):
    """(range, permissions, device, inode, path) of every file mapping, first ones first."""
    with open(f"{out}/maps.txt", encoding="utf-8", errors="surrogateescape", newline="\n") as maps:
        for line in maps:
            fields = line.rstrip("\n").split(None, 5)
            if len(fields) == 6 and fields[4] != "0":
                yield fields[0], fields[1], fields[3], int(fields[4]), fields[5]


def main(pid, out):
    os.makedirs(f"{out}/files", exist_ok=True)
    index, seen = [], set()
    for addresses, permissions, device, inode, path in mappings(out):
        if "x" not in permissions or (device, inode) in seen:
            continue
        start, end = (int(x, 16) for x in addresses.split("-"))
        try:
            size, data = head(f"/proc/{pid}/map_files/{start:x}-{end:x}")
        except ProcessLookupError:
            print(f"pack_files: process {pid} ended before its files could be read", file=sys.stderr)
            sys.exit(os.EX_NOINPUT)
        except OSError as error:
            print(f"pack_files: {path}: {error}", file=sys.stderr)
            continue
        name = f"files/{len(seen):03d}.head"
        with open(f"{out}/{name}", "wb") as f:
            f.write(data)
        seen.add((device, inode))
        index.append({"path": path, "dev": device, "inode": inode, "size": size, "head": name})
    with open(f"{out}/files.json", "w", encoding="utf-8") as f:
        json.dump(index, f, indent=1)
        f.write("\n")


main(int(sys.argv[1]), sys.argv[2])
