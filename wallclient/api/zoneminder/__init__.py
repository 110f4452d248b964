"""Adapter for ZoneMinder 1.36."""
