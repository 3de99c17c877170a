"""Twins: sites that keep the contract and differ from the mock as real ones differ. None of them may be accused."""
