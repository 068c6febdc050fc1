"""The world outside: thin clients, each with a stand-in for tests."""
