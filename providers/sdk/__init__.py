"""The kit that providers are made with. Import from `providers`, the public door; these modules are private."""
