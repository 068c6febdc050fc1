"""What a WSGI server loads: `application`, made from the environment."""

import gc
import logging

from dotenv import load_dotenv

import preload
from microblog.app import create
from microblog.config import ROOT, read

load_dotenv(ROOT / ".env")
application = create(read())
app = application
if preload.lock() != preload.PRELOADED:
    logging.getLogger("microblog").warning("Libraries have changed since this server began: reload it as a whole.")
gc.collect()
gc.freeze()  # what is there now stays: the collector need not look at it again
