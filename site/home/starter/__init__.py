"""The starter content: its files, and the code that loads them.

``load.load_starter_content`` can run twice without doubling anything, and never overwrites an editor's
change: a page is brought up to date with its file only while its newest revision is the one written here,
and any other record is written once.
"""
