#!/bin/sh
# Playwright lets Firefox end with the first page that is killed; visitors' ones go on.
unset MOZ_CRASHREPORTER_SHUTDOWN
exec "$FIREFOX_PATH" "$@"
