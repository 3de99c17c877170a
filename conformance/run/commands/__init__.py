"""The commands around a run, told by :mod:`conformance.cli` what was asked for."""
