"""List the claims of all chapters: what was measured, the bound, and how far apart they are.

Also finds claims that say less than their sentence: a bound that includes "no difference" where the
sentence says that there is one, a range so wide that it admits everything, constants held against
constants, and a thing held against itself. These are problems of the policy. What no program finds,
such as an identity in other words, is for the eye; so look at the claims marked "exact".
"""

import argparse
import ast
import re
import sys

from ae_utils.checks import measured_and_bound
from tools import notebooks, scoreboard
from tools.provenance import parse_cell

WIDEST = 10  # the larger end of a range over the smaller
_METHODS = {"expect": 1, "ahead": 2, "behind": 2, "level": 2}  # → how many values it takes
_COMPARES = re.compile(
    r"\b(more|less|better|worse|beats?|ahead|above|below|lower|higher|larger|smaller|behind|further"
    r"|than|wins?|loses?|costs?|gains?|fewer|nearer|helps?|hurts?|improves?)\b"
)
_SAME = re.compile(
    r"\b(level|hardly|same|equal\w*|close|nearly|almost|agrees?|nothing|no|not|at best|at most"
    r"|as (good|well|bad|much|many|far|large|small)|differs? by|within"
    r"|(less|more) than (a|an|one|two|three|half))\b"
)


def listed(root=notebooks.ROOT):
    """Return all claims in the order of the book, each with its ``distance`` and ``exact``.

    ``distance`` is that of the value (of the nearer end of its interval) from the bound, as a share
    of the larger of the two; of a range, from its nearer end, as a share of its width.
    """
    return [
        {**claim, "distance": _distance(claim), "exact": claim["value"] in (0.0, 1.0)}
        for claim in scoreboard.gather(root)
    ]


def problems(claims, sources):
    """Return a message for each claim that cannot fail, or promises less than its sentence.

    Args:
        claims: those of one chapter.
        sources: its code cells.
    """
    found = []
    for claim in claims:
        if includes_no_difference(claim):
            found.append(f"{claim['key']}: its bound includes no difference; its sentence does not")
        if admits_everything(claim):
            found.append(f"{claim['key']}: its range is so wide that it admits everything")
    return found + constant_claims(sources)


def includes_no_difference(claim):
    """Tell whether a sentence says that two things differ, and the bound admits that they do not.

    What "no difference" is follows from the unit: 1 for a ratio, 0 for a difference; with another
    unit nothing is found.
    """
    unit, sentence = claim["unit"], claim["claim"]
    if re.search(r"\b(ratio|times)\b", unit):
        none = 1
    elif unit.startswith("difference"):
        none = 0
    else:
        return False
    if not _COMPARES.search(sentence) or _SAME.search(sentence):
        return False
    ((kind, bound),) = claim["bound"].items()
    if kind == "within":
        return bound[0] <= none <= bound[1]
    return none < bound if kind == "below" else none > bound


def admits_everything(claim):
    """Tell whether the ends of a range are more than a factor ``WIDEST`` apart."""
    ((kind, bound),) = claim["bound"].items()
    if kind != "within" or bound[0] * bound[1] <= 0:
        return False
    small, large = sorted(map(abs, bound))
    return large > WIDEST * small


def constant_claims(sources):
    """Return a message for each claim in a chapter's code cells that depends on no measurement."""
    nodes = [node for source in sources for node in ast.walk(parse_cell(source))]
    constants = _constant_names(nodes)
    found = []
    for node in nodes:
        method = getattr(getattr(node, "func", None), "attr", None)
        if not isinstance(node, ast.Call) or method not in _METHODS or len(node.args) < 3:
            continue
        key = ast.unparse(node.args[0]).strip("'\"")
        values = node.args[2 : 2 + _METHODS[method]]
        if all(_is_constant(value, constants) for value in values):
            found.append(f"{key}: compares constants, so it cannot fail")
        elif _holds_against_itself(values):
            found.append(f"{key}: holds a thing against itself, so it cannot fail")
    return found


def _constant_names(nodes):
    """Return the names that are only ever bound to constants."""
    bound, other = {}, set()
    for node in nodes:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            bound.setdefault(node.targets[0].id, []).append(node.value)
            other.update(target.id for target in node.targets[1:] if isinstance(target, ast.Name))
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            other.add(node.name)
        elif isinstance(node, ast.arg):
            other.add(node.arg)
        elif isinstance(node, ast.alias):
            other.add((node.asname or node.name).split(".")[0])
    stored = [
        node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    ]
    # Bound in a loop, a tuple or by += as well: not constant.
    other |= {name for name, values in bound.items() if stored.count(name) > len(values)}
    constants = set()
    while True:
        more = {
            name
            for name, values in bound.items()
            if name not in constants | other
            and all(_is_constant(value, constants) for value in values)
        }
        if not more:
            return constants
        constants |= more


def _is_constant(expression, constants):
    return all(
        not isinstance(node, (ast.Call, ast.Attribute, ast.Subscript))
        and (not isinstance(node, ast.Name) or node.id in constants)
        for node in ast.walk(expression)
    )


def _holds_against_itself(values):
    if len(values) == 2:
        first, second = values
    elif isinstance(values[0], ast.BinOp) and isinstance(values[0].op, (ast.Sub, ast.Div)):
        first, second = values[0].left, values[0].right
    else:
        return False
    return ast.dump(first) == ast.dump(second)


def _distance(claim):
    ((kind, bound),) = claim["bound"].items()
    ends = claim.get("interval", [claim["value"]] * 2)
    if claim["value"] is None:
        return float("nan")
    if kind == "within":
        return min(ends[0] - bound[0], bound[1] - ends[1]) / ((bound[1] - bound[0]) or 1)
    end = ends[1] if kind == "below" else ends[0]
    apart = bound - end if kind == "below" else end - bound
    return apart / (max(abs(bound), abs(end)) or 1)


def _row(claim):
    value, bound = measured_and_bound(claim)
    mark = "; exact" if claim["exact"] else ""
    return f"{claim['distance']:7.0%}  {claim['key']:36s} {bound}; measured {value}{mark}"


def main(argv=None):
    """List the claims, the nearest to its bound first; return 1 if there is a problem."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m tools.claims")
    parser.add_argument("chapters", nargs="*", help="names; without any, all chapters")
    chosen = set(parser.parse_args(argv).chapters)
    claims = [claim for claim in listed() if not chosen or claim["chapter"] in chosen]
    if strangers := chosen - {claim["chapter"] for claim in claims}:
        parser.error(f"no claims of {sorted(strangers)}")
    print("distance  key, bound, measured")
    for claim in sorted(claims, key=lambda claim: claim["distance"]):
        print(_row(claim).rstrip())
    found = []
    for chapter in dict.fromkeys(claim["chapter"] for claim in claims):
        notebook = notebooks.read_notebook(notebooks.find_chapter(chapter))
        sources = [cell.source for cell in notebooks.code_cells(notebook)]
        found += problems([claim for claim in claims if claim["chapter"] == chapter], sources)
    for message in found:
        print(message)
    print(f"{len(found)} problems in {len(claims)} claims")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
