"""The documentation: what the releases promise, and the contract as a place to look things up."""
