"""Microblog: a social microblog that joins an existing site under any path prefix."""

__version__ = "0.1.0"
