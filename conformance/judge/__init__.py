"""Right and wrong. Pure: values in, findings out; reads nothing but schemas and the clause list."""
