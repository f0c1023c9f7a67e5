"""The parts of the comparison whose answer is known."""

import numpy as np
import pytest

from benchmarks import compare


def test_samples_have_the_moments_of_the_codes():
    generator = np.random.default_rng(0)
    codes = generator.standard_normal((5000, 2)) @ [[1.0, 0.5], [0.0, 2.0]] + [1.0, -1.0]
    samples = compare.gaussian_samples(codes, generator)
    np.testing.assert_allclose(samples.mean(axis=0), codes.mean(axis=0), atol=0.1)
    np.testing.assert_allclose(np.cov(samples.T), np.cov(codes.T), atol=0.2)


def test_training_takes_the_steps_that_were_asked_for():
    generator = np.random.default_rng(0)
    x = generator.random((5 * compare.BATCH_SIZE, 784), dtype="float32")
    for steps in (3, 5, 12):
        family, seconds = compare.train(compare.FAMILIES["plain"], x, steps, seed=0)
        assert int(family.model.optimizer.iterations) == steps
        assert seconds > 0


@pytest.mark.parametrize("name", compare.FAMILIES)
def test_every_family_codes_and_draws(name):
    generator = np.random.default_rng(0)
    x = generator.random((2 * compare.BATCH_SIZE, 784), dtype="float32")
    family, _ = compare.train(compare.FAMILIES[name], x, 2, seed=0)
    codes = compare.in_slices(family.encode, x)
    assert codes.shape[0] == len(x)
    assert codes.ndim == 2
    if family.decode is not None:
        drawn = family.draw(codes, generator)
        assert drawn.shape[1] == codes.shape[1]
        assert compare.in_slices(family.decode, drawn[:10]).shape == (10, 784)
