"""A module to take along: a PDF to print, and plain HTML on a memory stick."""
