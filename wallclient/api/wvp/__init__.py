"""Adapter for WVP-GB28181-pro 2.7.4."""
