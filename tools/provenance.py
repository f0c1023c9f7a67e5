"""The hash that tells whether a notebook's stored outputs still belong to its code.

It covers what the outputs depend on and nothing else: the text of the code cells, the definitions
in ``ae_utils`` that they reach by name, the figure style, and the stored bench results that they
show. Comments, docstrings, blank lines, Markdown, outputs and the set-up cell's text do not count,
so that correcting a docstring does not ask for an hour of rendering. Data files count through the
SHA-256 in the code of their loader.

Text is hashed, not a dump of the syntax tree: such dumps differ between versions of Python. This
module uses only the standard library, so that any Python can recompute the hash.
"""

import ast
import hashlib
import io
import json
import re
import tokenize
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

PACKAGE = "ae_utils"
DEMO_MODULES = ("demos.py", "demo_files.py")  # those that train and round
_INIT = "__init__"
_MAGIC = re.compile(r"^(\s*)[%!].*$", re.MULTILINE)
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_FSTRING_START = getattr(tokenize, "FSTRING_START", None)  # Python 3.12 and later
_FSTRING_END = getattr(tokenize, "FSTRING_END", None)


def provenance(notebook, root):
    """Return the SHA-256 of everything that the outputs of ``notebook`` depend on.

    Args:
        notebook: a notebook as nested dictionaries.
        root: the repository, with ``ae_utils/`` and ``benchmarks/``.

    Raises:
        ValueError: a cell or a module does not parse, a name is not found in ``ae_utils``, or a
            stored result is missing or not named by a literal.
    """
    parts = [("format", "1")]
    walk = _Walk(Path(root))
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    sources = ["".join(cell["source"]) for cell in cells]
    trees = [parse_cell(text, f"code cell {at}") for at, text in enumerate(sources, start=1)]
    # All cells share one namespace, so an import in any of them counts in all.
    imports = {}
    for tree in trees:
        imports.update(_imports(tree, None)[0])
    for cell, source, tree in zip(cells, sources, trees, strict=True):
        tags = sorted(cell["metadata"].get("tags", []))
        walk.follow(tree, imports, module=None)
        # Only the text of the set-up cell is left out (it holds the public address); what it
        # calls counts, as the figure style does.
        if "setup" not in tags:
            parts.append(("cell", json.dumps(tags), code_text(source)))
    parts += walk.parts()
    return hashlib.sha256(json.dumps(parts, ensure_ascii=True).encode()).hexdigest()


def program_provenance(paths, root):
    """Return the SHA-256 of everything that the results of a program depend on.

    As for a notebook: the text of its modules, the definitions in ``ae_utils`` that they reach, and
    the data behind these. A module of an experiment that runs cells of a chapter names them in
    constants ``CHAPTER`` and ``CELLS`` (id of a cell → text before which it is cut, or ``None``).

    Args:
        paths: the program's own modules.
        root: the repository.

    Raises:
        ValueError: a module does not parse, or names a cell or a name that is not there.
    """
    parts = [("format", "1")]
    walk = _Walk(Path(root))
    for path in map(Path, paths):
        source = path.read_text(encoding="utf-8")
        tree = parse_cell(source, path.name)
        walk.follow(tree, _imports(tree, None)[0], module=None)
        parts.append(("module", path.name, code_text(source, module=True)))
        for cell, text in _borrowed_cells(tree, Path(root)).items():
            cell_tree = parse_cell(text, f"cell {cell}")
            walk.follow(cell_tree, _imports(cell_tree, None)[0], module=None)
            parts.append(("cell", cell, code_text(text)))
    parts += walk.parts()
    return hashlib.sha256(json.dumps(parts, ensure_ascii=True).encode()).hexdigest()


def experiment_provenance(name, root):
    """Return the hash for the experiment ``benchmarks/<name>.py``; raises as above."""
    return program_provenance([Path(root) / "benchmarks" / f"{name}.py"], root)


def demos_provenance(root):
    """Return the hash for the weights of the live models; raises as above."""
    return program_provenance([Path(root) / "tools" / name for name in DEMO_MODULES], root)


def experiments(root):
    """Return the names of the experiments: modules whose ``measure`` keeps a progress."""
    paths = sorted((Path(root) / "benchmarks").glob("*.py"))
    return [
        path.stem
        for path in paths
        if re.search(r"^def measure\(progress\b", path.read_text(encoding="utf-8"), re.MULTILINE)
    ]


def cell_part(source, end):
    """Return a cell's source up to the text ``end``; all of it if ``end`` is ``None``.

    Raises:
        ValueError: the cell does not hold that text.
    """
    if end is None:
        return source
    part, found, _ = source.partition(end)
    if not found:
        raise ValueError(f"a cell does not hold {end!r}, where it should end")
    return part


def _borrowed_cells(tree, root):
    """Return id → text of the chapter's cells that a module of an experiment runs."""
    constants = {
        statement.targets[0].id: statement.value
        for statement in tree.body
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name)
    }
    if not {"CHAPTER", "CELLS"} <= constants.keys():
        return {}
    chapter, cells = (ast.literal_eval(constants[name]) for name in ("CHAPTER", "CELLS"))
    path = root / "chapters" / f"{chapter}.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    sources = {cell.get("id"): "".join(cell["source"]) for cell in notebook["cells"]}
    if missing := sorted(cells.keys() - sources.keys()):
        raise ValueError(f"{path.name} has no cells {missing}, which an experiment runs")
    return {cell: cell_part(sources[cell], end) for cell, end in cells.items()}


def parse_cell(source, name="cell"):
    """Return the syntax tree of a code cell, with IPython's ``%`` and ``!`` lines as ``pass``.

    Raises:
        ValueError: the cell is not valid Python; the message starts with ``name``.
    """
    try:
        return ast.parse(_without_magics(source))
    except SyntaxError as error:
        raise ValueError(f"{name} is not valid Python: {error}") from None


def code_text(source, *, module=False):
    """Return ``source`` without comments, docstrings, blank lines and trailing blanks.

    Strings that span lines keep every character. In a cell (``module=False``) a string at the
    very start is kept as well: there it may be the value that the cell shows.
    """
    plain = _without_magics(source)
    hidden = plain != source
    lines = source.split("\n")
    cuts, inside_string = _comments_and_strings(plain)
    docstrings = _docstrings(ast.parse(plain), plain.split("\n"), module)
    for (first, _), (last, _) in docstrings:
        inside_string.difference_update(range(first, last))
    for (first, start), (last, end) in sorted(cuts + docstrings, reverse=True):
        if hidden and _MAGIC.match(lines[first]):
            continue  # the positions belong to the `pass` that stands for this line
        tail = lines[last][end:]
        lines[first] = lines[first][:start] + tail
        for line in range(first + 1, last + 1):
            lines[line] = ""
    kept = []
    for number, line in enumerate(lines):
        if number in inside_string:
            kept.append(line)
        elif line.strip():
            kept.append(line.rstrip())
    return "\n".join(kept)


def exported_names(root):
    """Return the names that ``ae_utils`` exports, each with its module."""
    return dict(_module(Path(root), _INIT, _stamp(Path(root), _INIT)).exports)


def _without_magics(source):
    try:
        ast.parse(source)
    except SyntaxError:
        return _MAGIC.sub(r"\1pass", source)
    return source


def _comments_and_strings(source):
    """Return the ranges of comments, and the lines whose end lies inside a string."""
    comments, inside_string, opened = [], set(), []
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        (first, start), (last, end) = token.start, token.end
        if token.type == tokenize.COMMENT:
            comments.append(((first - 1, start), (last - 1, end)))
        elif token.type == tokenize.STRING:
            inside_string.update(range(first - 1, last - 1))
        elif token.type == _FSTRING_START:
            opened.append(first)
        elif token.type == _FSTRING_END:
            inside_string.update(range(opened.pop() - 1, last - 1))
    return comments, inside_string


def _docstrings(tree, lines, module):
    """Return the ranges of all docstrings as pairs of (line, column), counted from 0."""
    owners = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    ranges = []
    for node in ast.walk(tree):
        owns = isinstance(node, owners) or (module and isinstance(node, ast.Module))
        if owns and node.body and _is_string(node.body[0]):
            text = node.body[0]
            ranges.append(
                (
                    (text.lineno - 1, _column(lines[text.lineno - 1], text.col_offset)),
                    (text.end_lineno - 1, _column(lines[text.end_lineno - 1], text.end_col_offset)),
                )
            )
    return ranges


def _column(line, byte_offset):
    return len(line.encode()[:byte_offset].decode())


def _is_string(statement):
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


@dataclass
class _Module:
    """One module of the package: what defines each name, and what runs on import."""

    definitions: dict = field(default_factory=dict)  # name -> [(statement, text)]
    imports: dict = field(default_factory=dict)  # local name -> target
    external: dict = field(default_factory=dict)  # local name -> text of a foreign import
    effects: list = field(default_factory=list)  # [(statement, text)]
    exports: dict = field(default_factory=dict)  # only in __init__: name -> module


def _stamp(root, name):
    path = root / PACKAGE / f"{name}.py"
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_mtime_ns, status.st_size


@lru_cache(maxsize=256)
def _module(root, name, stamp):
    """Read one module; ``stamp`` makes the cache forget a module that was edited."""
    path = root / PACKAGE / f"{name}.py"
    if stamp is None:
        raise ValueError(f"{PACKAGE}/{name}.py is missing")
    source = path.read_text(encoding="utf-8")
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        raise ValueError(f"{PACKAGE}/{name}.py is not valid Python: {error}") from None
    lines = source.split("\n")
    module = _Module()
    for statement in tree.body:
        if _is_string(statement):
            continue
        targets, foreign = _imports(statement, name)
        module.imports.update(targets)
        module.external.update(foreign)
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            continue
        decorators = getattr(statement, "decorator_list", [])
        first = decorators[0].lineno if decorators else statement.lineno
        text = code_text("\n".join(lines[first - 1 : statement.end_lineno]), module=True)
        bound = _bound_names(statement)
        for bound_name in bound:
            module.definitions.setdefault(bound_name, []).append((statement, text))
        if _has_effect(statement):
            module.effects.append((statement, text))
        if name == _INIT and "_EXPORTS" in bound:
            module.exports.update(ast.literal_eval(statement.value))
    return module


def _children(statement):
    """Return the statements inside a compound statement; none for functions and classes."""
    if isinstance(statement, _SCOPES):
        return []
    blocks = [getattr(statement, name, []) for name in ("body", "orelse", "finalbody")]
    blocks += [handler.body for handler in getattr(statement, "handlers", [])]
    blocks += [case.body for case in getattr(statement, "cases", [])]
    return [child for block in blocks for child in block]


def _has_effect(statement):
    """Tell whether a statement does something on import beyond binding names."""
    children = _children(statement)
    if children:
        return any(_has_effect(child) for child in children)
    if isinstance(statement, (ast.Pass, ast.Import, ast.ImportFrom)):
        return False
    return not _bound_names(statement)


def _bound_names(statement):
    """Return the names that a top-level statement binds, in blocks too but not in functions."""
    names = set()
    pending = [statement]
    while pending:
        node = pending.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names.add(node.name)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            names.update((alias.asname or alias.name).split(".")[0] for alias in node.names)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, (ast.Store, ast.Del)):
            names.add(node.id)
        elif isinstance(node, ast.ExceptHandler) and node.name:
            names.add(node.name)
        if not isinstance(node, _SCOPES + _COMPREHENSIONS):
            pending.extend(ast.iter_child_nodes(node))
    return names


def _imports(tree, module):
    """Return the imports anywhere in ``tree``.

    Returns:
        targets: local name -> dotted path inside the package (``()`` is the package itself).
        foreign: local name -> one import statement as text, for other packages.
    """
    targets, foreign = {}, {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                parts = tuple(alias.name.split("."))
                local = alias.asname or parts[0]
                if parts[0] != PACKAGE:
                    foreign[local] = f"import {alias.name} as {alias.asname or ''}"
                elif alias.asname:
                    targets[local] = parts[1:]
                else:
                    targets[local] = ()
        elif isinstance(node, ast.ImportFrom):
            origin = tuple((node.module or "").split(".")) if node.module else ()
            inside = node.level > 0 and module is not None
            if not inside and origin[:1] != (PACKAGE,):
                for alias in node.names:
                    local = alias.asname or alias.name
                    foreign[local] = f"from {node.module} import {alias.name} as {local}"
                continue
            base = origin if inside else origin[1:]
            for alias in node.names:
                if alias.name == "*":
                    targets[f"*{'.'.join(base)}"] = (*base, "*")
                else:
                    targets[alias.asname or alias.name] = (*base, alias.name)
    return targets, foreign


class _Walk:
    """Follow names from cells into the package until nothing new is reached."""

    def __init__(self, root):
        self.root = root
        self.reached = {}  # (module, name) -> text
        self.modules = set()
        self.results = {}
        self._enter(_INIT)

    def parts(self):
        """Return everything reached as a sorted list of parts to hash."""
        parts = [("definition", *key, text) for key, text in self.reached.items()]
        parts += [("result", name, text) for name, text in self.results.items()]
        if "plotting" in self.modules:
            parts.append(("style", self._text(self.root / PACKAGE / "book.mplstyle")))
        return sorted(parts)

    def follow(self, tree, imports, module):
        """Follow every name that ``tree``, part of ``module`` (None for a cell), uses."""
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                self._follow_stored_result(node)
        for chain in _chains(tree):
            if chain[0] in imports:
                self._reach((*imports[chain[0]], *chain[1:]))
            elif module is not None:
                self._reach_definition(module, chain[0])
        for local, target in _imports(tree, module)[0].items():
            # An import inside a function binds nothing at module level; count what it names.
            if module is not None or local.startswith("*"):
                self._reach(target)

    def _load(self, name):
        return _module(self.root, name, _stamp(self.root, name))

    def _is_module(self, name):
        return (self.root / PACKAGE / f"{name}.py").is_file()

    def _enter(self, name):
        """Count the statements that run when a module is imported."""
        if name in self.modules:
            return
        self.modules.add(name)
        for number, (statement, text) in enumerate(self._load(name).effects):
            self.reached[(name, f"effect {number}")] = text
            self._follow_inside(statement, name)

    def _reach(self, path):
        """Reach a dotted path inside the package, such as ``("metrics", "psnr_decibels")``."""
        if not path:
            return
        init = self._load(_INIT)
        first, *rest = path
        if first in init.exports:
            self._reach_definition(init.exports[first], first, required=True)
        elif self._is_module(first):
            self._enter(first)
            if rest and rest[0] != "*":
                self._reach_definition(first, rest[0], required=True)
            else:
                # The module itself is handed on: anything in it may be used.
                module = self._load(first)
                for name in sorted({*module.definitions, *module.imports}):
                    self._reach_definition(first, name)
        elif first == "*":
            for name in sorted(init.exports):
                self._reach((name,))
        elif (self.root / PACKAGE / first).is_dir():
            return
        else:
            self._reach_definition(_INIT, first, required=True)

    def _reach_definition(self, module_name, name, required=False):
        if (module_name, name) in self.reached:
            return
        module = self._load(module_name)
        if name in module.definitions:
            self._enter(module_name)
            definitions = module.definitions[name]
            self.reached[(module_name, name)] = "\n".join(text for _, text in definitions)
            for statement, _ in definitions:
                self._follow_inside(statement, module_name)
        elif name in module.imports:
            self._reach(module.imports[name])
        elif name in module.external:
            self.reached[(module_name, name)] = module.external[name]
        elif required:
            where = PACKAGE if module_name == _INIT else f"{PACKAGE}.{module_name}"
            raise ValueError(f"{where} has no {name!r}; see _EXPORTS in {PACKAGE}/__init__.py")

    def _follow_inside(self, statement, module_name):
        module = self._load(module_name)
        inner, _ = _imports(statement, module_name)
        self.follow(statement, {**module.imports, **inner}, module_name)

    def _follow_stored_result(self, call):
        name = getattr(call.func, "id", getattr(call.func, "attr", None))
        if name != "stored_result":
            return
        arguments = [*call.args, *(keyword.value for keyword in call.keywords)]
        values = [getattr(argument, "value", None) for argument in arguments]
        if len(values) != 1 or not isinstance(values[0], str):
            raise ValueError('stored_result needs one literal name, as in stored_result("race")')
        path = self.root / "benchmarks" / f"{values[0]}.json"
        if not path.is_file():
            raise ValueError(f"benchmarks/{path.name} is missing; `make bench` writes it")
        self.results[values[0]] = self._text(path)

    def _text(self, path):
        # Text, not bytes: Git may give a file other line ends on Windows.
        return path.read_text(encoding="utf-8") if path.is_file() else ""


def _chains(tree):
    """Return every use of a name with its attributes, as tuples: ``a.b.c`` is (a, b, c)."""
    chains, inner = [], set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and id(node) not in inner:
            attributes, base = [], node
            while isinstance(base, ast.Attribute):
                attributes.append(base.attr)
                inner.add(id(base))
                base = base.value
            if isinstance(base, ast.Name):
                inner.add(id(base))
                chains.append((base.id, *reversed(attributes)))
        elif isinstance(node, ast.Name) and id(node) not in inner:
            chains.append((node.id,))
    return chains
