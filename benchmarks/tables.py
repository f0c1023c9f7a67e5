"""The page `benchmarks/results.md`: a table for each part of the bench."""

import statistics

from benchmarks import lighthouse


def results_page(results):
    """Return the Markdown page for results, name of the part → its parsed JSON."""
    lines = ["# Bench results", "", "Written by `make bench`; do not edit.", ""]
    for name, result in results.items():
        lines += [f"## {name.capitalize()}", "", f"{result['machine']}; {result['date']}", ""]
        lines += [*_TABLES[name](result), ""]
    return "\n".join(lines)


def _race_table(result):
    yield f"Target: {result['target']} squared error per image, the end of the first row."
    yield ""
    yield "| recipe | epochs | seconds (median) | test errors |"
    yield "|---|---|---|---|"
    for runner in result["runners"]:
        errors = ", ".join(str(error) for error in runner["errors"])
        yield f"| {runner['name']} | {runner['epochs']} | {runner['seconds']} | {errors} |"
    yield ""
    reached = "reached in every run" if result["reached"] else "NOT reached in every run"
    yield f"Sooner by a factor of {result['times_sooner']}; target {reached}."


def _throughput_table(result):
    yield "| runner | images per second |"
    yield "|---|---|"
    for runner in result["runners"]:
        yield f"| {runner['name']} | {runner['images_per_second']} |"


def _efficiency_table(result):
    yield f"Target: {result['target']} squared error per validation image."
    yield ""
    yield "| claim | setting | epochs to the target | seconds | images per second |"
    yield "|---|---|---|---|---|"
    for claim, rows in result["groups"].items():
        for row in rows:
            epochs, seconds = (
                "never" if row[name] is None else row[name] for name in ("epochs", "seconds")
            )
            speed = row["images_per_second"]
            yield f"| {claim} | {row['name']} | {epochs} | {seconds} | {speed} |"
    yield ""
    yield "| trained model | kilobytes | squared error per image | images per second |"
    yield "|---|---|---|---|"
    for row in result["compression"]:
        cells = [row[name] for name in ("name", "kilobytes", "error", "images_per_second")]
        yield f"| {' | '.join(map(str, cells))} |"


def _depth_table(result):
    yield "| run | parameters | epochs | seconds | validation | test |"
    yield "|---|---|---|---|---|---|"
    for row in result["changes"] + result["long"]:
        epochs = len(row["errors"])
        seconds = round(row["seconds_before"] + epochs * row["seconds_per_epoch"])
        cells = (row["name"], row["parameters"], epochs, seconds, row["errors"][-1])
        yield f"| {' | '.join(map(str, cells))} | {row['test_error']} |"


def _beta_table(result):
    yield f"{result['epochs']} epochs each; distortion and rate in nats per test image."
    yield ""
    yield "| beta | warm-up | seed | distortion | rate | numbers used | seconds |"
    yield "|---" * 7 + "|"
    for row in result["rows"]:
        warm_up = "yes" if row["warm_up"] else "no"
        cells = [row[key] for key in ("seed", "distortion", "rate", "used", "seconds")]
        yield f"| {row['beta']} | {warm_up} | {' | '.join(map(str, cells))} |"


def _convolution_table(result):
    yield f"{result['steps']} steps each."
    yield ""
    yield "| model | seconds (median) |"
    yield "|---|---|"
    for row in result["rows"]:
        yield f"| {row['name']} | {row['seconds']} |"


def _masked_table(result):
    yield "Error per hidden pixel with 4 of 16 patches seen; accuracy of a linear probe."
    yield ""
    yield "| model | epochs | seed | error | 5 000 labels | 100 labels |"
    yield "|---" * 6 + "|"
    for row in result["rows"]:
        yield f"| {' | '.join(str(row[key]) for key in row)} |"


def _compare_table(result):
    yield f"{result['code_size']} code numbers; means of three seeds, on the test images."
    yield ""
    yield "| family | parameters | seconds | error | PSNR | probe | 100 labels | samples |"
    yield "|---|---|---|---|---|---|---|---|"
    for row in result["rows"]:
        cells = [row["name"], str(row["parameters"])]
        for key, digits in _COMPARE_DIGITS.items():
            values = row.get(key)
            cells.append("" if values is None else f"{statistics.mean(values):.{digits}f}")
        yield f"| {' | '.join(cells)} |"


def _hashing_table(result):
    yield f"{result['stored']} stored digits, {result['queries']} queries; precision at 10."
    yield ""
    yield "| search | bytes an image | milliseconds | precision | queries with 10 results |"
    yield "|---|---|---|---|---|"
    for row in result["rows"]:
        yield f"| {' | '.join(str(row[key]) for key in row)} |"


def _pressure_table(result):
    yield f"{result['anomalous_points']} anomalous points of {result['scored_points']}."
    yield ""
    yield "| method | window | AUC of points | AUC of windows | largest score hits |"
    yield "|---|---|---|---|---|"
    for row in result["rows"]:
        points, windows = (statistics.mean(row[key]) for key in ("auc", "window_auc"))
        hits = f"{sum(row['hit'])} of {len(row['hit'])}"
        yield f"| {row['name']} | {row['window']} | {points:.3f} | {windows:.3f} | {hits} |"


def _unknown_table(result):
    names = list(result["rows"][0]["auc"])
    yield f"AUC, means of three seeds; {result['train_images']} training images."
    yield ""
    yield f"| unknown digit | {' | '.join(names)} |"
    yield "|---" * (len(names) + 1) + "|"
    for row in result["rows"]:
        means = " | ".join(f"{statistics.mean(row['auc'][name]):.2f}" for name in names)
        yield f"| {row['digit']} | {means} |"


def _notebooks_table(result):
    yield "| chapter | seconds | peak GiB |"
    yield "|---|---|---|"
    for name, measured in result["notebooks"].items():
        yield f"| {name} | {measured['seconds']} | {measured['peak_gib']} |"


def _site_table(result):
    yield "| build | seconds |"
    yield "|---|---|"
    for name, seconds in result["seconds"].items():
        yield f"| {name} | {seconds} |"


def _proof_table(result):
    earlier, this = result["builds"].values()
    names = list(result["builds"])
    yield f"`make test`, {' and '.join(names)} in turn; GiB of all processes together."
    yield ""
    yield f"| part | {names[0]}, s | busy | GiB | {names[1]}, s | busy | GiB | ratio |"
    yield "|---" * 8 + "|"
    rows = zip(earlier["parts"], this["parts"], strict=True)
    for before, now in rows:
        cells = [one[key] for one in (before, now) for key in ("seconds", "busy", "peak_gib")]
        ratio = f"{now['seconds'] / max(before['seconds'], 0.1):.2f}"
        yield f"| {now['part']} | {' | '.join(map(str, cells))} | {ratio} |"
    whole = [sum(part["seconds"] for part in build["parts"]) for build in (earlier, this)]
    peak = [max(part["peak_gib"] for part in build["parts"]) for build in (earlier, this)]
    cells = f"{whole[0]:.0f} | | {peak[0]} | {whole[1]:.0f} | | {peak[1]}"
    yield f"| whole | {cells} | {whole[1] / whole[0]:.2f} |"
    yield ""
    yield "| notebook, beside another | seconds | peak GiB |"
    yield "|---|---|---|"
    for name, measured in this["notebooks"].items():
        yield f"| {name} | {measured['seconds']} | {measured['peak_gib']} |"


def _pages_table(result):
    yield "| page | first load, KB (gzip) |"
    yield "|---|---|"
    for name, size in result["bytes"].items():
        yield f"| {name} | {size / 1000:.0f} |"


def _lighthouse_table(result):
    yield f"Points of 100 by {result['lighthouse']}, on a simulated slow phone."
    yield ""
    yield f"| page | {' | '.join(lighthouse.CATEGORIES)} | first text, s | audits below 0.9 |"
    yield "|" + "---|" * (len(lighthouse.CATEGORIES) + 3)
    for page, points in result["pages"].items():
        numbers = " | ".join(str(points[name]) for name in lighthouse.CATEGORIES)
        first = points["first_text_seconds"]
        yield f"| {page} | {numbers} | {first} | {', '.join(points['below'])} |"


# Columns of the comparison, and the digits after the point.
_COMPARE_DIGITS = {
    "seconds": 1,
    "error": 2,
    "psnr": 2,
    "probe": 3,
    "few_labels": 3,
    "samples": 2,
}

_TABLES = {
    "race": _race_table,
    "throughput": _throughput_table,
    "efficiency": _efficiency_table,
    "depth": _depth_table,
    "beta": _beta_table,
    "convolution": _convolution_table,
    "masked": _masked_table,
    "compare": _compare_table,
    "hashing": _hashing_table,
    "pressure": _pressure_table,
    "unknown": _unknown_table,
    "notebooks": _notebooks_table,
    "site": _site_table,
    "pages": _pages_table,
    "lighthouse": _lighthouse_table,
    "proof": _proof_table,
}
