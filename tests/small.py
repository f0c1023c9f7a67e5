"""A small exercise in NumPy, for the tests of grading."""

import nbformat

from tools import notebooks

ANSWERS = {"square": "def square(x):\n    return x**2", "cube": "def cube(x): return x**3"}
STUB = "def square(x):\n    raise NotImplementedError('x times x')"


def metadata(name, grade, solution, points=None):
    """nbgrader's entry of a cell."""
    entry = {"grade": grade, "solution": solution, "locked": not solution, "task": False}
    entry |= {"schema_version": 3, "grade_id": name}
    return {"nbgrader": entry | ({"points": points} if grade else {})}


def code(name, source, *entry):
    """A code cell; ``entry`` as of :func:`metadata`."""
    return nbformat.v4.new_code_cell(source, id=name, metadata=metadata(name, *entry))


def text(name, source, *entry):
    """A text cell; ``entry`` as of :func:`metadata`."""
    entries = metadata(name, *entry) if entry else {}
    return nbformat.v4.new_markdown_cell(source, id=name, metadata=entries)


def notebook(*cells):
    """A notebook of these cells."""
    about = {"kernelspec": notebooks.KERNELSPEC, "language_info": notebooks.LANGUAGE_INFO}
    return nbformat.v4.new_notebook(cells=list(cells), metadata=about)


def imports():
    """The cell that every version begins with."""
    source = "import numpy as np\nfrom ae_utils.exercises import check_value, passed"
    return nbformat.v4.new_code_cell(source, id="imports")


def source():
    """The exercise as its author keeps it."""
    return notebook(
        imports(),
        code(
            "square",
            "def square(x):\n    ### BEGIN SOLUTION\n    # Hint: x times x\n"
            "    return x * x\n    ### END SOLUTION",
            *(False, True),
        ),
        code(
            "square-test",
            'check_value("square(3)", square(3), 9, {"doubled, not squared": 6})\n'
            'passed("square")\n### BEGIN HIDDEN TESTS\ncheck_value("square(-2)", square(-2), 4)\n'
            "### END HIDDEN TESTS",
            *(True, False, 2),
        ),
        code(
            "cube",
            "def cube(x):\n    ### BEGIN SOLUTION\n    return x * x * x\n    ### END SOLUTION",
            *(False, True),
        ),
        code("cube-test", 'check_value("cube(3)", cube(3), 27)', True, False, 1),
        text("why-text", "Why?"),
        text("why", "### BEGIN MARK SCHEME\nsay it\n### END MARK SCHEME", True, True, 3),
    )


def release():
    """The exercise as it is given out, made by hand: nbgrader needs seconds for it."""
    stub = "def cube(x):\n    raise NotImplementedError"
    return notebook(
        imports(),
        code("square", STUB, False, True),
        code("square-test", 'check_value("square(3)", square(3), 9)', True, False, 2),
        code("cube", stub, False, True),
        code("cube-test", 'check_value("cube(3)", cube(3), 27)', True, False, 1),
        text("why-text", "Why?"),
        text("why", "*Your answer:*", True, True, 3),
    )
