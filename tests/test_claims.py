"""The tool that finds claims which say less than their sentence."""

import pytest

from tools import claims


def claim(sentence, unit, value=1.5, **bound):
    return {"key": "small.key", "claim": sentence, "value": value, "unit": unit, "bound": bound}


@pytest.mark.parametrize(
    ("sentence", "unit", "bound", "found"),
    [
        ("a has less error than b", "ratio of errors", {"below": 1.1}, True),
        ("a has less error than b", "ratio of errors", {"below": 0.9}, False),
        ("a is ahead of b", "difference of accuracy", {"within": (0.0, 0.1)}, True),
        ("a is ahead of b", "difference of accuracy", {"above": 0.0}, False),
        ("a is ahead of b", "difference of accuracy", {"above": -0.1}, True),
        ("a is about as good as b", "difference of accuracy", {"within": (-0.1, 0.1)}, False),
        ("a costs less than two hundredths", "difference of accuracy", {"below": 0.02}, False),
        ("a has less error than b", "squared error per image", {"below": 4}, False),
    ],
)
def test_a_bound_that_admits_no_difference(sentence, unit, bound, found):
    assert claims.includes_no_difference(claim(sentence, unit, **bound)) is found


@pytest.mark.parametrize(
    ("bound", "found"), [((0.02, 5), True), ((-5, -0.02), True), ((1, 5), False), ((-1, 5), False)]
)
def test_a_range_that_admits_everything(bound, found):
    wide = claim("a is b", "nats", within=bound)
    assert claims.admits_everything(wide) is found


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("checks.expect('a.b', 'c', 3, below=4)", "compares constants"),
        ("N = 4\nM = 2 * N", None),
        ("N = 4\nchecks.expect('a.b', 'c', N / 2, below=4)", "compares constants"),
        ("N = 4\nN += f()\nchecks.expect('a.b', 'c', N / 2, below=4)", None),
        ("for N in f():\n    checks.expect('a.b', 'c', N, below=4)", None),
        ("checks.expect('a.b', 'c', f(x), below=4)", None),
        ("checks.expect('a.b', 'c', f(x) / f(x), below=4)", "against itself"),
        ("checks.expect('a.b', 'c', f(x) - f(y), below=4)", None),
        ("checks.ahead('a.b', 'c', x, x, better='lower')", "against itself"),
        ("checks.ahead('a.b', 'c', x, y, better='lower')", None),
    ],
)
def test_claims_that_cannot_fail(code, message):
    found = claims.constant_claims([code])
    assert found == [] if message is None else message in found[0]


@pytest.mark.parametrize(
    ("value", "options", "distance"),
    [
        (3.0, {"below": 4.0}, 0.25),
        (4.0, {"above": 3.0}, 0.25),
        (5.0, {"below": 4.0}, -0.2),
        (3.0, {"within": (2.0, 6.0)}, 0.25),
    ],
)
def test_how_far_a_value_is_from_its_bound(value, options, distance):
    assert claims._distance(claim("a", "nats", value, **options)) == pytest.approx(distance)


def test_of_an_interval_the_nearer_end_counts():
    paired = {**claim("a", "nats", 3.0, below=4.0), "interval": [2.0, 3.5]}
    assert claims._distance(paired) == pytest.approx(0.125)


def test_a_chapter_without_claims_is_named(capsys):
    with pytest.raises(SystemExit):
        claims.main(["nothing"])
    assert "no claims of ['nothing']" in capsys.readouterr().err
