"""A reader's own pictures and tables: the right numbers, or a line that says why not."""

import numpy as np
import PIL.Image
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ae_utils import load_image_folder, load_table

GREY = np.linspace(0, 1, 64).reshape(8, 8)


def save(path, values, mode=None, **more):
    path.parent.mkdir(parents=True, exist_ok=True)
    PIL.Image.fromarray(values, mode=mode).save(path, **more)


def test_pictures_of_all_kinds_have_the_same_greys(tmp_path):
    bytes_ = np.round(GREY * 255).astype("uint8")
    color = np.stack([bytes_] * 3, axis=-1)
    opaque = np.concatenate([color, np.full((8, 8, 1), 255, "uint8")], axis=-1)
    save(tmp_path / "grey.PNG", bytes_)
    save(tmp_path / "deep" / "sixteen.png", np.round(GREY * 65535).astype("uint16"))
    save(tmp_path / "color.png", color)
    save(tmp_path / "opaque.png", opaque)
    save(tmp_path / "fraction.tiff", GREY.astype("float32"))
    PIL.Image.fromarray(bytes_).convert("P").save(tmp_path / "palette.gif")
    loaded = load_image_folder(tmp_path, size=(8, 8))
    assert loaded.images.dtype == "float32"
    assert loaded.names == sorted(loaded.names)
    assert len(loaded.names) == 6
    assert loaded.skipped == {}
    np.testing.assert_allclose(loaded.images, np.stack([GREY] * 6), atol=0.003)
    in_color = load_image_folder(tmp_path, size=(8, 8), color=True).images
    assert in_color.shape == (6, 8, 8, 3)
    np.testing.assert_allclose(in_color, np.stack([loaded.images] * 3, axis=-1), atol=0.003)


def test_sixteen_bits_are_more_than_eight(tmp_path):
    save(tmp_path / "a.png", np.full((4, 4), 300, "uint16"))
    [[value, *_], *_] = load_image_folder(tmp_path, size=(4, 4)).images[0]
    assert value == pytest.approx(300 / 65535)


def test_what_is_transparent_is_white_and_a_turned_photograph_is_turned_back(tmp_path):
    values = np.zeros((6, 6, 4), "uint8")
    values[:3, :, 3] = 255
    save(tmp_path / "half.png", values)
    image = load_image_folder(tmp_path, size=(6, 6)).images[0]
    np.testing.assert_array_equal(image[:3], 0)
    np.testing.assert_array_equal(image[3:], 1)
    turned = PIL.Image.fromarray(
        np.repeat([[0], [255]], 8, axis=1).repeat(4, axis=0).astype("uint8")
    )
    tags = PIL.Image.Exif()
    tags[0x0112] = 3  # upside down
    turned.save(tmp_path / "half.png", exif=tags)
    image = load_image_folder(tmp_path, size=(8, 8)).images[0]
    np.testing.assert_array_equal(image[:4], 1)
    np.testing.assert_array_equal(image[4:], 0)


def test_other_shapes_are_cut_around_the_centre_and_not_stretched(tmp_path):
    wide = np.zeros((10, 30), "uint8")
    wide[:, 10:20] = 255
    save(tmp_path / "wide.png", wide)
    save(tmp_path / "tall.png", wide.T)
    assert (load_image_folder(tmp_path, size=(10, 10)).images == 1).all()
    assert load_image_folder(tmp_path, size=(5, 7)).images.shape == (2, 5, 7)


def test_what_is_skipped_is_listed(tmp_path):
    save(tmp_path / "good.png", np.zeros((4, 4), "uint8"))
    whole = (tmp_path / "good.png").read_bytes()
    for name, content in {
        "._good.png": whole,
        ".hidden/a.png": whole,
        "note.txt": b"words",
        "half.png": whole[: len(whole) // 2],
        "Thumbs.db": b"x",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    save(tmp_path / "unknown.tiff", np.array([[-1e3, 2e3]], "float32"))
    loaded = load_image_folder(tmp_path)
    assert loaded.names == ["good.png"]
    assert set(loaded.skipped) == {
        "._good.png",
        ".hidden/a.png",
        "note.txt",
        "half.png",
        "unknown.tiff",
    }
    assert loaded.skipped["note.txt"] == "is no picture"
    assert "from -1000 to 2000" in loaded.skipped["unknown.tiff"]


def test_a_folder_without_a_picture_says_what_is_in_it(tmp_path):
    with pytest.raises(ValueError, match="holds no picture, only files: none"):
        load_image_folder(tmp_path)
    (tmp_path / "a.txt").write_text("x")
    with pytest.raises(ValueError, match="1 of .txt; a.txt: is no picture"):
        load_image_folder(tmp_path)
    with pytest.raises(ValueError, match="is not a folder"):
        load_image_folder(tmp_path / "no")


def table(folder, text, encoding="utf-8"):
    path = folder / "table.csv"
    path.write_bytes(text.encode(encoding))
    return load_table(path)


SPELLINGS = {
    "commas": "a,b\n1.5,2\n-3,4e2\n",
    "semicolons and decimal commas": "a;b\n1,5;2\n-3;4e2\n",
    "tabs": "a\tb\n1.5\t2\n-3\t4e2\n",
    "spaces around": "a, b\n 1.5 , 2\n-3, 4e2\n",
    "quotes": '"a","b"\n"1.5","2"\n"-3","4e2"\n',
    "Windows lines": "a,b\r\n1.5,2\r\n-3,4e2\r\n",
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_table_has_the_same_numbers_in_every_spelling(spelling, encoding, tmp_path):
    loaded = table(tmp_path, SPELLINGS[spelling].replace("a", "ä", 1), encoding)
    np.testing.assert_array_equal(loaded.values, [[1.5, 2], [-3, 400]])
    assert loaded.columns == ["ä", "b"]
    assert loaded.skipped == {}


def test_what_cannot_be_trained_on_is_left_out_and_listed(tmp_path):
    loaded = table(
        tmp_path,
        "id,name,one,few,big,x,y\n"
        "1,ada,7,,16777217,1,2\n2,bo,7,,16777219,3,\n3,cy,7,5,16777221,4,6\n4,di,7,,1,inf,8\n",
    )
    assert loaded.columns == ["big", "x", "y"]
    np.testing.assert_array_equal(loaded.values, [[16777217, 1, 2], [16777221, 4, 6]])
    assert loaded.skipped == {
        "id": "counts the rows",
        "name": "has text, such as 'ada'",
        "one": "does not vary: it is always 7",
        "few": "lacks 3 of 4 values",
        "row 3": "lacks y",
        "row 5": "lacks x",
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is not a table"),
        ("a,b\n", "no column of numbers"),
        ("a,b\nx,y\n", "no column of numbers .*a: has text, such as 'x'"),
        ("a;b\n1,234;2\n5,678;3\n", None),
        ("a;b\n1.5;2\n1,5;3\n", None),
        ('a,b\n1,"2\n', "is not a table"),
        ("a,b\n1,\n2,\n,3\n,4\n", "every row .* lacks a value"),
    ],
)
def test_a_table_that_cannot_be_read_says_why(text, message, tmp_path):
    if message is None:  # what may be thousands or decimals is left out, not guessed
        loaded = table(tmp_path, text)
        assert loaded.columns == ["b"]
        assert "commas" in loaded.skipped["a"]
    else:
        with pytest.raises(ValueError, match=message):
            table(tmp_path, text)


def test_a_split_is_in_units_of_the_training_rows(tmp_path):
    generator = np.random.default_rng(0)
    rows = "\n".join(f"{a},{b}" for a, b in generator.normal(5, 3, (50, 2)))
    loaded = table(tmp_path, f"a,b\n{rows}\n")
    train, held_out = loaded.split(0.2)
    assert (train.shape, held_out.shape, train.dtype) == ((40, 2), (10, 2), np.dtype("float32"))
    np.testing.assert_allclose(train.mean(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(train.std(axis=0), 1, atol=1e-6)
    assert not np.array_equal(loaded.split(0.2, seed=1)[1], held_out)
    with pytest.raises(ValueError, match="a share between 0 and 1"):
        loaded.split(20)
    with pytest.raises(ValueError, match="a table of 2 rows cannot be split"):
        table(tmp_path, "a\n1\n2.5\n").split(0.5)


numbers = st.floats(-1e6, 1e6).map(lambda value: round(value, 2))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    st.lists(st.tuples(numbers, numbers), min_size=3, max_size=8),
    st.sampled_from([(",", "."), (";", ","), (";", "."), ("\t", ",")]),
)
def test_any_numbers_come_back(tmp_path_factory, rows, spelling):
    separator, point = spelling
    text = "a" + separator + "b\n"
    for row in rows:
        text += separator.join(f"{value:.2f}".replace(".", point) for value in row) + "\n"
    folder = tmp_path_factory.getbasetemp()
    varying = [len(set(column)) > 1 for column in zip(*rows, strict=True)]
    counting = [
        all(after - before == 1 for before, after in zip(column, column[1:], strict=False))
        for column in zip(*rows, strict=True)
    ]
    kept = [keep and not count for keep, count in zip(varying, counting, strict=True)]
    if not any(kept):
        return
    loaded = table(folder, text)
    assert loaded.columns == [name for name, keep in zip("ab", kept, strict=True) if keep]
    for name, values in zip(loaded.columns, loaded.values.T, strict=True):
        np.testing.assert_array_equal(values, [row["ab".index(name)] for row in rows])
    assert set(loaded.skipped) | set(loaded.columns) == {"a", "b"}
