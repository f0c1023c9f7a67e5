"""Authoring programs of the book; each is run as ``python -m tools.<name>``, with ``--help``."""
