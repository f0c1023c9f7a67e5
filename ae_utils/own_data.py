"""Your own data: a folder of pictures, or a table, as arrays that a model can train on.

Nothing is left out silently: what was skipped is listed, with the reason.
"""

import io
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np

# Files that systems and editors put beside others; they are not worth a line.
HIDDEN_NAMES = ("thumbs.db", "desktop.ini")
SEPARATORS = (",", ";", "\t", "|")
DECIMAL_COMMA = r"\s*[+-]?\d+,\d+\s*"
THOUSANDS = r"[+-]?\d{1,3}([,.]\d{3})+"
LARGEST_SHARE_MISSING = 0.5  # a column that lacks more says too little


@dataclass(frozen=True)
class ImageFolder:
    """Pictures of one size.

    Attributes:
        images: (n, height, width), or (n, height, width, 3) in colour; float32 in [0, 1].
        names: the n paths below the folder, in the order of the images.
        skipped: path → why a file is not among them.
    """

    images: np.ndarray
    names: list[str]
    skipped: dict[str, str]


@dataclass(frozen=True)
class Table:
    """The columns of a table that hold numbers, in the rows that lack none.

    Attributes:
        values: (rows, columns), float64.
        columns: the names of the columns.
        skipped: a column, or ``row 7`` as the file counts its lines → why it is left out.
    """

    values: np.ndarray
    columns: list[str]
    skipped: dict[str, str]

    def split(self, held_out=0.2, seed=0):
        """Return training and held-out rows, both in units of the training rows' spread.

        Args:
            held_out: the share of the rows that is kept away from training, in (0, 1).
            seed: of the draw.

        Returns:
            Two float32 arrays; each column of the first has mean 0 and standard deviation 1, or
            0 where it does not vary.

        Raises:
            ValueError: ``held_out`` is no such share, or there are too few rows: the table has to
                leave two for training and one to hold out.
        """
        if not 0 < held_out < 1:
            raise ValueError(f"held_out must be a share between 0 and 1, got {held_out}")
        count = round(held_out * len(self.values))
        if count < 1 or len(self.values) - count < 2:
            raise ValueError(
                f"a table of {len(self.values)} rows cannot be split: holding out {held_out:.0%} "
                f"leaves {len(self.values) - count} for training and {count} held out"
            )
        order = np.random.default_rng(seed).permutation(len(self.values))
        train, rest = self.values[order[:-count]], self.values[order[-count:]]
        mean, spread = train.mean(axis=0), train.std(axis=0)
        spread = np.where(spread > 0, spread, 1.0)
        return tuple(((rows - mean) / spread).astype("float32") for rows in (train, rest))


def load_image_folder(folder, size=(28, 28), color=False):
    """Load all pictures below a folder.

    A picture is turned as its camera says, laid on white where it is transparent, cut to the shape
    of ``size`` around its centre, and scaled, with as many bits as its file has.

    Args:
        folder: its path; folders inside it are read too.
        size: (height, width) in pixels.
        color: ``False`` for grey, ``True`` for red, green and blue.

    Returns:
        :class:`ImageFolder`, sorted by path.

    Raises:
        ValueError: there is no such folder, or no picture in it; the message says what is there.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise ValueError(f"{folder} is not a folder")
    images, names, skipped = [], [], {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if not path.is_file() or path.name.lower() in HIDDEN_NAMES:
            continue
        if any(part.startswith(".") for part in path.relative_to(folder).parts):
            skipped[name] = "is hidden"  # such as ._x.png, which macOS writes beside x.png
            continue
        try:
            images.append(_read_picture(path, size, color))
        except (OSError, ValueError, SyntaxError, MemoryError) as error:
            skipped[name] = _reason(error)
        else:
            names.append(name)
    if not images:
        kinds = Counter(Path(name).suffix or "no ending" for name in skipped)
        there = ", ".join(f"{count} of {kind}" for kind, count in kinds.most_common(5))
        first = next((f"; {name}: {reason}" for name, reason in skipped.items()), "")
        raise ValueError(f"{folder} holds no picture, only files: {there or 'none'}{first}")
    return ImageFolder(np.stack(images), names, skipped)


def _reason(error):
    from PIL import UnidentifiedImageError

    return "is no picture" if isinstance(error, UnidentifiedImageError) else str(error)


def _read_picture(path, size, color):
    """Return one picture as an array of float32 in [0, 1].

    Raises:
        OSError: Pillow cannot read it.
        ValueError: it is too large, or nobody knows what is white in it.
    """
    from PIL import Image, ImageOps

    try:
        picture = Image.open(path)
        picture.load()
    except Image.DecompressionBombError as error:
        raise ValueError(str(error)) from None
    picture = ImageOps.exif_transpose(picture)
    height, width = size
    channels = [
        # One channel at a time, as numbers with a fraction: scaling loses no bits.
        ImageOps.fit(Image.fromarray(channel), (width, height), Image.Resampling.BILINEAR)
        for channel in _channels(picture, color)
    ]
    values = np.stack([np.asarray(channel) for channel in channels], axis=-1)
    values = np.clip(values, 0, 1).astype("float32")
    return values if color else values[..., 0]


def _channels(picture, color):
    """Return the channels of a picture: arrays (height, width) of float32 in [0, 1]."""
    from PIL import Image

    if picture.mode.startswith("I") or picture.mode == "F":
        values = np.asarray(picture).astype("float32")
        largest = 65535 if picture.mode.startswith("I") else 1
        if values.min() < 0 or values.max() > largest or not np.isfinite(values).all():
            raise ValueError(
                f"its numbers run from {values.min():g} to {values.max():g}, and nothing says "
                "which of them is white"
            )
        return [values / largest] * (3 if color else 1)
    if "A" in picture.getbands() or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        white = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(white, picture)
    values = np.asarray(picture.convert("RGB" if color else "L")).astype("float32") / 255
    return list(np.moveaxis(values, -1, 0)) if color else [values]


def load_table(path):
    """Load the columns of numbers from a text file, with one line of names above them.

    Commas, semicolons, tabs and bars separate columns; where it is not a comma that does, numbers
    may have a decimal comma. Columns without numbers, columns that do not vary or only count the
    rows, and those that lack more than half of their values are left out, and then all rows that
    lack a value.

    Args:
        path: of a file such as ``table.csv``.

    Returns:
        :class:`Table`.

    Raises:
        ValueError: there is no such file, it is no table, or no column or no row is left; the
            message says why.
    """
    cells = _read_cells(path)
    decimal_commas = any(cells[name].str.fullmatch(DECIMAL_COMMA).any() for name in cells.columns)
    numbers, skipped = {}, {}
    for name in cells.columns:
        values, problem = _numbers(cells[name], decimal_commas)
        if problem:
            skipped[str(name)] = problem
        else:
            numbers[str(name)] = values
    if not numbers:
        said = "; ".join(f"{name}: {problem}" for name, problem in list(skipped.items())[:5])
        raise ValueError(f"{path} has no column of numbers to train on ({said})")
    values = np.stack(list(numbers.values()), axis=1)
    complete = np.isfinite(values).all(axis=1)
    for row in np.flatnonzero(~complete):
        lacking = list(numbers)[int(np.argmin(np.isfinite(values[row])))]
        skipped[f"row {row + 2}"] = f"lacks {lacking}"  # the first line has the names
    if not complete.any():
        raise ValueError(f"every row of {path} lacks a value: fill them in or drop columns first")
    return Table(values[complete], list(numbers), skipped)


def _read_cells(path):
    """Return a file's cells as a pandas table of text, with None where nothing stands."""
    import pandas

    try:
        text = Path(path).read_bytes()
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}") from None
    try:
        decoded = text.decode("utf-16" if text[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError:
        decoded = text.decode("cp1252", "replace")
    heading = next(iter(decoded.splitlines()), "")
    separator = max(SEPARATORS, key=heading.count)
    try:
        return pandas.read_csv(
            io.StringIO(decoded),
            sep=separator,
            dtype=str,
            skipinitialspace=True,
            skip_blank_lines=False,
        )
    except (pandas.errors.ParserError, pandas.errors.EmptyDataError) as error:
        raise ValueError(f"{path} is not a table: {error}") from None


def _numbers(column, decimal_commas):
    """Return a column of text as numbers, with NaN where none stands, and why it is of no use.

    Args:
        decimal_commas: whether there are some in the file; then a point may group thousands.
    """
    import pandas

    text = column.str.strip()
    there = text.notna() & (text != "")
    if not there.any():
        return None, "is empty"
    commas, points = (text[there].str.contains(sign, regex=False) for sign in (",", "."))
    if commas.any() and points.any():
        return None, "has points and commas in its numbers"
    if commas.any() or (points.any() and decimal_commas):
        if text[there].str.fullmatch(THOUSANDS).all():
            return None, "has commas or points that may group thousands or begin decimals"
        text = text.str.replace(",", ".", regex=False)
    values = pandas.to_numeric(text, errors="coerce").to_numpy(dtype="float64")
    unread = there & np.isnan(values) & ~text.str.fullmatch(r"nan|na|n/a|null|none|-", case=False)
    if unread.any():
        example = re.sub(r"\s+", " ", str(column[unread].iloc[0]))[:30]
        return None, f"has text, such as {example!r}"
    finite = values[np.isfinite(values)]
    if len(finite) < (1 - LARGEST_SHARE_MISSING) * len(values):
        return None, f"lacks {len(values) - len(finite)} of {len(values)} values"
    if finite.min() == finite.max():
        return None, f"does not vary: it is always {finite[0]:g}"
    steps = np.diff(finite)
    if len(finite) == len(values) > 2 and (steps == 1).all():
        return None, "counts the rows"
    return values, None
