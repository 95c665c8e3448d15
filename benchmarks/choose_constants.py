"""Constants of the method by halves: python3 benchmarks/choose_constants.py MECHNN DATA OUT [CONSTANT=VALUE ..]

DATA is a folder of systems with noise drawn anew (`redraw.py`). Every option of `mechnn::discovery::Tuning` is set to other
values, one at a time, and `MECHNN bench odebench` runs all systems at 5 % noise, with all rows and with half of them. For each half
of the systems (`--half`) the best value of every constant is chosen; what all chosen values together do is then measured on both
halves: on the one they were chosen for, and on the other, which says what the choice is worth.

The rows are kept in OUT, and runs that are there are not done again; OUT/constants.csv is the table. CONSTANT=VALUE sets a constant
for all runs.
"""

import csv
import pathlib
import subprocess
import sys

# The default is tried in any case. The penalties of a number and of a choice have a table of their own in decision 0004;
# what other values of the constants do that are no options any more is in decision 0010.
VALUES = {
    "beam": [20, 80],
    "exchanges": [6, 24],
    "neighbours": [5],
    "survivors": [5],
    "tight": [0.001, 0.01],
    "implausible": [0.0, 12.0],
    "relations": [0.0],
}

CONDITIONS = ["0", "0.5"]


def good(row):
    return float(row["r2_generalisation"]) > 0.9


class Campaign:
    def __init__(self, program, data, out, fixed):
        self.program, self.data, self.out, self.fixed = program, data, out, fixed
        run = [program, "bench", "odebench", "--data", data, "--method", "stlsq", "--half", "first"]
        listing = self.out / "first-half"
        if not (listing / "table.txt").exists():
            subprocess.run([*run, "-o", listing, "--overwrite"], check=True, stdout=subprocess.DEVNULL)
        self.first = {row["system"] for row in rows(listing)}

    def run(self, settings):
        """The rows of all systems under both conditions."""
        settings = {**self.fixed, **settings}
        name = "_".join(f"{key}={value}" for key, value in sorted(settings.items())) or "default"
        found = []
        for drop in CONDITIONS:
            folder = self.out / f"{name}_drop{drop}"
            if not (folder / "table.txt").exists():
                command = [self.program, "bench", "odebench", "--data", self.data, "--noise", "0.05", "--drop", drop]
                command += ["-o", folder, "--overwrite"]
                for key, value in settings.items():
                    command += ["--set", f"tuning.{key}={value}"]
                subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            found += rows(folder)
        return found

    def summary(self, settings):
        """G of both halves in percent, exact structures of both, core-seconds a run."""
        found = self.run(settings)
        halves = [[row for row in found if (row["system"] in self.first) == first] for first in (True, False)]
        share = [100 * sum(map(good, half)) / len(half) for half in halves]
        exact = [sum(row["structure"] == "exact" for row in half) for half in halves]
        return share + exact + [sum(float(row["core_seconds"]) for row in found) / len(found)]


def rows(folder):
    with open(folder / "rows.csv") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def main(program, data, out, *fixed):
    out = pathlib.Path(out)
    out.mkdir(parents=True, exist_ok=True)
    campaign = Campaign(program, data, out, dict(text.split("=") for text in fixed))
    with open(out / "constants.csv", "w", newline="") as file:
        table = csv.writer(file)
        table.writerow("constant,value,g_first,g_second,exact_first,exact_second,core_seconds".split(","))

        def line(constant, value, summary):
            table.writerow([constant, value, *(f"{number:.1f}" for number in summary[:2]), *summary[2:4], f"{summary[4]:.2f}"])
            file.flush()
            print(constant, value, *(f"{number:.1f}" for number in summary), flush=True)

        default = campaign.summary({})
        line("default", "", default)
        chosen = [{}, {}]
        for constant, values in VALUES.items():
            tried = {value: campaign.summary({constant: value}) for value in values}
            for value, summary in tried.items():
                line(constant, value, summary)
            for half in (0, 1):
                best = max(tried, key=lambda value: tried[value][half])
                # A tie leaves the constant as it is.
                if tried[best][half] > default[half]:
                    chosen[half][constant] = best
        for half, name in enumerate(["chosen on the first", "chosen on the second"]):
            line(name, " ".join(f"{key}={value}" for key, value in chosen[half].items()), campaign.summary(chosen[half]))


if __name__ == "__main__":
    main(*sys.argv[1:])
