"""People and Alice's apps for the walks of sharing. Run as a module, it makes them and prints the apps' ids by title.

python -m tests.browser.sharing.world TITLE...     (with the environment of the server)
"""

from __future__ import annotations

import json
import os
import sys


def main(titles: list[str]) -> None:
    from accounts.people import create_person
    from tests.people import ALICE, BOB, CHARLIE
    from tests.sharing.conftest import quick_app

    alice, *_ = [create_person(*person) for person in (ALICE, BOB, CHARLIE)]
    print(json.dumps({title: str(quick_app(alice, title).pk) for title in titles}))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    main(sys.argv[1:])
