"""python -m microblog: the command line, which brings its own virtualenv where there is none."""

from .commands import main

if __name__ == "__main__":
    main()
