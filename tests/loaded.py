"""What a running service has loaded, for those that are forked from it (`tests.forked`)."""

import app
import plugins.exchanges.paper.adapter
import plugins.notifiers.file
import plugins.stores.sql.postgres
import plugins.stores.sql.sqlite_file
import plugins.stores.sql.store
from config.commands import serving

__all__ = ["app", "plugins", "serving"]
