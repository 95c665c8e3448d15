"""Whether two builds say the same.

    python3 benchmarks/compare_documents.py run PROGRAM FOLDER [--shared DIR] [--jobs 2] [--only NAME,..]
    python3 benchmarks/compare_documents.py compare FOLDER FOLDER [--tolerance 1e-9] [--without NAME] [--only NAME,..]

`run` runs the commands of compare_documents.txt with one program and keeps in FOLDER/NAME what each of them left
behind: stdout, stderr, the exit code, and every file that it wrote. `compare` holds two such folders against each
other and ends with 1 if they differ. Numbers have to be equal digit for digit, but for those that measure time: keys
named `seconds` or ending in `_seconds`, and times on stderr. With a tolerance numbers may differ by that fraction,
everything else may not. --without NAME leaves out files of that name, such as metrics.jsonl, the course of a search.
"""

import argparse
import json
import os
import pathlib
import re
import shlex
import shutil
import struct
import subprocess
import sys
import tempfile
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor

ROOT = pathlib.Path(__file__).resolve().parent.parent
LIST = pathlib.Path(__file__).with_suffix(".txt")
TIMES = "times.txt"
STDERR = "stderr"
MOST_SHOWN = 8


def commands(only):
    """The list: name and arguments."""
    found = {}
    for line in LIST.read_text().splitlines():
        if not line or line.startswith("#"):
            continue
        if line[0] == " ":
            found[name] += shlex.split(line)
            continue
        name, arguments = line.split(None, 1)
        if name in found:
            raise SystemExit(f"{LIST.name}: {name} stands there twice")
        found[name] = shlex.split(arguments)
    if unknown := [name for name in only or [] if name not in found]:
        raise SystemExit(f"{LIST.name}: there is no {', '.join(unknown)}")
    return {name: found[name] for name in only or found}


# Tables. They are made with sums and products of numbers only, which are the same on every machine.


class Noise:
    """Roughly normal numbers of a linear congruential generator: sums of twelve uniform ones."""

    def __init__(self, seed):
        self.state = seed

    def draw(self):
        total = -6.0
        for _ in range(12):
            self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
            total += (self.state >> 11) / 2.0**53
        return total


def simulated(right_hand_side, start, points, step, noise, seed):
    """Rows [t, x..] of x' = f(t, x) by the midpoint rule, with additive noise."""
    substeps, x, draws, rows = 50, list(start), Noise(seed), []
    h = step / substeps
    for point in range(points):
        rows.append([point * step] + [value + noise * draws.draw() for value in x])
        for sub in range(substeps):
            t = point * step + sub * h
            middle = [value + 0.5 * h * rate for value, rate in zip(x, right_hand_side(t, x))]
            x = [value + h * rate for value, rate in zip(x, right_hand_side(t + 0.5 * h, middle))]
    return rows


def write_table(path, header, rows):
    lines = [",".join(cell if isinstance(cell, str) else repr(cell) for cell in row) for row in rows]
    path.write_text("\n".join(([",".join(header)] if header else []) + lines) + "\n")


def odebench(folder, shared, system, noise, drop):
    """Start a of a system with its first noise matrix, and the rows of its first mask, as in ODEBench's protocol."""
    source = shared / "odebench" / "csv"
    read = lambda path: [line.split(",") for line in path.read_text().splitlines()]
    header, *clean = read(source / f"{system}.csv")
    names, *corruption = read(source / f"{system}_corruption.csv")
    columns = [index for index, name in enumerate(header) if name.startswith("a_")]
    states = [header[index][2:] for index in columns]
    rows = []
    for row, own in zip(clean, corruption):
        own = dict(zip(names, own))
        if drop and own["a_keep50_s0"] == "0":
            continue
        factors = [1.0 + noise * float(own[f"a_z0_{state}"]) for state in states]
        rows.append([row[0]] + [float(row[index]) * factor for index, factor in zip(columns, factors)])
    name = f"odebench_{system}.csv" if noise else f"odebench_{system}_clean.csv"
    write_table(folder / name, ["t"] + states, rows)


def npy(shape, values):
    """An array of float64 or, for whole numbers, int64, as NumPy writes it."""
    kind, letter = ("<i8", "q") if all(isinstance(value, int) for value in values) else ("<f8", "d")
    header = repr({"descr": kind, "fortran_order": False, "shape": tuple(shape)})
    header += " " * (-(len(header) + 11) % 64) + "\n"
    start = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode()
    return start + struct.pack(f"<{len(values)}{letter}", *values)


def make_tables(folder, shared):
    folder.mkdir()
    odebench(folder, shared, "02", 0.0, drop=False)
    for system in ["14", "21", "27", "30", "34", "42", "61"]:
        odebench(folder, shared, system, 0.05, drop=True)

    def prey(growth, death):
        return lambda t, x: [growth * x[0] - x[0] * x[1], x[0] * x[1] - death * x[1]]

    runs = {
        "a": simulated(prey(1.0, 1.0), [1.5, 0.6], 120, 0.1, 0.01, seed=1),
        "b": simulated(prey(1.4, 0.8), [0.7, 1.2], 120, 0.1, 0.01, seed=2),
    }
    for name, rows in runs.items():
        write_table(folder / f"run_{name}.csv", ["t", "x", "y"], rows)
    both = [[name] + row for name, rows in runs.items() for row in rows]
    write_table(folder / "two_runs.csv", ["run", "t", "x", "y"], both)
    write_table(folder / "no_time.csv", None, [row[1:] for row in runs["a"]])

    # A cell of every tenth row is empty; the input goes up and down.
    triangle = lambda t: 0.5 * abs(t % 4.0 - 2.0)
    driven = simulated(lambda t, x: [2.0 * triangle(t) - 0.7 * x[0]], [1.0], 150, 0.1, 0.02, seed=3)
    write_table(
        folder / "driven.csv",
        ["t", "x", "u"],
        [[t, "" if index % 10 == 7 else x, triangle(t)] for index, (t, x) in enumerate(driven)],
    )
    swing = lambda t, x: [x[1], -x[0] - 0.2 * x[1] - 0.3 * x[0] * x[0] * x[0]]
    pendulum = simulated(swing, [1.5, 0.0], 161, 0.1, 0.01, seed=4)
    write_table(folder / "pendulum.csv", ["t", "x"], [row[:2] for row in pendulum])
    flows = lambda x: (0.6 * x[0] * x[1], 0.2 * x[1])
    rates = lambda t, x: [-flows(x)[0], flows(x)[0] - flows(x)[1], flows(x)[1]]
    epidemic = simulated(rates, [0.95, 0.05, 0.0], 121, 0.5, 0.01, seed=5)
    write_table(folder / "epidemic.csv", ["t", "S", "I", "R"], epidemic)

    (folder / "epidemic.toml").write_text(
        '[model]\nconserved = ["S + I + R"]\nties = [{ S = "-S*I", I = "S*I" }]\n'
        '[model.signs]\nI = { "I" = "negative" }\n'
    )
    (folder / "epidemic_known.toml").write_text(
        '[model.known]\nR = "0.2*I"\n[model.terms]\nS = ["S*I", "S", "S*I/(1 + I)"]\nI = ["S*I", "I", "I**2"]\n'
    )
    (folder / "runs.toml").write_text(
        '[model.equations]\nx = "growth*x - x*y"\ny = "x*y - death*y"\n[model.parameters]\n'
        "growth = { min = 0.1, max = 3, per_trajectory = true }\ndeath = { start = 1, min = 0 }\n"
        '[model.observations]\nx = "x"\ny = "y"\n'
    )
    (folder / "neural.toml").write_text("cycles = 2\nwidth = 16\nvector = 8\n[training]\nepochs = 2\n")
    (folder / "train.toml").write_text(
        'experiment = "damped-sine"\nseeds = [1]\npoints = 60\nduration = 6\n'
        "epochs = 3\nsmoothing = [0.0]\nsmoothing_epochs = 2\n"
    )
    points = 41
    coefficients = [c for b in (1.0, 2.0) for n in range(points) for c in (b, 0.1 + 0.01 * n, 1.0)]
    arrays = {
        "coefficients": npy([2, points, 1, 1, 3], coefficients),
        "rhs_equation": npy([2, points, 1], [0.02 * n * b for b in (1.0, -1.0) for n in range(points)]),
        "init_vars": npy([1, 1, 2], [1.0, 0.5]),
        "steps": npy([points - 1], [0.1 + 0.001 * n for n in range(points - 1)]),
        "cotangent": npy([2, points, 1, 3], [0.01 * (n % 7) for n in range(2 * points * 3)]),
    }
    with zipfile.ZipFile(folder / "problem.npz", "w") as archive:
        for name, contents in arrays.items():
            archive.writestr(f"{name}.npy", contents)


# Running


def run_one(program, name, arguments, inputs, out):
    """Runs one command in a folder of its own, where the inputs are links, and keeps what it leaves."""
    with tempfile.TemporaryDirectory() as work:
        work = pathlib.Path(work)
        for link, target in inputs.items():
            (work / link).symlink_to(target)
        line = [program, *arguments, "--threads", "1", "--no-progress"]
        environment = {**os.environ, "NO_COLOR": "1", "RAYON_NUM_THREADS": "1"}
        start = time.monotonic()
        ended = subprocess.run(line, cwd=work, env=environment, stdin=subprocess.DEVNULL, capture_output=True)
        seconds = time.monotonic() - start
        kept = out / name
        kept.mkdir(parents=True)
        (kept / "stdout").write_bytes(ended.stdout)
        (kept / STDERR).write_bytes(ended.stderr)
        (kept / "exit").write_text(f"{ended.returncode}\n")
        for entry in sorted(work.iterdir()):
            if entry.name not in inputs:
                (shutil.copytree if entry.is_dir() else shutil.copy)(entry, kept / entry.name)
    print(f"{seconds:6.1f} s  {name}" + (f"  (ended with {ended.returncode})" if ended.returncode else ""), flush=True)
    return name, seconds


def run(args):
    program = str(pathlib.Path(args.program).resolve())
    shared = pathlib.Path(args.shared or os.environ.get("MECHNN_SHARED") or ROOT.parent / "shared").resolve()
    if not (shared / "odebench").is_dir():
        raise SystemExit(f"no shared data in {shared}: name the folder with --shared or MECHNN_SHARED")
    out, asked = pathlib.Path(args.folder), commands(args.only)
    for name in asked:
        if (out / name).exists():
            shutil.rmtree(out / name)
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as made, ThreadPoolExecutor(args.jobs) as pool:
        tables = pathlib.Path(made) / "tables"
        make_tables(tables, shared)
        inputs = {"data": ROOT / "data", "examples": ROOT / "examples", "shared": shared, "tables": tables}
        times = list(pool.map(lambda item: run_one(program, item[0], item[1], inputs, out), asked.items()))
    (out / TIMES).write_text("".join(f"{seconds:8.2f}  {name}\n" for name, seconds in times))
    total = sum(seconds for _, seconds in times)
    print(f"{len(times)} commands, {total:.0f} s of them, {time.monotonic() - start:.0f} s with {args.jobs} at a time")
    return 0


# Comparing


class Digits(str):
    """A number as it is written."""


NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
# On stderr: the line of evidence, and what the networks say.
TIME = re.compile(r"^time +.*$|\b\d+(?:\.\d+)? (?:s|ms|min)\b", re.MULTILINE)


def measures_time(key):
    return key == "seconds" or key.endswith("_seconds")


class Differences:
    """Compares two things of one kind; `found` has a line for each difference."""

    def __init__(self, tolerance):
        self.tolerance, self.found, self.largest = tolerance, [], 0.0

    def add(self, where, first, second):
        self.found.append(f"{where}: {shortened(first)} / {shortened(second)}")

    def number(self, where, first, second):
        if first == second:
            return
        a, b = float(first), float(second)
        difference = 0.0 if a == b else abs(a - b) / max(abs(a), abs(b))
        self.largest = max(self.largest, difference)
        # A difference that is not a number is one, too.
        if not difference <= self.tolerance or not self.tolerance:
            self.add(f"{where} (by {difference:.1e})", first, second)

    def document(self, where, first, second):
        if isinstance(first, dict) and isinstance(second, dict):
            if list(first) != list(second):
                self.add(f"{where}: keys", ", ".join(first), ", ".join(second))
            for key in first:
                if key in second and not measures_time(key):
                    self.document(f"{where}.{key}", first[key], second[key])
        elif isinstance(first, list) and isinstance(second, list):
            if len(first) != len(second):
                self.add(f"{where}: length", len(first), len(second))
            for index, (a, b) in enumerate(zip(first, second)):
                self.document(f"{where}[{index}]", a, b)
        elif isinstance(first, Digits) and isinstance(second, Digits):
            self.number(where, first, second)
        elif isinstance(first, str) and isinstance(second, str) and type(first) is type(second):
            self.text(where, first, second)
        elif type(first) is not type(second) or first != second:
            self.add(where, first, second)

    def text(self, where, first, second):
        """Line by line; the words have to be the same and, without a tolerance, the numbers between them."""
        # On stdout "1.5 s" may be a coefficient with its unit.
        if where == STDERR:
            first, second = (TIME.sub("TIME", text) for text in (first, second))
        first, second = first.splitlines(), second.splitlines()
        if len(first) != len(second):
            self.add(f"{where}: lines", len(first), len(second))
        for line, (a, b) in enumerate(zip(first, second), start=1):
            if a == b:
                continue
            at = f"{where}:{line}" if len(first) > 1 else where
            if NUMBER.split(a) != NUMBER.split(b):
                self.add(at, a, b)
                continue
            for x, y in zip(NUMBER.findall(a), NUMBER.findall(b)):
                self.number(at, x, y)

    def archive(self, where, first, second):
        """The arrays of two .npz files."""
        with zipfile.ZipFile(first) as a, zipfile.ZipFile(second) as b:
            if a.namelist() != b.namelist():
                self.add(f"{where}: arrays", a.namelist(), b.namelist())
            for name in a.namelist():
                if name in b.namelist() and a.read(name) != b.read(name):
                    self.document(f"{where}/{name}", *(doubles(archive.read(name)) for archive in (a, b)))

    def file(self, where, first, second):
        if first.suffix == ".npz":
            return self.archive(where, first, second)
        contents = first.read_bytes(), second.read_bytes()
        try:
            texts = [content.decode() for content in contents]
        except UnicodeDecodeError:
            if contents[0] != contents[1]:
                self.add(where, f"{len(contents[0])} bytes", "other bytes")
            return None
        documents = [parsed(text) for text in texts]
        if None in documents:
            return self.text(where, *texts)
        return self.document(where, *documents)


def parsed(text):
    """JSON, one document or one a line, with numbers as they are written; nothing if it is something else."""
    read = lambda text: json.loads(text, parse_float=Digits, parse_int=Digits, parse_constant=Digits)
    try:
        return read(text)
    except ValueError:
        pass
    try:
        return [read(line) for line in text.splitlines()] or None
    except ValueError:
        return None


def doubles(contents):
    """Header and numbers of an array of float64 in the .npy format."""
    length = struct.unpack("<H", contents[8:10])[0]
    header, data = contents[10 : 10 + length].decode().strip(), contents[10 + length :]
    return [header, [Digits(repr(value)) for value in struct.unpack(f"<{len(data) // 8}d", data)]]


def shortened(value):
    text = str(value)
    return text if len(text) <= 90 else f"{text[:87]}..."


def files(folder, without):
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path for path in paths if path.name not in without}


def compare(args):
    first, second = pathlib.Path(args.first), pathlib.Path(args.second)
    for folder in (first, second):
        if not (folder / TIMES).is_file():
            raise SystemExit(f"{folder} is no folder of a finished run")
    differing, largest = 0, 0.0
    entries = [entry for folder in (first, second) for entry in folder.iterdir()]
    names = args.only or sorted({entry.name for entry in entries if entry.is_dir()})
    for name in names:
        if missing := [folder for folder in (first, second) if not (folder / name).is_dir()]:
            differing += 1
            print(f"{name}: not in {' and not in '.join(map(str, missing))}")
            continue
        differences = Differences(args.tolerance)
        a, b = (files(folder / name, args.without) for folder in (first, second))
        for path in sorted({*a, *b}):
            if path in a and path in b:
                differences.file(path, a[path], b[path])
            else:
                differences.found.append(f"{path} is only in {first if path in a else second}")
        largest = max(largest, differences.largest)
        if differences.found:
            differing += 1
            print(f"{name}: {len(differences.found)} difference(s)")
            for line in differences.found[:MOST_SHOWN]:
                print(f"    {line}")
            if len(differences.found) > MOST_SHOWN:
                print(f"    and {len(differences.found) - MOST_SHOWN} more")
    state = "the same" if not differing else f"{differing} differ"
    print(f"{len(names)} commands: {state}; numbers differ by at most {largest:.1e}")
    return 1 if differing or not names else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    modes = parser.add_subparsers(required=True)
    mode = modes.add_parser("run", help="run the command lines with one program")
    mode.add_argument("program")
    mode.add_argument("folder")
    mode.add_argument("--shared", help="the folder of shared data [default: MECHNN_SHARED, else ../shared]")
    mode.add_argument("--jobs", type=int, default=2, help="commands at a time")
    mode.add_argument("--only", type=lambda names: names.split(","), help="names of the list, separated by commas")
    mode.set_defaults(do=run)
    mode = modes.add_parser("compare", help="hold two folders against each other")
    mode.add_argument("first")
    mode.add_argument("second")
    mode.add_argument("--tolerance", type=float, default=0.0, help="numbers may differ by this fraction")
    mode.add_argument("--without", action="append", default=[], metavar="NAME", help="leave out files of this name")
    mode.add_argument("--only", type=lambda names: names.split(","), help="names of the list, separated by commas")
    mode.set_defaults(do=compare)
    args = parser.parse_args()
    sys.exit(args.do(args))


if __name__ == "__main__":
    main()
