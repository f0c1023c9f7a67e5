"""What `make bench` runs, and the results that it stored."""
