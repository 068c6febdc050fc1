"""What the framework's tests stand on: guesses of hypothesis that are the same at every run and are not timed."""

from hypothesis import settings

settings.register_profile("steady", deadline=None, derandomize=True, max_examples=200)
settings.load_profile("steady")
