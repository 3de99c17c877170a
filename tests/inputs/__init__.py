"""What users get wrong, by rule: each kind of mistake in each place where it can be made."""
