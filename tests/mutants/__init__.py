"""The tests of the tests: mutants of a module by mutmut, and how many the tests kill."""
