"""Whether the weights of terms hold: python3 benchmarks/term_weights.py MECHNN OUT DATA:SEED [DATA:SEED ..]

DATA is a folder of systems, or one with noise drawn anew (`redraw.py`). Of every system whose right-hand side is a polynomial up
to degree 3, of both starts at 5 % noise with all rows and with half of them, `MECHNN discover --format json` gives the weight of
every term that some compared structure has. How many of the terms with about the same weight are in the true equations is printed
and written to OUT/term-weights.csv, and how many true terms no structure with a weight above 0.01 has is printed. Trajectories and
documents are kept in OUT, and what is there is not done again.
"""

import ast
import csv
import itertools
import json
import os
import pathlib
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

EDGES = [0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 1.01]


def product(a, b):
    result = {}
    for (k, c), (l, d) in itertools.product(a.items(), b.items()):
        exponents = tuple(i + j for i, j in zip(k, l))
        result[exponents] = result.get(exponents, 0.0) + c * d
    return result


def polynomial(node, names):
    """Exponents with their coefficients; ValueError for what is no polynomial."""
    of = lambda part: polynomial(part, names)
    one = (0,) * len(names)
    match node:
        case ast.Constant():
            return {one: float(node.value)}
        case ast.Name():
            return {tuple(int(name == node.id) for name in names): 1.0}
        case ast.UnaryOp(op=ast.USub()):
            return product({one: -1.0}, of(node.operand))
        case ast.BinOp(op=ast.Add() | ast.Sub()):
            sign = 1.0 if isinstance(node.op, ast.Add) else -1.0
            left, right = of(node.left), of(node.right)
            return {k: left.get(k, 0.0) + sign * right.get(k, 0.0) for k in left | right}
        case ast.BinOp(op=ast.Mult()):
            return product(of(node.left), of(node.right))
        case ast.BinOp(op=ast.Div()):
            left, right = of(node.left), of(node.right)
            if list(right) == [one]:
                return {k: c / right[one] for k, c in left.items()}
        case ast.BinOp(op=ast.Pow(), right=ast.Constant(value=int())):
            base = of(node.left)
            result = {one: 1.0}
            for _ in range(node.right.value):
                result = product(result, base)
            return result
    raise ValueError(ast.dump(node))


def monomials(text, names):
    terms = polynomial(ast.parse(text, mode="eval").body, names)
    return {exponents for exponents, coefficient in terms.items() if abs(coefficient) > 1e-12}


def truths(data):
    """Of every system inside the library the monomials of each equation."""
    systems = json.loads((data / "systems.json").read_text())
    systems = systems if isinstance(systems, list) else systems["systems"]
    inside = [system for system in systems if system["in_library"]["poly3"]]
    return {s["id"]: [monomials(rhs, s["variables"]) for rhs in s["rhs_numeric"]] for s in inside}


def documents(program, out, data, seed, drop, systems):
    """(system, document) of every run."""
    folder = out / f"{data.name}_{drop}_{seed}"
    if not folder.exists():
        # The baseline is the quickest way to the trajectories.
        run = [program, "bench", "odebench", "--data", data, "--method", "stlsq", "--noise", "0.05", "--drop", drop]
        run += ["--seed", seed, "--export", folder, "-o", out / "baseline", "--overwrite"]
        subprocess.run(run, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def document(table):
        target = table.with_suffix(".json")
        if not target.exists():
            one_thread = {**os.environ, "RAYON_NUM_THREADS": "1"}
            run = subprocess.run([program, "discover", table, "--format", "json"], capture_output=True, env=one_thread)
            target.write_bytes(run.stdout)
        return int(table.name.split("_")[0]), json.loads(target.read_text())

    wanted = [table for table in sorted(folder.glob("*.csv")) if int(table.name.split("_")[0]) in systems]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(document, wanted))


def main(program, out, *sources):
    out = pathlib.Path(out)
    out.mkdir(parents=True, exist_ok=True)
    seen, missed, true_terms = [], 0, 0
    for source in sources:
        data, seed = source.rsplit(":", 1)
        data = pathlib.Path(data)
        truth = truths(data)
        for drop in ["0", "0.5"]:
            for system, document in documents(program, out, data, seed, drop, truth):
                names = [equation["state"] for equation in document["equations"]]
                found = [set() for _ in names]
                for term in document["term_weights"]:
                    try:
                        (exponents,) = monomials(term["expression"], names)
                        equation = names.index(term["state"])
                        is_true = exponents in truth[system][equation]
                        found[equation].add(exponents)
                    except ValueError:
                        is_true = False
                    seen.append((term["weight"], is_true))
                true_terms += sum(map(len, truth[system]))
                missed += sum(len(own - other) for own, other in zip(truth[system], found))
    with open(out / "term-weights.csv", "w", newline="") as file:
        table = csv.writer(file)
        table.writerow("from,to,terms,mean_weight,true_share,standard_error".split(","))
        for low, high in itertools.pairwise(EDGES):
            own = [(weight, is_true) for weight, is_true in seen if low <= weight < high]
            if own:
                count = len(own)
                weight, share = sum(w for w, _ in own) / count, sum(t for _, t in own) / count
                error = (weight * (1 - min(weight, 1.0)) / count) ** 0.5
                row = [low, min(high, 1.0), count, f"{weight:.3f}", f"{share:.3f}", f"{error:.3f}"]
                table.writerow(row)
                print(*row)
    print(f"{missed} of {true_terms} true terms have no weight")


if __name__ == "__main__":
    main(*sys.argv[1:])
