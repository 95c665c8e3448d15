"""Times the solver beside others on one core: see README.md.

For every shape a problem is drawn, written to a folder, and solved by all. A round times every peer once, with ours
right before it. Printed are medians of the ratios peer / ours over the rounds with the least and the largest, and
errors.
"""

import argparse
import multiprocessing
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

import numpy as np

# B, N, D, K: batch, points, dimensions, derivatives with the function itself.
SHAPES = [(512, 50, 3, 3), (1536, 50, 1, 3), (8192, 10, 1, 5), (64, 1000, 3, 3), (1, 10_000, 1, 3)]


class Problem:
    """Damped, driven, weakly coupled oscillators whose coefficients are sines of time, all different."""

    def __init__(self, batch, points, dims, orders):
        rng = np.random.default_rng(1)
        self.shape = (batch, points, dims, orders)
        middle = np.zeros((dims, dims, orders))
        middle[..., 0] = np.eye(dims)
        middle[..., 1] = 0.2 * np.eye(dims)
        size = np.full((dims, dims, orders), 0.1)
        # The highest derivative has the unit matrix.
        middle[..., -1], size[..., -1] = np.eye(dims), 0.0
        self.middle, self.size = middle, size
        self.frequency = rng.uniform(0.2, 1.0, (batch, dims, dims, orders))
        self.phase = rng.uniform(0, 6, (batch, dims, dims, orders))
        self.force_frequency, self.force_phase = rng.uniform(0.2, 1.0, (batch, dims)), rng.uniform(0, 6, (batch, dims))
        self.steps = 0.05 * rng.uniform(0.75, 1.25, (batch, points - 1))
        self.times = np.concatenate([np.zeros((batch, 1)), self.steps.cumsum(1)], 1)
        self.initial = rng.uniform(-1, 1, (batch, 1, dims, orders - 1))

    def at(self, times):
        """Coefficients [B, D, D, K] and forcing [B, D] at a time [B] for each element."""
        coefficients = self.middle + self.size * np.sin(self.frequency * times[:, None, None, None] + self.phase)
        return coefficients, np.cos(self.force_frequency * times[:, None] + self.force_phase)

    def write(self, folder):
        coefficients, forcing = zip(*(self.at(times) for times in self.times.T))
        arrays = {"coefficients": np.stack(coefficients, 1), "forcing": np.stack(forcing, 1)}
        arrays |= {"steps": self.steps, "initial": self.initial}
        for name, array in arrays.items():
            np.save(pathlib.Path(folder) / f"{name}.npy", np.ascontiguousarray(array))

    def reference(self, constant):
        """Derivatives 0 to K-2 [B, N, D, K-1] by the classical Runge-Kutta method with eight steps in each interval, of
        the differential equation itself or of the one whose coefficients stay what they are at an interval's left end.
        """
        y, found = self.initial[:, 0], [self.initial[:, 0]]
        for left, width in zip(self.times.T, self.steps.T):
            held = self.at(left)

            def rate(part, y):
                coefficients, forcing = held if constant else self.at(left + part * width)
                highest = forcing - np.einsum("bedk,bdk->be", coefficients[..., :-1], y)
                return width[:, None, None] * np.concatenate([y[..., 1:], highest[..., None]], -1)

            for i in range(8):
                h = 1 / 8
                a = rate(i * h, y)
                b = rate((i + 0.5) * h, y + 0.5 * h * a)
                c = rate((i + 0.5) * h, y + 0.5 * h * b)
                d = rate((i + 1) * h, y + h * c)
                y = y + h / 6 * (a + 2 * b + 2 * c + d)
            found.append(y)
        return np.stack(found, 1)


def ours(binary, folder):
    """Seconds forward and with gradients, and the solver's own estimate of its error."""
    line = subprocess.run([binary, folder], check=True, capture_output=True, text=True).stdout.split("\t")
    return {"forward": float(line[4]) * 1e-9, "both": float(line[5]) * 1e-9}, float(line[6])


def distance(one, other):
    return f"{np.abs(one - other).max() / np.abs(other).max():.0e}"


class Peer:
    """A peer in its process, until it takes longer than the limit."""

    def __init__(self, name, folder, path, limit):
        from solvers import serve

        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=serve, args=(theirs, name, folder, path), daemon=True)
        self.process.start()
        theirs.close()
        self.limit = limit

    def answer(self):
        """What comes back, or nothing once the time is over or the process has ended."""
        try:
            if self.process is not None and self.pipe.poll(self.limit):
                return self.pipe.recv()
        except EOFError:
            pass
        self.end()
        return None

    def seconds(self, way):
        if self.process is None:
            return None
        self.pipe.send(way)
        return self.answer()

    def end(self):
        if self.process is not None:
            self.process.kill()
            self.process.join()
            self.process = None


def cell(ratios):
    if not ratios:
        return "not measured"
    digits = sum(statistics.median(ratios) < limit for limit in [0.995, 9.95])
    middle, least, most = (f"{value:.{digits}f}" for value in (statistics.median(ratios), min(ratios), max(ratios)))
    return f"{middle} [{least}, {most}]" + ("" if len(ratios) > 1 else ", once")


def compare(shape, options):
    from solvers import PEERS

    with tempfile.TemporaryDirectory() as folder:
        problem = Problem(*shape)
        problem.write(folder)
        times, estimate = ours(options.ours, folder)
        least = dict(times)
        mine = np.load(pathlib.Path(folder) / "solution.npy")[..., :-1]
        smooth, held = problem.reference(False), problem.reference(True)
        names = [name for name in PEERS if name != "S-MNN" or options.smnn]
        lines = {}
        for name in names:
            # Warmed up one after the other, and those that are done wait without using the core.
            peer = Peer(name, folder, options.smnn, options.limit)
            solution = peer.answer()
            ratios, spent = {"forward": [], "both": []}, dict.fromkeys(["forward", "both"], 0.0)
            lines[name] = (peer, ratios, spent, solution)
        for _ in range(options.rounds):
            for name in names:
                peer, ratios, spent, _ = lines[name]
                for way in ["forward", "both"]:
                    if spent[way] > options.limit:
                        continue
                    before = ours(options.ours, folder)[0]
                    least = {way: min(least[way], before[way]) for way in least}
                    seconds = peer.seconds(way)
                    if seconds is not None:
                        ratios[way].append(seconds / before[way])
                        spent[way] += max(seconds, 1)
        batch, points, dims, orders = shape
        title = f"{batch}, {points}, {dims}, {orders}"
        per_point = [f"{least[way] * 1e9 / batch / points:.1f} ns" for way in ["forward", "both"]]
        print(f"| {title} | ours | {per_point[0]} | {per_point[1]} | {estimate:.0e} | {distance(mine, smooth)} |")
        for name, (peer, ratios, _, solution) in lines.items():
            # S-MNN solves our rows; the others the equation with constant pieces.
            exact = mine if name == "S-MNN" else held
            errors = ["", ""] if solution is None else [distance(solution, exact), distance(solution, smooth)]
            cells = [name, cell(ratios["forward"]), cell(ratios["both"]), *errors]
            print(f"| | {' | '.join(cells)} |", flush=True)
            peer.end()


def main():
    parser = argparse.ArgumentParser(description="Times the solver beside others on one core.")
    parser.add_argument("--ours", required=True, help="the example time_problem, built in the release profile")
    parser.add_argument("--smnn", help="smnn.py of Scalable Mechanistic Neural Networks, left out without it")
    parser.add_argument("--core", type=int, default=0, help="the core on which everything runs")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--limit", type=float, default=60, help="seconds for an answer, and for all rounds")
    parser.add_argument("--shapes", type=int, nargs="*", default=range(len(SHAPES)), help="which of the shapes, from 0")
    options = parser.parse_args()
    # Before any process is started; they inherit both.
    os.sched_setaffinity(0, {options.core})
    libraries = ["OMP", "MKL", "OPENBLAS", "RAYON"]
    os.environ |= {f"{library}_NUM_THREADS": "1" for library in libraries}
    os.environ |= {"JAX_PLATFORMS": "cpu", "JAX_ENABLE_X64": "1", "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false"}
    load = os.getloadavg()
    print("| B, N, D, K | | forward | forward and gradient | off what it solves | off the equation |")
    print("|---|---|---|---|---|---|")
    for index in options.shapes:
        compare(SHAPES[index], options)
    after = os.getloadavg()
    print(f"load average of five minutes: {load[1]:.1f} before, {after[1]:.1f} after", file=sys.stderr)


if __name__ == "__main__":
    main()
