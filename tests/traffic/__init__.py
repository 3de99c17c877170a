"""Real traffic judged without a request, held against the runs it comes from."""
