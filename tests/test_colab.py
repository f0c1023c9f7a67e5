"""The set-up cell as Colab runs it: a notebook alone in an empty folder, other versions around it.

The cell is executed as it stands. Git's own settings lead its address to a clone of this
repository, and pip has no index: what the build needs lies in a folder of wheels, beside newer
releases of every package that the book uses, so that an update would be seen.
"""

import importlib.metadata
import json
import os
import re
import subprocess
import sysconfig
import tomllib
import venv
import zipfile
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from tools import environment, notebooks
from tools.notebooks import ROOT

SECONDS = 120
OLD, NEW = "0.1", "9999.1"
# Visible in the imitation of Colab: everything that is installed here but the book's own package.
OWN = re.compile(r"(?i)(?:__editable__.*)?ae[-_]utils|.*\.(?:pth|egg-link)$|pip\b|__pycache__")
PROBE = "from pathlib import Path\nprint(Path(ae_utils.__file__).parent)"

pytestmark = pytest.mark.skipif(
    os.name == "nt", reason="imitates Colab with symbolic links, which Windows may not allow"
)


def git(*arguments, **options):
    """Run git without the settings of this machine."""
    settings = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    for role in ("AUTHOR", "COMMITTER"):
        settings |= {f"GIT_{role}_NAME": "test", f"GIT_{role}_EMAIL": "test@example.org"}
    subprocess.run(
        ["git", *map(str, arguments)], check=True, env={**os.environ, **settings}, **options
    )


def write_wheel(folder, name, version):
    """Write a package that holds nothing but its name and version."""
    stem = f"{name.replace('-', '_')}-{version}"
    information = f"{stem}.dist-info"
    files = {
        "METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        "WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{information}/{file},,\n" for file in (*files, "RECORD"))
    with zipfile.ZipFile(folder / f"{stem}-py3-none-any.whl", "w") as archive:
        for file, text in {**files, "RECORD": record}.items():
            archive.writestr(f"{information}/{file}", text)


def repack_setuptools(folder):
    """Make a wheel of the setuptools that is installed here: pip builds the package with it."""
    package = importlib.metadata.distribution("setuptools")
    name = folder / f"setuptools-{package.version}-py3-none-any.whl"
    with zipfile.ZipFile(name, "w") as archive:
        for file in package.files:
            if ".." not in file.parts and file.suffix != ".pyc" and file.name != "direct_url.json":
                archive.write(file.locate(), str(file))


@pytest.fixture(scope="module")
def dependencies():
    """The names of the packages that a chapter uses."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return [re.match(r"[\w-]+", line)[0] for line in project["dependencies"]]


@pytest.fixture(scope="module")
def wheels(tmp_path_factory, dependencies):
    """A folder of wheels: each dependency older than the book needs and newer, and setuptools."""
    folder = tmp_path_factory.mktemp("wheels")
    for name in dependencies:
        write_wheel(folder, name, OLD)
        write_wheel(folder, name, NEW)
    repack_setuptools(folder)
    return folder


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    """A repository with the files of this one as they are now."""
    folder = tmp_path_factory.mktemp("clone")
    git("init", "--quiet", folder)
    git("--git-dir", folder / ".git", "--work-tree", ROOT, "add", "--all", cwd=ROOT)
    git("--git-dir", folder / ".git", "commit", "--quiet", "--message", "as it is")
    return folder


class Colab:
    """An environment with the packages of this one, except that the dependencies look old."""

    def __init__(self, folder, wheels, clone, dependencies):
        self.folder = folder
        self.python = str(environment.venv_python(folder / "venv"))
        self.settings = {
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": str(wheels),
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": f"url.file://{clone}.insteadOf",
            "GIT_CONFIG_VALUE_0": f"https://github.com/{notebooks.repository_name()}",
            # Whatever asks for the network all the same finds nobody.
            "HTTPS_PROXY": "http://127.0.0.1:9",
            "MPLBACKEND": "agg",
        }
        venv.create(folder / "venv", with_pip=True, symlinks=True)
        self._show_packages(dependencies)
        self.pip("install", "--quiet", *(f"{name}=={OLD}" for name in dependencies))
        kernel = folder / "share" / "kernels" / "colab"
        kernel.mkdir(parents=True)
        command = [self.python, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        specification = {"argv": command, "display_name": "Colab", "language": "python"}
        (kernel / "kernel.json").write_text(json.dumps(specification | {"env": self.settings}))

    def _show_packages(self, dependencies):
        """Link all packages of this environment into the new one, for reading."""
        shown = self.folder / "shown"
        shown.mkdir()
        hidden = {name.replace("-", "_") for name in dependencies}
        for path in Path(sysconfig.get_path("purelib")).iterdir():
            is_information = path.suffix == ".dist-info"
            if OWN.match(path.name) or (is_information and path.name.split("-")[0] in hidden):
                continue
            (shown / path.name).symlink_to(path)
        own = subprocess.run(
            [self.python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
            check=True,
            capture_output=True,
            text=True,
        )
        Path(own.stdout.strip(), "shown.pth").write_text(f"{shown}\n")

    def pip(self, *arguments):
        """Return what pip prints."""
        run = subprocess.run(
            [self.python, "-m", "pip", *arguments],
            env={**os.environ, **self.settings},
            cwd=self.folder,
            capture_output=True,
            text=True,
        )
        assert run.returncode == 0, run.stderr
        return run.stdout

    def packages(self):
        """Return name and version of everything that pip sees, as a set of lines."""
        return set(self.pip("freeze", "--all").splitlines())

    def run(self, notebook, monkeypatch):
        """Execute a notebook, alone in an empty folder; return its cells."""
        monkeypatch.setenv("JUPYTER_PATH", str(self.folder / "share"))
        monkeypatch.delenv("PYTHONPATH", raising=False)
        empty = self.folder / "content"
        empty.mkdir(exist_ok=True)
        client = NotebookClient(
            notebook,
            kernel_name="colab",
            timeout=SECONDS,
            resources={"metadata": {"path": str(empty)}},
        )
        client.execute()
        return notebook.cells


@pytest.fixture
def colab(tmp_path, wheels, clone, dependencies):
    """A fresh :class:`Colab`."""
    return Colab(tmp_path, wheels, clone, dependencies)


def with_probe(*sources):
    """A notebook of these code cells, and one that prints where ``ae_utils`` comes from."""
    cells = [nbformat.v4.new_code_cell(source) for source in (*sources, PROBE)]
    return nbformat.v4.new_notebook(cells=cells)


def set_up_cell():
    """The set-up cell of a chapter, and so of all."""
    return notebooks.code_cells(notebooks.read_notebook(notebooks.find_chapter("concepts")))[0]


def test_the_set_up_cell_adds_one_package_and_changes_none(colab, dependencies, monkeypatch):
    before = colab.packages()
    assert {f"{name}=={OLD}" for name in dependencies} <= before
    *_, probe = colab.run(with_probe(set_up_cell().source, "%matplotlib inline"), monkeypatch)
    after = colab.packages()
    assert before - after == set()
    (added,) = after - before
    assert added.startswith(f"ae-utils @ git+https://github.com/{notebooks.repository_name()}@")
    installed = Path(probe.outputs[0].text.strip())
    assert installed.is_relative_to(colab.folder / "venv")
    for folder, pattern in (("ae_utils", "**/*"), ("benchmarks", "*.json")):
        target = installed / ("benchmarks" if folder == "benchmarks" else "")
        for path in (ROOT / folder).glob(pattern):
            if path.is_file() and "__pycache__" not in path.parts:
                copy = target / path.relative_to(ROOT / folder)
                assert copy.read_bytes() == path.read_bytes(), f"{copy.name} did not travel"


def test_without_no_deps_it_would_change_them(colab, monkeypatch):
    before = colab.packages()
    assert " --no-deps " in set_up_cell().source
    colab.run(with_probe(set_up_cell().source.replace(" --no-deps ", " ")), monkeypatch)
    assert len(before - colab.packages()) > 1
