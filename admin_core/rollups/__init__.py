"""Numbers kept by day: declared by plugins, refreshed when rows change, read with what is not yet kept.

A statement-level trigger on each source marks the days whose rows changed, in the same transaction. Reading takes kept
days that nobody marked, and asks the rows themselves for the others: what is read equals the rows at every moment,
whether or not a refresh has run. A refresh takes the marks away and computes those days anew.
"""
