#!/usr/bin/env bash
# nbgrader 0.9.6: autograde --student NAME puts the name into a path and gives that to glob. For a
# folder named "ada [b]", as a learning platform or a team may name it, it says that no notebook was
# matched, although the folder that it prints exists and holds one; and for a student named "a*" it
# grades everybody whose name begins with a. A plain name beside it is graded. Exits 0 as long as
# this is so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet nbgrader==0.9.6 ipykernel nbformat 
export PATH="$folder/venv/bin:$PATH" HOME="$folder" JUPYTER_PREFER_ENV_PATH=1
mkdir -p "$folder/course/source/one"
cd "$folder/course"
python - <<'PYTHON'
import nbformat

about = {"schema_version": 3, "grade_id": "answer", "points": 1, "task": False}
about |= {"grade": True, "solution": False, "locked": True}
cell = nbformat.v4.new_code_cell("assert 1 + 1 == 2", metadata={"nbgrader": about})
notebook = nbformat.v4.new_notebook(cells=[cell])
notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
nbformat.write(notebook, "source/one/one.ipynb")
PYTHON
nbgrader --version
nbgrader generate_assignment one >log 2>&1
for student in "ada" "ada [b]" "al"; do
    mkdir -p "submitted/$student"
    cp -r release/one "submitted/$student/one"
done
grade() { nbgrader autograde one --create --student "$1" >log 2>&1 || true; }
grade "ada [b]"
grep -o "No notebooks were matched.*" log | head -1 | sed "s|$folder/||"
[ -e "submitted/ada [b]/one/one.ipynb" ] && [ ! -e "autograded/ada [b]" ]
grade "a*"
ls autograded
[ -e autograded/ada/one/one.ipynb ] && [ -e autograded/al/one/one.ipynb ]
echo "a name in brackets finds nothing, a star finds others"
