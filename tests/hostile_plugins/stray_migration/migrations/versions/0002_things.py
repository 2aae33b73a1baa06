"""Mixes itself up with ours."""

revision = "0002"
down_revision = "0001"
