"""The page `benchmarks/results.md`: a table for each part of the bench."""

from benchmarks import lighthouse

# What says where a result comes from; the head of its section and the stored file show it.
ORIGIN = ("machine", "date", "seeds", "versions", "provenance", "confirmed")


def results_page(results):
    """Return the Markdown page for results, name of the part → its parsed JSON."""
    lines = ["# Bench results", "", "Written by `make bench`; do not edit.", ""]
    for name, result in results.items():
        lines += [f"## {name.capitalize()}", "", f"{result['machine']}; {result['date']}", ""]
        lines += [*_TABLES.get(name, experiment_tables)(result), ""]
    return "\n".join(lines)


def experiment_tables(result):
    """Yield the Markdown lines of an experiment: its single values, and a table of each group.

    Of a row of numbers, such as the errors of all seeds, each is shown; of several rows, such as
    the errors after each epoch, the last number of each.
    """
    values = {key: value for key, value in result.items() if key not in ORIGIN}
    single = {key: value for key, value in values.items() if not _is_group(value)}
    if single:
        yield "; ".join(f"{key.replace('_', ' ')}: {_cell(value)}" for key, value in single.items())
        yield ""
    for key, value in values.items():
        if _is_group(value):
            yield from _group(key, value)


def _is_group(value):
    return isinstance(value, dict) or (isinstance(value, list) and any(map(_is_group, value)))


def _group(title, value):
    """Yield a table for rows of one form, or go one level down."""
    if isinstance(value, dict):
        if any(_is_group(part) and not _is_flat(part) for part in value.values()):
            for key, part in value.items():
                yield from _group(f"{title}, {key}", part)
            return
        named = all(isinstance(part, dict) for part in value.values())
        rows = [{"": key, **part} for key, part in value.items()] if named else [value]
    elif isinstance(value, list):
        rows = value
    else:
        rows = [{"": value}]
    rows = [dict(_flat(row if isinstance(row, dict) else {"": row})) for row in rows]
    columns = list(dict.fromkeys(column for row in rows for column in row))
    yield f"*{title.replace('_', ' ')}*"
    yield ""
    yield f"| {' | '.join(columns)} |"
    yield "|---" * len(columns) + "|"
    for row in rows:
        yield f"| {' | '.join(_cell(row.get(column, '')) for column in columns)} |"
    yield ""


def _is_flat(part):
    return isinstance(part, dict) and not any(_is_group(value) for value in part.values())


def _flat(row, before=""):
    """Yield column and value; the columns of a list of dictionaries hold lists."""
    for key, value in row.items():
        column = f"{before}{key}"
        if isinstance(value, dict):
            yield from _flat(value, f"{column}, ")
        elif _is_group(value):
            keys = dict.fromkeys(key for part in value for key in part)
            yield from _flat(
                {key: [part.get(key) for part in value] for key in keys}, f"{column}, "
            )
        else:
            yield column, value


def _cell(value):
    if isinstance(value, list):
        if any(isinstance(part, list) for part in value):
            return _cell([part[-1] if isinstance(part, list) and part else part for part in value])
        return ", ".join(_cell(part) for part in value)
    if isinstance(value, float):
        return f"{value:.4g}"
    return str(value)


def _notebooks_table(result, heading="chapter"):
    yield f"| {heading} | seconds | peak GiB |"
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
    before = {part["part"]: part for part in earlier["parts"]}  # in another order
    for now in this["parts"]:
        pair = before[now["part"]], now
        cells = [one[key] for one in pair for key in ("seconds", "busy", "peak_gib")]
        ratio = f"{now['seconds'] / max(pair[0]['seconds'], 0.1):.2f}"
        yield f"| {now['part']} | {' | '.join(map(str, cells))} | {ratio} |"
    whole = [sum(part["seconds"] for part in build["parts"]) for build in (earlier, this)]
    peak = [max(part["peak_gib"] for part in build["parts"]) for build in (earlier, this)]
    cells = f"{whole[0]:.0f} | | {peak[0]} | {whole[1]:.0f} | | {peak[1]}"
    yield f"| whole | {cells} | {whole[1] / whole[0]:.2f} |"
    yield ""
    yield from _notebooks_table(this, "notebook, beside another")


def _pages_table(result):
    yield "| page | first load, KB (gzip) |"
    yield "|---|---|"
    for name, size in result["bytes"].items():
        yield f"| {name} | {size / 1000:.0f} |"


def _queries_table(result):
    yield "Precision after so many results, mean over the queries; of several starts, each."
    yield ""
    yield f"| search | {' | '.join(map(str, result['depths']))} |"
    yield "|---" * (1 + len(result["depths"])) + "|"
    looked_twice = {f"{name}, {run['setting']}": [run] for name, run in result["feedback"].items()}
    for name, runs in (result["found"] | looked_twice).items():
        columns = zip(*(run["mean"] for run in runs), strict=True)
        yield f"| {name} | {' | '.join(_cell(list(column)) for column in columns)} |"


def _lighthouse_table(result):
    yield f"Points of 100 by {result['lighthouse']}, on a simulated slow phone."
    yield ""
    yield f"| page | {' | '.join(lighthouse.CATEGORIES)} | first text, s | audits below 0.9 |"
    yield "|" + "---|" * (len(lighthouse.CATEGORIES) + 3)
    for page, points in result["pages"].items():
        numbers = " | ".join(str(points[name]) for name in lighthouse.CATEGORIES)
        first = points["first_text_seconds"]
        yield f"| {page} | {numbers} | {first} | {', '.join(points['below'])} |"


def _likes_table(result):
    yield "NDCG@100, mean over people, from each start, and the setting that was chosen."
    yield ""
    yield "| recommender | asked about | NDCG@100 | setting |"
    yield "|---|---|---|---|"
    rows = [
        (title, question, [run["ndcg"] for run in answer["runs"]], answer["setting"])
        for title, part in result["people"].items()
        for question, answer in part["questions"].items()
    ]
    rows += [
        (title, f"later people, {question} fifth", [run[question] for run in part["runs"]], setting)
        for title, part in result["later"]["recommenders"].items()
        for setting in [part["setting"]]
        for question in part["runs"][0]
    ]
    for title, question, runs, setting in rows:
        means = [sum(map(int, run.split())) / len(run.split()) / 10_000 for run in runs]
        chosen = ", ".join(f"{key} {value}" for key, value in setting.items())
        yield f"| {title} | {question} | {_cell(means)} | {chosen} |"


_TABLES = {
    "likes": _likes_table,
    "notebooks": _notebooks_table,
    "site": _site_table,
    "pages": _pages_table,
    "queries": _queries_table,
    "lighthouse": _lighthouse_table,
    "proof": _proof_table,
}
