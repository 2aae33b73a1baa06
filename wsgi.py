"""What gunicorn serves: `gunicorn -c admin_core/supervisor/gunicorn_conf.py wsgi:app`."""

import os

from admin_core.app import create_app
from admin_core.settings import Settings

app = create_app(Settings.from_environment(os.environ))
