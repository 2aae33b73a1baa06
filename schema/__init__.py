"""The database: plain SQLAlchemy models, one module per business area. Imports nothing of ours."""
