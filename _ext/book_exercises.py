"""Show the solutions, folded, under the tasks of an exercise page; or no solutions at all.

With ``publish_solutions: false`` in ``_config.yml`` the site holds no answer.
"""

import json
from pathlib import Path

PAGES = "exercises/student/"
FOLDED = """\
<details class="solution"><summary>A solution</summary>

{text}

</details>
"""


def solutions(source):
    """Return the name of each answer cell → its solution as Markdown, from a source notebook."""
    found = {}
    for cell in source["cells"]:
        entry = cell["metadata"].get("nbgrader", {})
        if entry.get("solution") and cell["cell_type"] == "code":
            lines = "".join(cell["source"]).splitlines()
            kept = [line for line in lines if not line.lstrip().startswith(("### ", "# Hint:"))]
            found[entry["grade_id"]] = "```python\n" + "\n".join(kept) + "\n```"
    return found


def with_solutions(student, source):
    """Return the student notebook with each solution in a text cell under the task's test."""
    answers = solutions(source)
    cells = []
    for cell in student["cells"]:
        cells.append(cell)
        name = cell["metadata"].get("nbgrader", {}).get("grade_id", "").removesuffix("-test")
        if cell["metadata"].get("nbgrader", {}).get("grade") and name in answers:
            text = FOLDED.format(text=answers[name])
            cells.append(
                {
                    "cell_type": "markdown",
                    "id": f"{name}-solution",
                    "metadata": {},
                    "source": text,
                }
            )
    return {**student, "cells": cells}


def show_solutions(app, page, source):
    """Add the solutions to an exercise page before it is read."""
    if not page.startswith(PAGES) or not app.config.publish_solutions:
        return
    name = page.removeprefix(PAGES)
    file = Path(app.srcdir) / "exercises" / name / f"{name}.ipynb"
    app.env.note_dependency(str(file))
    exercise = json.loads(file.read_text(encoding="utf-8"))
    source[0] = json.dumps(with_solutions(json.loads(source[0]), exercise))


def setup(app):
    """Add the setting, and connect to the event that hands over the source of each page."""
    app.add_config_value("publish_solutions", True, "env", bool)
    app.connect("source-read", show_solutions)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
