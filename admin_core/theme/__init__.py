"""How the admin looks: assets, formats, cells, charts and the frame around every page. Knows no model."""
