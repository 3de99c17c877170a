"""A run on several machines: cut, carried out, killed, retried and merged."""
