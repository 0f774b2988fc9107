"""PostgreSQL, Valkey and an S3 store from wheels, for machines that have no servers of their own. Loopback only."""
