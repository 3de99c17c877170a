"""Several sites in one run, and one run on several machines."""
