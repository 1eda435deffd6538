"""The engine: asks providers, makes events of their listings, and keeps what is worth keeping. Imports nothing here."""
