"""What gunicorn serves: `gunicorn -c admin_core/supervisor/gunicorn_conf.py wsgi:app`."""

import gc
import os

gc.disable()  # until everything that stays is made

from admin_core.app import create_app, warm_up  # noqa: E402  (after the line above, or it would do nothing)
from admin_core.settings import Settings  # noqa: E402
from admin_core.start_up import refuse_owner  # noqa: E402

settings = Settings.from_environment(os.environ)
app = create_app(settings)
refuse_owner(settings, app.extensions["admin_core"].database)
warm_up(app)

# What was made so far lives as long as the process: no collection walks it, and forked workers share its memory.
gc.freeze()
gc.enable()
