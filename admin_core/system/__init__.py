"""The system page: what runs here, in which version, how full it is, and what plugins say about their own health."""
