"""Claims of a chapter, each held against what was measured.

The prose of a chapter holds no measured number. It says "about a third of PCA's error", and a
claim made here fails when that stops being true.
"""

import html
import math
import os

CLAIMS_MIME_TYPE = "application/vnd.autoencoders.claims+json"


class Checks:
    """Collect the claims of one chapter and show them as a table.

    Args:
        chapter: name of the chapter's notebook without its ending, such as ``"implementation"``.
    """

    def __init__(self, chapter: str):
        self.chapter = chapter
        self.claims = []

    def expect(
        self,
        key: str,
        claim: str,
        value: float,
        *,
        below: float | None = None,
        above: float | None = None,
        within: tuple[float, float] | None = None,
        unit: str,
        reference: float | None = None,
        citation: str | None = None,
    ) -> None:
        """Add one claim; nothing is raised for a claim that fails until :meth:`report`.

        Args:
            key: ``chapter.name``, lower case, never changed once published.
            claim: the sentence that a reader should believe.
            value: what was measured, a finite number.
            below, above, within: the bound, exactly one of them; ``within`` is a pair
                ``(low, high)``, both ends included.
            unit: unit of value and bound.
            reference: a published figure in the same unit, if there is one.
            citation: key of its source in ``references.bib``; needed with ``reference``.

        Raises:
            ValueError: the key is malformed or was used, there is not exactly one bound, or a
                reference has no citation.
        """
        if not key.startswith(f"{self.chapter}.") or key != key.lower() or " " in key:
            raise ValueError(f"key {key!r} must have the form '{self.chapter}.lower_case_name'")
        if any(earlier["key"] == key for earlier in self.claims):
            raise ValueError(f"key {key!r} is used twice")
        given = {"below": below, "above": above, "within": within}
        bounds = {kind: bound for kind, bound in given.items() if bound is not None}
        if len(bounds) != 1:
            raise ValueError(f"{key}: give exactly one of below, above and within, got {bounds}")
        if (reference is None) != (citation is None):
            raise ValueError(f"{key}: a reference needs the citation of its source, and only then")
        ((kind, bound),) = bounds.items()
        value = float(value)
        passed = math.isfinite(value) and _holds(value, kind, bound)
        self.claims.append(
            {
                "key": key,
                "claim": claim,
                # Six digits: enough for every claim, and stable between runs.
                "value": float(f"{value:.6g}") if math.isfinite(value) else None,
                "bound": {kind: list(bound) if kind == "within" else bound},
                "unit": unit,
                "reference": reference,
                "citation": citation,
                "passed": passed,
            }
        )

    def report(self) -> None:
        """Show the table of claims.

        Raises:
            ValueError: no claim was made.
            AssertionError: a claim failed and the environment variable ``AE_UTILS_STRICT`` is
                ``1``, as it is when the book is rendered or tested. A reader who changed
                something sees a ✗ and goes on.
        """
        if not self.claims:
            raise ValueError("no claim was made: call expect() before report()")
        from IPython.display import display

        payload = {"chapter": self.chapter, "claims": self.claims}
        bundle = {
            "text/plain": self._as_text(),
            "text/html": self._as_html(),
            CLAIMS_MIME_TYPE: payload,
        }
        display(bundle, raw=True)
        failed = [claim for claim in self.claims if not claim["passed"]]
        if failed and os.environ.get("AE_UTILS_STRICT") == "1":
            lines = [
                f"{c['key']}: {c['claim']}: {_cells(c)[2]}, not {_cells(c)[3]}" for c in failed
            ]
            raise AssertionError("claims that do not hold:\n" + "\n".join(lines))

    def _as_text(self):
        return "\n".join("  ".join(_cells(claim)) for claim in self.claims)

    def _as_html(self):
        head = ["", "Claim", "Measured", "Bound"]
        if any(claim["reference"] is not None for claim in self.claims):
            head.append("Reference")
        rows = [
            "<tr>"
            + "".join(f"<td>{html.escape(cell)}</td>" for cell in _cells(claim)[: len(head)])
            + "</tr>"
            for claim in self.claims
        ]
        return (
            '<table class="claims"><thead><tr>'
            + "".join(f'<th scope="col">{cell}</th>' for cell in head)
            + "</tr></thead><tbody>"
            + "".join(rows)
            + "</tbody></table>"
        )


def _holds(value, kind, bound):
    if kind == "below":
        return value < bound
    if kind == "above":
        return value > bound
    low, high = bound
    return low <= value <= high


def _cells(claim):
    ((kind, bound),) = claim["bound"].items()
    words = f"{bound[0]:g} to {bound[1]:g}" if kind == "within" else f"{kind} {bound:g}"
    value = "not a number" if claim["value"] is None else f"{claim['value']:.4g} {claim['unit']}"
    reference = (
        "" if claim["reference"] is None else f"{claim['reference']:g} ({claim['citation']})"
    )
    return "✓" if claim["passed"] else "✗", claim["claim"], value, words, reference
