"""Rows of a company's own database become rows of ours, as a file declares: which table, which columns, which words.

``mapping`` reads the file, ``fitting`` compares it with our models, ``theirs`` reads their rows, ``values`` makes our
values of them, ``taking`` writes a chunk, ``syncing`` is the job. No business word stands here: the file has them all.
"""
