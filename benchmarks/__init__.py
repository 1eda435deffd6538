"""Measurements that live with the code: each prints what it finds, and writes a page of docs/."""
