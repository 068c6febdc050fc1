"""What another project would install: a small WSGI framework that knows nothing of microblogs."""
