"""PostgreSQL and Valkey from wheels: for trial, development and tests. Production names real servers."""
