"""Claims of a chapter, each held against what was measured.

The prose of a chapter holds no measured number. It says "about a third of PCA's error", and a
claim made here fails when that stops being true.
"""

import html
import math
import os
import warnings

import numpy as np

from ae_utils.arrays import LARGEST_IN_DOUBLE, as_real_array

CLAIMS_MIME_TYPE = "application/vnd.autoencoders.claims+json"
CONFIDENCE = 0.95
FEWEST_PAIRS = 3


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
            ValueError: the key is malformed or was used, there is not exactly one bound, one of
                the numbers is none, or a reference has no citation.
        """
        self._check_key(key)
        given = {"below": below, "above": above, "within": within}
        bounds = {kind: bound for kind, bound in given.items() if bound is not None}
        if len(bounds) != 1:
            raise ValueError(f"{key}: give exactly one of below, above and within, got {bounds}")
        if (reference is None) != (citation is None):
            raise ValueError(f"{key}: a reference needs the citation of its source, and only then")
        ((kind, bound),) = bounds.items()
        value = float(_plain(value, f"{key}: value"))
        if kind == "within":
            if np.shape(bound) != (2,):
                raise ValueError(f"{key}: within must be a pair (low, high), got {bound!r}")
            bound = [_finite(end, f"{key}: within") for end in bound]
        else:
            bound = _finite(bound, f"{key}: {kind}")
        if reference is not None:
            reference = _finite(reference, f"{key}: reference")
        passed = math.isfinite(value) and _holds(value, kind, bound)
        self._add(key, claim, value, kind, bound, unit, passed, reference, citation)

    def ahead(
        self,
        key: str,
        claim: str,
        first: np.ndarray,
        second: np.ndarray,
        *,
        better: str,
        unit: str,
        over: str,
        by: float = 0.0,
    ) -> None:
        """Claim that ``first`` is better than ``second``, where the two are measured in pairs.

        The difference ``first - second`` of each pair has a mean, and this mean a 95 % interval of
        Student's t (``scipy.stats.ttest_1samp``). The claim holds when the whole interval lies on
        the better side, so "no difference" always breaks it. Two *trained* models are compared
        over seeds, at least three; the interval then says how much luck of the seed is in it.

        Args:
            key, claim: as in :meth:`expect`.
            first, second: one finite number for each pair, (n,) with n ≥ 3, in the same order.
            better: ``"lower"`` for errors, ``"higher"`` for accuracies.
            unit: unit of both.
            over: what the pairs are, in the plural: ``"seeds"``, ``"test images"``, ``"people"``.
            by: the least lead that the sentence promises, 0 or more.

        Raises:
            ValueError: as in :meth:`expect`; lengths differ, there are too few pairs, a number is
                not finite, or ``better`` or ``by`` is none of the above.
        """
        sign, by = _sign(key, better), _lead(key, by)
        self._compare(key, claim, first, second, unit, over, *_side(sign, by))

    def behind(
        self,
        key: str,
        claim: str,
        first: np.ndarray,
        second: np.ndarray,
        *,
        better: str,
        unit: str,
        over: str,
        by: float = 0.0,
    ) -> None:
        """Claim that ``first`` is worse than ``second``; all else as in :meth:`ahead`."""
        sign, by = _sign(key, better), _lead(key, by)
        self._compare(key, claim, first, second, unit, over, *_side(-sign, by))

    def level(
        self,
        key: str,
        claim: str,
        first: np.ndarray,
        second: np.ndarray,
        *,
        margin: float,
        unit: str,
        over: str,
    ) -> None:
        """Claim that the mean difference of the pairs is smaller than ``margin``, either way.

        The whole interval must lie within ``-margin`` and ``margin``: few pairs, or noisy ones, do
        not make two things level. All else as in :meth:`ahead`.

        Raises:
            ValueError: as there, or ``margin`` is not above 0.
        """
        margin = _finite(margin, f"{key}: margin")
        if margin <= 0:
            raise ValueError(f"{key}: margin must be above 0, got {margin!r}")
        self._compare(key, claim, first, second, unit, over, "within", (-margin, margin))

    def _check_key(self, key):
        if not key.startswith(f"{self.chapter}.") or key != key.lower() or " " in key:
            raise ValueError(f"key {key!r} must have the form '{self.chapter}.lower_case_name'")
        if any(earlier["key"] == key for earlier in self.claims):
            raise ValueError(f"key {key!r} is used twice")

    def _compare(self, key, claim, first, second, unit, over, kind, bound):
        self._check_key(key)
        mean, low, high = mean_difference(first, second, name=key)
        passed = _holds(low, kind, bound) and _holds(high, kind, bound)
        self._add(key, claim, mean, kind, bound, unit, passed)
        pairs = {"interval": [_six_digits(low), _six_digits(high)], "pairs": len(first)}
        self.claims[-1] |= {**pairs, "over": over}

    def _add(self, key, claim, value, kind, bound, unit, passed, reference=None, citation=None):
        self.claims.append(
            {
                "key": key,
                "claim": claim,
                "value": _six_digits(value) if math.isfinite(value) else None,
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


def mean_difference(
    first: np.ndarray, second: np.ndarray, *, name: str = "pairs"
) -> tuple[float, float, float]:
    """Return the mean of ``first - second`` and the ends of its 95 % interval of Student's t.

    Args:
        first, second: one finite number for each pair, (n,) with n ≥ 3, in the same order.
        name: what an error message calls them.

    Raises:
        ValueError: the shapes differ or are not (n,), n is below 3, or a number is not finite.
    """
    from scipy import stats

    first = as_real_array(first, f"{name}: first").astype("float64")
    second = as_real_array(second, f"{name}: second").astype("float64")
    if first.ndim != 1 or first.shape != second.shape:
        raise ValueError(
            f"{name}: pairs want two rows of equal length, got {first.shape} and {second.shape}"
        )
    if len(first) < FEWEST_PAIRS:
        raise ValueError(f"{name}: {len(first)} pairs; an interval wants at least {FEWEST_PAIRS}")
    difference = first - second
    # Larger ones have no sum of squares.
    if not (np.abs(difference) < LARGEST_IN_DOUBLE).all():
        raise ValueError(f"{name}: a number is not finite")
    with warnings.catch_warnings():
        # Of pairs that all differ by the same, SciPy gives the right interval, and a warning.
        warnings.simplefilter("ignore", RuntimeWarning)
        interval = stats.ttest_1samp(difference, 0).confidence_interval(CONFIDENCE)
    return float(difference.mean()), float(interval.low), float(interval.high)


def _sign(key, better):
    if better not in ("lower", "higher"):
        raise ValueError(f'{key}: better must be "lower" or "higher", got {better!r}')
    return 1 if better == "higher" else -1


def _lead(key, by):
    by = _finite(by, f"{key}: by")
    if by < 0:
        raise ValueError(f"{key}: by must be 0 or more, got {by!r}")
    return by


def _side(sign, by):
    return ("above", by) if sign > 0 else ("below", -by if by else 0.0)


def _plain(number, name):
    """Return a number of NumPy, or of another kind, as one of Python, which JSON can hold."""
    if isinstance(number, int | float) and not isinstance(number, np.generic):
        return number
    if np.iscomplexobj(number) or isinstance(number, str | bytes):
        raise ValueError(f"{name} must be a number, got {number!r}")
    try:
        return int(number) if isinstance(number, np.integer) else float(number)
    except (TypeError, ValueError, OverflowError):
        raise ValueError(f"{name} must be a number, got {number!r}") from None


def _finite(number, name):
    number = _plain(number, name)
    if not math.isfinite(number):
        raise ValueError(f"{name} must be a finite number, got {number!r}")
    return number


def _six_digits(value):
    # Enough for every claim, and stable between runs.
    return float(f"{value:.6g}")


def _holds(value, kind, bound):
    if kind == "below":
        return value < bound
    if kind == "above":
        return value > bound
    low, high = bound
    return low <= value <= high


def measured_and_bound(claim: dict) -> tuple[str, str]:
    """Return what was measured and the bound of a claim, in words for a table.

    Args:
        claim: one entry of :attr:`Checks.claims` or of ``scoreboard.json``.
    """
    ((kind, bound),) = claim["bound"].items()
    words = f"{bound[0]:g} to {bound[1]:g}" if kind == "within" else f"{kind} {bound:g}"
    if claim["value"] is None:
        return "not a number", words
    if "interval" not in claim:
        return f"{claim['value']:.4g} {claim['unit']}", words
    low, high = claim["interval"]
    value = (
        f"{claim['value']:+.3g} ({low:+.3g} to {high:+.3g}) {claim['unit']}, "
        f"mean difference over {claim['pairs']} {claim['over']}"
    )
    return value, f"all of it {words}"


def _cells(claim):
    reference = (
        "" if claim["reference"] is None else f"{claim['reference']:g} ({claim['citation']})"
    )
    mark = "✓" if claim["passed"] else "✗"
    return mark, claim["claim"], *measured_and_bound(claim), reference
