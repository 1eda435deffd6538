"""What runs: the process around the schema."""
