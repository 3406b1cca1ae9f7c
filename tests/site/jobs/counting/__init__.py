"""A room for the test with a real worker: its one kind of job counts, slowly, into a file."""
