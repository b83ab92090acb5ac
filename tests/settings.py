"""The product's settings on a data folder of this run's own, whatever world runs beside it."""

import atexit
import os
import shutil
import tempfile

for name in [name for name in os.environ if name.startswith("CONFERRAL_") and name != "CONFERRAL_CHROMIUM"]:
    del os.environ[name]
os.environ["CONFERRAL_HOME"] = tempfile.mkdtemp(prefix="conferral-tests-")
# Registered before the server starts, so that it runs after the server has stopped.
atexit.register(shutil.rmtree, os.environ["CONFERRAL_HOME"], ignore_errors=True)

from conferral.site.settings import *  # noqa: E402, F403
from conferral.site.settings import STORAGES  # noqa: E402

# Pages are tested with the front end's files as they lie, not collected.
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
