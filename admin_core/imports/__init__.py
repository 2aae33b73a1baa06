"""A file of records read in: mapped to fields, tried out, corrected, and written as one change that can be undone.

``decoding``, ``tables`` and ``workbooks`` read files; ``mapping`` and ``cells`` give their columns and cells a meaning;
``records`` judges and writes them; ``trying`` and ``jobs`` run that; ``pages`` asks.
"""
