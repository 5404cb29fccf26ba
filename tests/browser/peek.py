"""The public role with a window into it, for the test that looks at what its running process has loaded."""

import sys

from config.public import application as public


def application(environ, start_response):
    if environ["PATH_INFO"] != "/loaded":
        return public(environ, start_response)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return ["\n".join(sorted(sys.modules)).encode()]
