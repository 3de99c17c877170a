"""The history of runs, measured on a year that the project makes up."""
