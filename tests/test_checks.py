"""The table of claims, the stored results, and the alternative text of figures."""

import json
import warnings

import matplotlib.pyplot as plt
import numpy as np
import pytest
from IPython.core.formatters import DisplayFormatter
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

import ae_utils
from ae_utils import checks as checks_module
from ae_utils import results
from ae_utils.checks import CLAIMS_MIME_TYPE

ALT = "A line that rises from one to three."


@pytest.fixture
def shell():
    """An IPython shell in this process, as in a notebook."""
    yield InteractiveShell.instance()
    InteractiveShell.clear_instance()


def shown(action):
    with capture_output() as captured:
        action()
    return captured.outputs


@pytest.mark.parametrize(
    ("value", "bound", "passed"),
    [
        (1.0, {"below": 2}, True),
        (2.0, {"below": 2}, False),
        (2.0, {"above": 1}, True),
        (1.0, {"above": 1}, False),
        (1.0, {"within": (1, 2)}, True),
        (2.1, {"within": (1, 2)}, False),
        (float("nan"), {"below": 2}, False),
        (float("inf"), {"above": 2}, False),
    ],
)
def test_bounds(value, bound, passed):
    checks = ae_utils.Checks("chapter")
    checks.expect("chapter.key", "a sentence", value, unit="pixels", **bound)
    assert checks.claims[0]["passed"] is passed


def test_report_shows_one_table_that_a_tool_can_read(shell):
    checks = ae_utils.Checks("chapter")
    checks.expect("chapter.key", "smaller <than> two", 1.23456789, below=2, unit="nats")
    (output,) = shown(checks.report)
    (claim,) = json.loads(json.dumps(output.data[CLAIMS_MIME_TYPE]))["claims"]
    assert (claim["value"], claim["bound"], claim["passed"]) == (1.23457, {"below": 2}, True)
    assert "smaller &lt;than&gt; two" in output.data["text/html"]
    assert "✓" in output.data["text/plain"]


def test_a_failed_claim_raises_under_the_tests_and_only_there(shell, monkeypatch):
    checks = ae_utils.Checks("chapter")
    checks.expect("chapter.key", "smaller than two", 3, below=2, unit="nats")
    monkeypatch.setenv("AE_UTILS_STRICT", "1")
    with pytest.raises(AssertionError, match="smaller than two: 3 nats, not below 2"):
        shown(checks.report)
    monkeypatch.delenv("AE_UTILS_STRICT")
    (output,) = shown(checks.report)
    assert "✗" in output.data["text/html"]


@pytest.mark.parametrize(
    ("key", "options", "message"),
    [
        ("other.key", {"below": 1}, "must have the form"),
        ("chapter.Key", {"below": 1}, "must have the form"),
        ("chapter.used", {"below": 1}, "used twice"),
        ("chapter.key", {}, "exactly one"),
        ("chapter.key", {"below": 1, "above": 0}, "exactly one"),
        ("chapter.key", {"below": 1, "reference": 2}, "citation"),
    ],
)
def test_malformed_claims_are_refused(key, options, message):
    checks = ae_utils.Checks("chapter")
    checks.expect("chapter.used", "first", 0, below=1, unit="pixels")
    with pytest.raises(ValueError, match=message):
        checks.expect(key, "second", 0, unit="pixels", **options)


def claim_over(method, first, second, **options):
    checks = ae_utils.Checks("chapter")
    options = {"unit": "nats", "over": "seeds", **options}
    getattr(checks, method)("chapter.key", "a sentence", first, second, **options)
    return checks.claims[0]


@pytest.mark.parametrize(
    ("method", "first", "options", "passed"),
    [
        ("ahead", [1.0, 1.1, 0.9], {"better": "lower"}, True),
        ("ahead", [1.0, 1.1, 0.9], {"better": "lower", "by": 0.5}, True),
        ("ahead", [1.0, 1.1, 0.9], {"better": "lower", "by": 1.5}, False),
        ("ahead", [1.0, 1.1, 0.9], {"better": "higher"}, False),
        ("behind", [1.0, 1.1, 0.9], {"better": "higher"}, True),
        ("behind", [1.0, 1.1, 0.9], {"better": "lower"}, False),
        ("ahead", [1.9, 2.0, 2.1], {"better": "lower"}, False),  # no difference
        ("behind", [1.9, 2.0, 2.1], {"better": "lower"}, False),
        ("ahead", [0.0, 1.0, 2.3], {"better": "lower"}, False),  # mostly luck
        ("level", [1.99, 2.0, 2.01], {"margin": 0.1}, True),
        ("level", [1.0, 2.0, 3.0], {"margin": 0.1}, False),  # a mean of 0, but who knows
        ("level", [1.0, 1.1, 0.9], {"margin": 0.1}, False),
    ],
)
def test_pairs_are_judged_by_the_interval_of_their_differences(method, first, options, passed):
    claim = claim_over(method, first, [2.0, 2.0, 2.0], **options)
    assert claim["passed"] is passed
    low, high = claim["interval"]
    assert low <= claim["value"] <= high
    assert (claim["pairs"], claim["over"]) == (3, "seeds")


def test_the_interval_is_that_of_students_t():
    mean, low, high = checks_module.mean_difference([1.0, 2.0, 4.0, 7.0], [0.0, 0.0, 0.0, 0.0])
    # Mean 3.5, standard error 1.3229, and 3.1824 from a table of t with three degrees of freedom.
    assert (mean, low, high) == pytest.approx((3.5, -0.70998, 7.70998), abs=1e-4)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for step in (1, 0, 0.1):
            same = checks_module.mean_difference([2 + step, 3 + step, 4 + step], [2, 3, 4])
            assert same == pytest.approx((step, step, step))


def test_pairs_that_differ_by_chance_are_seldom_called_different():
    generator = np.random.default_rng(0)
    outside = 0
    for _ in range(1000):
        _, low, high = checks_module.mean_difference(generator.normal(size=5), np.zeros(5))
        outside += low > 0 or high < 0
    assert 30 < outside < 70


@pytest.mark.parametrize(
    ("first", "options", "message"),
    [
        ([1, 2], {}, "rows of equal length"),
        ([[1, 2, 3]], {}, "rows of equal length"),
        ([1, 2, np.nan], {}, "not finite"),
        ([1, 2, 3], {"better": "smaller"}, "better must be"),
        ([1, 2, 3], {"by": -1}, "by must be"),
    ],
)
def test_unusable_pairs_are_refused(first, options, message):
    with pytest.raises(ValueError, match=message):
        claim_over("ahead", first, [1, 2, 3], **{"better": "lower", **options})
    with pytest.raises(ValueError, match="2 pairs"):
        claim_over("ahead", [1, 2], [2, 3], better="lower")
    with pytest.raises(ValueError, match="margin must be above 0"):
        claim_over("level", [1, 2, 3], [1, 2, 3], margin=0)


def test_a_table_says_what_was_paired(shell):
    checks = ae_utils.Checks("chapter")
    checks.ahead(
        "chapter.key", "one wins", [1, 2, 3.3], [2, 3, 4], better="lower", unit="nats", over="seeds"
    )
    (output,) = shown(checks.report)
    text = output.data["text/plain"]
    assert "mean difference over 3 seeds" in text
    assert "all of it below 0" in text


def test_a_report_without_claims_is_refused():
    with pytest.raises(ValueError, match="no claim was made"):
        ae_utils.Checks("chapter").report()


def test_a_figure_carries_its_alternative_text_and_is_closed(shell):
    figure, ax = plt.subplots()
    ax.plot([1, 2, 3])
    (output,) = shown(lambda: ae_utils.show_figure(figure, ALT))
    data, metadata = DisplayFormatter().format(output)
    assert metadata["image/png"]["alt"] == ALT
    assert data["image/png"]
    assert not plt.fignum_exists(figure.number)


def test_a_figure_without_a_sentence_is_refused():
    with pytest.raises(ValueError, match="alt must say in a sentence"):
        ae_utils.show_figure(plt.figure(), "plot")
    plt.close("all")


def test_plots_show_one_figure_each(shell):
    images = np.random.default_rng(0).random((5, 28, 28))
    for plot in (
        lambda: ae_utils.show_images([images, images.reshape(5, 784)], ["a", "b"], ALT),
        lambda: ae_utils.plot_curves({"one": [1, 2, 3], "two": ([1, 5], [2, 3])}, "x", "y", ALT),
        lambda: ae_utils.plot_filters(images - 0.5, ALT, columns=3),
        lambda: ae_utils.plot_codes(images[:, 0, :2], np.arange(5), ALT),
    ):
        assert len(shown(plot)) == 1
    assert not plt.get_fignums()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ae_utils.show_images([], [], ALT), "of one shape"),
        (
            lambda: ae_utils.show_images([np.zeros((1, 4)), np.zeros((2, 4))], "ab", ALT),
            "one shape",
        ),
        (lambda: ae_utils.show_images([np.zeros((1, 4))], [], ALT), "0 labels"),
        (lambda: ae_utils.show_images([np.zeros((1, 5))], ["a"], ALT), "no square image"),
        (lambda: ae_utils.plot_codes(np.zeros((3, 4)), [1, 2, 3], ALT), "shape \\(n, 2\\)"),
        (lambda: ae_utils.plot_codes(np.zeros((3, 2)), [1, 2], ALT), "labels must have shape"),
        (lambda: ae_utils.plot_curves({"a": []}, "x", "y", ALT), "a is empty"),
    ],
)
def test_plots_refuse_what_they_cannot_draw(call, message):
    with pytest.raises(ValueError, match=message):
        call()
    plt.close("all")


def test_stored_results_and_what_is_said_when_one_is_missing_or_damaged(tmp_path, monkeypatch):
    assert ae_utils.stored_result("race")["times_sooner"] > 1
    with pytest.raises(ValueError, match="'race'.*make bench"):
        ae_utils.stored_result("rcae")
    (tmp_path / "race.json").write_text("{")
    monkeypatch.setattr(results.resources, "files", lambda package: tmp_path)
    with pytest.raises(ValueError, match="damaged"):
        ae_utils.stored_result("race")
