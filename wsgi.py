"""What a WSGI server loads: `application`, made from the environment."""

from dotenv import load_dotenv

from microblog.app import create
from microblog.config import ROOT, read

load_dotenv(ROOT / ".env")
application = create(read())
app = application
