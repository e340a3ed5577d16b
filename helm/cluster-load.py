#!/usr/bin/env python3
"""What test-in-cluster.sh sends to a server and a sidecar, and what it expects of them.

  cluster-load.py addresses EXECUTABLE DEBUGFILE [COUNT]    prints 3,000 addresses that llvm-symbolizer has lines for
  cluster-load.py upload PORT EXECUTABLE DEBUGFILE          uploads both
  cluster-load.py lines PORT EXECUTABLE FILE [AT_ONCE]      every address of FILE must have its line, asked for 100 at
                                                            once
  cluster-load.py load MINUTES EXECUTABLE FILE PORT...      new stacks until 507, names all the while; no other error
  cluster-load.py neighbour PORT PID MAPS FOLDER            build-ids and names that PORT has of process PID, whose
                                                            files are below FOLDER
"""
import http.client
import json
import random
import re
import shutil
import subprocess
import sys
import threading
import time

ADDRESSES = 3000
BATCHES_OF = 2000


def fail(text):
    sys.exit("cluster-load: " + text)


def request(port, method, path, body=None, content_type="application/json"):
    """Returns status and body; a body is bytes, an open file or what becomes JSON."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    if body is not None and not hasattr(body, "read") and not isinstance(body, bytes):
        body = json.dumps(body).encode()
    connection.request(method, path, body, {"Content-Type": content_type})
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    return answer.status, text


def readelf(option, file):
    return subprocess.run(["readelf", "--wide", option, file], capture_output=True, text=True, check=True).stdout


def build_id(file):
    return re.search(r"Build ID: ([0-9a-f]+)", readelf("--notes", file)).group(1)


def segments(file):
    """Returns (file offset, address, size in the file) of each executable load segment."""
    found = []
    for line in readelf("--segments", file).splitlines():
        parts = line.split()
        if parts and parts[0] == "LOAD" and "E" in "".join(parts[6:-1]):
            found.append((int(parts[1], 16), int(parts[2], 16), int(parts[4], 16)))
    return found


def symbolizer():
    for name in ("llvm-symbolizer", "llvm-symbolizer-19", "llvm-symbolizer-18"):
        if shutil.which(name):
            return name
    fail("needs llvm-symbolizer")


def addresses(executable, debug, count=ADDRESSES):
    random.seed(20261127)
    ranges = segments(executable)
    candidates = []
    for _ in range(4 * count):
        _, start, size = random.choices(ranges, [size for _, _, size in ranges])[0]
        candidates.append(start + random.randrange(size))
    asked = "".join("%#x\n" % address for address in candidates)
    answer = subprocess.run(
        [symbolizer(), "--obj=" + debug, "--output-style=JSON", "--inlines"],
        input=asked, capture_output=True, text=True, check=True).stdout
    known = []
    for line in answer.splitlines():
        said = json.loads(line)
        frames = said.get("Symbol") or []
        if frames and frames[0].get("Line"):
            known.append((int(said["Address"], 16), frames[0]["Line"]))
    if len(known) < count:
        fail("llvm-symbolizer has lines for %d addresses of %d only" % (len(known), len(candidates)))
    for address, line in known[:count]:
        print("%#x %d" % (address, line))


def frames(executable, file):
    """Returns (frames to ask for, the line that each is expected to have)."""
    identity = build_id(executable)
    ranges = segments(executable)
    asked, lines = [], []
    with open(file) as known:
        for text in known:
            address, line = (int(part, 0) for part in text.split())
            for offset, start, size in ranges:
                if start <= address < start + size:
                    asked.append({"buildId": identity, "offset": hex(address - start + offset)})
                    lines.append(line)
    return asked, lines


def upload(port, executable, debug):
    identity = build_id(executable)
    for kind, file in (("executable", executable), ("debuginfo", debug)):
        with open(file, "rb") as content:
            status, text = request(port, "PUT", "/v1/binaries/%s/%s" % (identity, kind), content, "application/octet-stream")
        if status not in (200, 201):
            fail("%s was not taken: %d %s" % (kind, status, text[:300]))


def lines(port, executable, file, at_once=100):
    asked, expected = frames(executable, file)
    started = time.time()
    answers = []
    for first in range(0, len(asked), at_once):
        status, text = request(port, "POST", "/v1/symbolize", {"frames": asked[first:first + at_once]})
        if status != 200:
            fail("symbolize: %d %s" % (status, text[:300]))
        answers += json.loads(text)["frames"]
    found = [(a.get("symbols") or [{}])[0].get("line") for a in answers]
    with_line = sum(line is not None for line in found)
    same = sum(a == b for a, b in zip(found, expected))
    print("port %d: %d of %d addresses have a line, %d llvm-symbolizer's; %.1f s"
          % (port, with_line, len(asked), same, time.time() - started))
    if with_line < len(asked):
        fail("lines are missing; the first answer without: %s"
             % next(json.dumps(a) for a, line in zip(answers, found) if line is None)[:600])


def load(minutes, executable, file, ports):
    end = time.time() + 60 * minutes
    asked, _ = frames(executable, file)
    errors, counts = [], {}
    lock = threading.Lock()

    def count(what):
        with lock:
            counts[what] = counts.get(what, 0) + 1

    def run(work):
        number = 0
        while time.time() < end and not errors:
            try:
                work(number)
            except OSError as e:
                errors.append(repr(e))
            number += 1

    def batches(port):
        def one(number):
            stacks = [{"frames": [{"buildId": "%040x" % (port + i % 50), "offset": number * BATCHES_OF + i + depth}
                                  for depth in range(20)]} for i in range(BATCHES_OF)]
            status, text = request(port, "POST", "/v1/batches", {"stacks": stacks})
            count("batches at %d: %d" % (port, status))
            if status not in (200, 503, 507):
                errors.append("batch: %d %s" % (status, text[:300]))
            if status != 200:
                time.sleep(0.2)
        return one

    def names(port):
        def one(number):
            part = random.sample(asked, 100)
            status, text = request(port, "POST", "/v1/symbolize", {"frames": part})
            count("questions at %d: %d" % (port, status))
            if status not in (200, 503):
                errors.append("symbolize: %d %s" % (status, text[:300]))
            time.sleep(0.05)
        return one

    threads = [threading.Thread(target=run, args=[work(port)]) for port in ports for work in (batches, names)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for what in sorted(counts):
        print(what, "x", counts[what])
    if errors:
        fail(errors[0])


def exported(file):
    """Returns (offset in the file, name) of an exported function that no other name has the address of, or None."""
    functions = {}
    for line in readelf("--dyn-syms", file).splitlines():
        parts = line.split()
        if len(parts) == 8 and parts[3] == "FUNC" and parts[4] == "GLOBAL" and parts[6] != "UND" and int(parts[2], 0) > 1:
            functions.setdefault(int(parts[1], 16), set()).add(parts[7].split("@")[0])
    for address, names in sorted(functions.items()):
        for offset, start, size in segments(file):
            if len(names) == 1 and start <= address < start + size:
                return address - start + offset, names.pop()
    return None


def neighbour(port, pid, maps, folder):
    mapped = []
    with open(maps) as text:
        for line in text:
            parts = line.split()
            if "x" in parts[1] and len(parts) > 5 and parts[5].startswith("/"):
                start, offset = int(parts[0].split("-")[0], 16), int(parts[2], 16)
                place, name = exported(folder + parts[5]) or (offset, None)
                mapped.append((parts[5], name, start - offset + place))
    status, text = request(port, "POST", "/v1/batches", {
        "processes": [{"pid": pid}],
        "stacks": [{"process": 0, "ips": [hex(ip)]} for _, _, ip in mapped]})
    if status != 200:
        fail("batch of the neighbour: %d %s" % (status, text[:300]))
    for (file, name, _), stack in zip(mapped, json.loads(text)["ids"]):
        frame = json.loads(request(port, "GET", "/v1/stacks/" + stack)[1])["frames"][0]
        if frame.get("buildId") != build_id(folder + file):
            fail("%s has build-id %s, but the sidecar says %s" % (file, build_id(folder + file), json.dumps(frame)))
        if name and (frame.get("symbols") or [{}])[-1].get("function") != name:
            fail("%s has %s there, but the sidecar says %s" % (file, name, json.dumps(frame)))
        print("neighbour's %s: build-id %s, names %s" % (file, frame["buildId"], name))


def main(command, *arguments):
    if command == "addresses":
        addresses(*arguments[:2], *map(int, arguments[2:]))
    elif command == "upload":
        upload(int(arguments[0]), *arguments[1:])
    elif command == "lines":
        lines(int(arguments[0]), *arguments[1:3], *map(int, arguments[3:]))
    elif command == "load":
        load(float(arguments[0]), arguments[1], arguments[2], [int(port) for port in arguments[3:]])
    elif command == "neighbour":
        neighbour(int(arguments[0]), int(arguments[1]), *arguments[2:])


if __name__ == "__main__":
    if len(sys.argv) < 3 or sys.argv[1] not in ("addresses", "upload", "lines", "load", "neighbour"):
        sys.exit(__doc__)
    main(*sys.argv[1:])
