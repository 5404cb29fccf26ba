"""Readers of data files, a module a format. They run in a process of their own: see child.py."""
