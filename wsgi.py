"""For WSGI servers: `wsgi:app`. Reads the environment once."""

from webapp.app import create_app
from webapp.core import logs
from webapp.core.memory import keep_for_good
from webapp.core.settings import Settings

logs.configure()
app = create_app(Settings.from_environment())
keep_for_good()
