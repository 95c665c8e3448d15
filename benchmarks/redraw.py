"""A folder of systems with noise and masks drawn anew: python3 benchmarks/redraw.py FROM TO SEED

What `mechnn bench odebench --data` reads: `systems.json` as it is, and of `trajectories.npz` every noise matrix (`*_z0` to `*_z2`,
standard normal) and every mask (`*_keep25_*`, `*_keep50_*`: so many percent of the rows left out) from Python's generator.
"""

import array
import pathlib
import random
import re
import shutil
import struct
import sys
import zipfile


def redrawn(name, values, rng):
    """The values of one array in the place of those it had."""
    if re.search(r"_z\d\.npy$", name):
        return array.array("f", [rng.gauss(0, 1) for _ in range(len(values) // 4)]).tobytes()
    dropped = re.search(r"_keep(\d\d)_", name)
    if dropped:
        rows = len(values)
        kept = set(rng.sample(range(rows), round(rows * (1 - int(dropped[1]) / 100))))
        return bytes(int(row in kept) for row in range(rows))
    return values


def main(source, target, seed):
    rng = random.Random(seed)
    target.mkdir(parents=True, exist_ok=True)
    shutil.copy(source / "systems.json", target)
    with zipfile.ZipFile(source / "trajectories.npz") as old, zipfile.ZipFile(
        target / "trajectories.npz", "w", zipfile.ZIP_DEFLATED
    ) as new:
        for name in sorted(old.namelist()):
            data = old.read(name)
            header = 10 + struct.unpack("<H", data[8:10])[0]
            new.writestr(name, data[:header] + redrawn(name, data[header:], rng))


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), int(sys.argv[3]))
