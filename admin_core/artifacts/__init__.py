"""Files that jobs leave behind: written once, kept until they expire, on a local folder or in an S3-compatible store.

``storage`` is the interface, ``places`` chooses by the settings, ``making`` writes rows; downloads are a page of core.
"""
