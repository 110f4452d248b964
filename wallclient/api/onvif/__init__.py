"""ONVIF cameras without a server: a site of them as a center. The only user of `onveef` and `httpx`."""
