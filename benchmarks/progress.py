"""What an experiment has done so far, so that it goes on after an interruption."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent / "unfinished"


class Progress:
    """Results of single runs, kept in a file until the whole experiment is done.

    Args:
        name: of the experiment.
        provenance: hash of its code and data. What was done by other code is forgotten.
        folder: where the file lies.
    """

    def __init__(self, name: str, provenance: str, folder: Path = FOLDER):
        self.path = folder / f"{name}.jsonl"
        self.results = {}
        folder.mkdir(exist_ok=True)
        # A line that an interruption cut in two ends without a line break.
        text = self.path.read_text(encoding="utf-8") if self.path.exists() else ""
        lines = [json.loads(line) for line in text.split("\n")[:-1]]
        if lines[:1] == [provenance]:
            self.results = dict(lines[1:])
        whole = [provenance, *self.results.items()]
        self.path.write_text("".join(f"{json.dumps(line)}\n" for line in whole), encoding="utf-8")

    def once(self, label: str, run: Callable[[], Any]) -> Any:
        """Return the result stored under ``label``; if there is none, ``run()`` and store it.

        Args:
            label: says all that the result depends on, the seed included.
            run: returns what JSON can hold.
        """
        if label not in self.results:
            result = json.loads(json.dumps(run()))
            with self.path.open("a", encoding="utf-8") as file:
                file.write(json.dumps([label, result]) + "\n")
            self.results[label] = result
            print(f"  {label}: {result}", flush=True)
        return self.results[label]

    def finish(self) -> None:
        """Forget the single results; the caller has stored the whole."""
        self.path.unlink()
