"""Formulas: typeset by KaTeX, and named with their place where that is not possible."""

import types

import pytest
from docutils import nodes
from sphinxcontrib import katex

from _ext import book_math


@pytest.fixture(scope="module")
def application():
    """What the extension asks of Sphinx; Node is found, and formulas with errors raise."""
    renderers = {}
    options = dict(katex.KATEX_DEFAULT_OPTIONS)
    application = types.SimpleNamespace(
        add_html_math_renderer=lambda name, inline, block: renderers.update({name: inline})
    )
    book_math.setup(application)
    yield renderers
    katex.KATEX_DEFAULT_OPTIONS.update(options)


@pytest.fixture
def typeset(application, monkeypatch):
    """A function from a formula to the HTML it becomes, and the warnings with their places."""
    warnings = []
    monkeypatch.setattr(
        book_math.LOGGER,
        "warning",
        lambda text, error, location: warnings.append((text % error, location.line)),
    )

    def run(formula):
        builder = types.SimpleNamespace(config=types.SimpleNamespace(katex_prerender=True))
        translator = types.SimpleNamespace(
            body=[], builder=builder, encode=lambda text: text, starttag=lambda *_, **__: "<span>"
        )
        paragraph = nodes.paragraph("", "", nodes.math("", formula))
        paragraph.line = 7
        with pytest.raises(nodes.SkipNode):
            application["book"][0](translator, paragraph[0])
        return "".join(translator.body), warnings

    return run


def test_a_formula_is_typeset(typeset):
    html, warnings = typeset(r"\hat x_i")
    assert 'class="katex"' in html
    assert warnings == []


def test_a_macro_that_katex_lacks_is_named_with_its_place(typeset):
    html, warnings = typeset(r"\nosuchmacro{x}")
    assert html == r"<span>\nosuchmacro{x}</span>"
    [(message, line)] = warnings
    assert r"\nosuchmacro" in message
    assert line == 7
