"""The searches that the bench *hashing* times, against counting bit by bit."""

import numpy as np

from benchmarks import hashing


def some_bits(count, seed):
    return np.random.default_rng(seed).random((count, 32)) < 0.5


def test_packed_codes_are_searched_by_the_number_of_differing_bits():
    stored, query = some_bits(500, 0), some_bits(1, 1)
    differing = (stored != query).sum(axis=1)
    found = hashing.hamming(hashing.pack(stored))(hashing.pack(query)[0])
    assert sorted(differing[found]) == sorted(differing)[: hashing.RESULTS]


def test_bits_are_counted_alike_with_old_and_new_numpy(monkeypatch):
    numbers = np.array([0, 1, 2**31, 2**32 - 1, 0x0F0F0F0F], "uint32")
    expected = [0, 1, 1, 32, 16]
    assert hashing.count_ones()(numbers).tolist() == expected
    monkeypatch.delattr(np, "bitwise_count", raising=False)
    assert hashing.count_ones()(numbers).tolist() == expected


def test_the_address_finds_what_is_at_most_two_bits_away_the_nearest_first():
    query = some_bits(1, 2)[0]
    stored = np.tile(query, (5, 1))
    for row, flipped in enumerate(([], [3], [3, 9], [3, 9, 20], [0, 31])):
        stored[row, flipped] = ~stored[row, flipped]
    order = np.array([3, 2, 4, 1, 0])  # not the order of the file
    search = hashing.within_two_bits(hashing.pack(stored[order]))
    found = order[search(hashing.pack(query[None])[0])]
    assert found[:2].tolist() == [0, 1]
    assert set(found[2:].tolist()) == {2, 4}


def test_exact_search_is_that_of_distances():
    generator = np.random.default_rng(3)
    stored, query = generator.random((200, 7)), generator.random(7)
    distances = ((stored - query) ** 2).sum(axis=1)
    expected = np.argsort(distances)[: hashing.RESULTS]
    np.testing.assert_array_equal(hashing.euclidean(stored)(query), expected)


def test_the_nearest_are_found_whatever_blocks_they_lie_in():
    distances = np.random.default_rng(4).random(1950).astype("float32")
    distances[-1] = 0  # in the last block, which is not full
    for count in (1, 10, 25):
        expected = np.argsort(distances)[:count]
        np.testing.assert_array_equal(hashing.nearest(distances, count), expected)


def test_of_equal_distances_the_first_are_found():
    differing = np.array([3, 1, 2, 1, 0, 2, 2], "uint8")
    assert hashing.fewest(differing, 4).tolist() == [4, 1, 3, 2]
    assert hashing.fewest(differing, 7).tolist() == [4, 1, 3, 2, 5, 6, 0]
