"""Evidence packages: what is in one, how it is signed, how it is checked. Needs neither Qt nor a center."""
