"""Run the experiments that no chapter has time for, and measure the book itself.

An experiment goes on where an interruption left it, as long as its code is the same, and stores the
hash of this code. Writes ``benchmarks/<part>.json`` for each part, and ``benchmarks/results.md``
from all of them. Run it on an idle machine; nothing in the book asserts seconds.
"""

import argparse
import importlib
import json
import os
import sys
import time
from pathlib import Path

from nbclient import NotebookClient

from benchmarks import lighthouse, proof, tables
from benchmarks.progress import Progress
from tools import notebooks, page_weight, site
from tools.origin import machine_and_date, origin
from tools.provenance import experiment_provenance, experiments

FOLDER = Path(__file__).resolve().parent


def measure_notebooks(chapters=()):
    """Execute chapters alone in a fresh kernel: seconds, and peak memory of the kernel.

    Args:
        chapters: names; what is stored of the others is kept. Without any, all are executed.

    Raises:
        notebooks.NotebookError: there is no such chapter.
    """
    chosen = [notebooks.find_chapter(name) for name in chapters] or notebooks.chapter_paths()
    stored_path = FOLDER / "notebooks.json"
    measured = json.loads(stored_path.read_text())["notebooks"] if chapters else {}
    for path in chosen:
        notebook = notebooks.read_notebook(path)
        client = NotebookClient(
            notebook, timeout=600, resources={"metadata": {"path": str(path.parent)}}
        )
        started = time.perf_counter()
        with client.setup_kernel(env={**os.environ, **notebooks.kernel_environment()}):
            for index, cell in enumerate(notebook.cells):
                client.execute_cell(cell, index)
            seconds = time.perf_counter() - started
            peak = _peak_gib(client.km.provisioner.pid)
        measured[path.stem] = {"seconds": round(seconds, 1), "peak_gib": peak}
        print(f"  {path.stem}: {seconds:.1f} s, {peak} GiB", flush=True)
    known = [path.stem for path in notebooks.chapter_paths()]
    return {"notebooks": {name: measured[name] for name in known if name in measured}}


def _peak_gib(process_id):
    """Return the largest resident memory of a process so far; Linux only, else ``None``."""
    status = Path(f"/proc/{process_id}/status")
    if not status.exists():
        return None
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return round(int(line.split()[1]) / 2**20, 2)


def measure_site():
    """Build the site from nothing, then again without changes: seconds of each."""
    seconds = {}
    for name, arguments in (("cold", ["--clean"]), ("unchanged", [])):
        started = time.perf_counter()
        site.main(arguments)
        seconds[name] = round(time.perf_counter() - started, 1)
    return {"seconds": seconds}


def measure_pages():
    """Return the compressed bytes that each page of the built site makes a browser fetch."""
    folder = site.INDEX.parent
    # Nobody reads first the page at a wrong address, and its own addresses begin at a host's root.
    tops = [page for page in sorted(folder.glob("*.html")) if page.name != "404.html"]
    pages = tops + sorted(folder.glob("[!_]*/*.html"))
    weights = {str(page.relative_to(folder)): page_weight.first_load(page) for page in pages}
    return {"bytes": weights}


# Found by their form; each is imported when it runs.
EXPERIMENTS = experiments(notebooks.ROOT)
MEASUREMENTS = {
    "notebooks": measure_notebooks,
    "site": measure_site,
    "pages": measure_pages,
    "lighthouse": lighthouse.measure,
    "proof": proof.measure,
}
PARTS = (*EXPERIMENTS, *MEASUREMENTS)


def store(name, result):
    """Write the result of a part."""
    text = json.dumps(result, indent=2) + "\n"
    notebooks.write_atomically(text, FOLDER / f"{name}.json")


def run_experiment(name, seeds=None):
    """Run one experiment from where it was left, and store its result with its origin.

    Args:
        name: one of ``EXPERIMENTS``.
        seeds: those to run; ``None`` for the experiment's own.
    """
    module = importlib.import_module(f"benchmarks.{name}")
    seeds = list(module.SEEDS if seeds is None else seeds)
    provenance = experiment_provenance(name, notebooks.ROOT)
    progress = Progress(name, provenance)
    result = module.measure(progress, seeds)
    store(name, {**origin(provenance, seeds), **result})
    progress.finish()


def main(argv=None):
    """Measure the chosen parts and write all results."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks.run")
    parser.add_argument("parts", nargs="*", help=f"of {', '.join(PARTS)}; without any, all")
    parser.add_argument(
        "--seeds", type=int, nargs="+", help="of the experiments; without any, each its own"
    )
    parser.add_argument(
        "--chapter",
        action="append",
        default=[],
        help="of the notebooks measure only this one, and keep what is stored of the others",
    )
    arguments = parser.parse_args(argv)
    chosen = arguments.parts or (["notebooks"] if arguments.chapter else PARTS)
    try:
        for name in arguments.chapter:
            notebooks.find_chapter(name)
    except notebooks.NotebookError as error:
        parser.error(str(error))
    measurements = {**MEASUREMENTS, "notebooks": lambda: measure_notebooks(arguments.chapter)}
    if strangers := set(chosen) - set(PARTS):
        sys.exit(f"no part {sorted(strangers)}; there are {list(PARTS)}")
    os.environ.update(notebooks.kernel_environment())
    for name in chosen:
        print(name, flush=True)
        if name in EXPERIMENTS:
            run_experiment(name, arguments.seeds)
        else:
            store(name, {**machine_and_date(), **measurements[name]()})
    stored = {name: FOLDER / f"{name}.json" for name in PARTS}
    results = {name: json.loads(path.read_text()) for name, path in stored.items() if path.exists()}
    notebooks.write_atomically(tables.results_page(results), FOLDER / "results.md")
    print("wrote benchmarks/results.md")


if __name__ == "__main__":
    main()
