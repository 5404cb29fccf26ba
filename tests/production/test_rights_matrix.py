"""T01, T04, T06: every address and verb, and every QIX method, for everybody, against the running installation.

What has to be answered is generated from the rights tables (beside each route, and engine.qix.rights); an address that
says nothing about its verbs fails.
"""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.apps import apps
from websockets.exceptions import ConnectionClosed

from accounts.models import User
from engine.qix.catalogue import METHODS as CATALOGUE
from engine.qix.rights import Rights
from engine.qix.schema import TABLE
from sharing.access import Level
from sharing.doors import ANYBODY, SIGNED_IN
from tests.browser.clients.qix import QixClient
from tests.browser.topology import Topology
from tests.production.conftest import Knocker
from tests.production.routes import ALLOWED, VERBS, Route, expected, routes
from tests.production.world import ROLES, THINGS

pytestmark = pytest.mark.real

ROUTES = routes()
EVERYBODY = [*ROLES, None]
UNKNOWN_ID = "00000000-0000-4000-8000-000000000000"
ASKED_LAST = {"api_accept", "api_decline", "api_app_restore"}


def test_every_address_says_what_its_verbs_need():
    assert [route.name for route in ROUTES if not route.needs] == []


def ids_of(world: dict[str, Any]) -> dict[str, str]:
    nothing = {"key_id": UNKNOWN_ID, "chart_id": UNKNOWN_ID, "slug": "unknown", "action": "pause"}
    return {**nothing, **{name: value for name, value in world.items() if isinstance(value, str)}}


def filled(route: Route, ids: dict[str, str]) -> str:
    return route.path.format(**{name: ids[name] for name in route.ids})


def wrong(knocker: Knocker, route: Route, verb: str, world: dict[str, Any]) -> str | None:
    """What is wrong with the answer at a door, None if nothing is."""
    promised = expected(route, verb, knocker.role)
    answer = knocker.knock(verb, filled(route, ids_of(world)), {})
    place = f"{verb} {route.path} for {knocker.role}: {answer.status_code}"
    if answer.status_code not in promised.statuses:
        return f"{place}, promised {sorted(promised.statuses)}"
    if promised.like_unknown and route.ids:
        other = knocker.knock(verb, filled(route, dict.fromkeys(route.ids, UNKNOWN_ID)), {})
        if (other.status_code, other.content) != (answer.status_code, answer.content):
            return f"{place} tells that there is such a thing"
    return None


@pytest.mark.parametrize("role", EVERYBODY)
def test_t01_every_verb_every_route(role, knockers, world):
    """What changes who may do what, for those who may change it, is asked last, below."""
    cells = [(route, verb) for route in ROUTES for verb in VERBS]
    changing = [(r, v) for r, v in cells if v == "DELETE" or r.name in ASKED_LAST]
    asked = [(r, v) for r, v in cells if (r, v) not in changing or expected(r, v, role) is not ALLOWED]
    problems = [problem for route, verb in asked if (problem := wrong(knockers[role], route, verb, world))]
    assert not problems, "\n".join(problems)
    assert len(asked) > 100


def test_t34_no_account_administers_what_others_have():
    """Who runs the service has commands on its machine; no account is more than its own, and no page is for one."""
    assert not {"is_staff", "is_superuser", "groups", "user_permissions"} & {field.name for field in User._meta.fields}
    assert not apps.is_installed("django.contrib.admin")
    assert {need for route in ROUTES for need in route.needs.values()} <= {*Level, SIGNED_IN, ANYBODY}


# -- QIX


def socket(topology: Topology, world: dict[str, Any], role: str) -> QixClient:
    return QixClient(f"{topology.engine_url('engine')}/app/{world['app_id']}", world["keys"][role])


@pytest.mark.parametrize("role", ["invitee", "revoked", "other", "stranger"])
@pytest.mark.parametrize("app", ["app_id", "unknown"])
def test_t01_a_socket_of_somebody_without_access_closes_before_it_says_anything(topology, world, role, app):
    address = {"app_id": world["app_id"], "unknown": UNKNOWN_ID}[app]
    with pytest.raises(ConnectionClosed) as closed:
        QixClient(f"{topology.engine_url('engine')}/app/{address}", world["keys"][role])
    assert closed.value.rcvd is not None
    assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (4404, "")


GETTERS = {"GenericObject": "GetObject", "GenericDimension": "GetDimension", "GenericMeasure": "GetMeasure",
           "GenericBookmark": "GetBookmark", "GenericVariable": "GetVariableById"}  # fmt: skip


def handles(client: QixClient) -> dict[str, int]:
    """A handle of each class, of the owner's things."""
    doc = client.call(-1, "GetActiveDoc")["qReturn"]["qHandle"]
    found = {"Global": -1, "Doc": doc, "Variable": -2}
    for qix_class, (_, properties) in THINGS.items():
        info: dict[str, str] = properties["qInfo"]  # type: ignore[assignment]
        found[qix_class] = client.call(doc, GETTERS[qix_class], info["qId"])["qReturn"]["qHandle"]
    found["Field"] = client.call(doc, "GetField", "flower")["qReturn"]["qHandle"]
    return found


@pytest.mark.parametrize("level", ["viewer", "editor", "owner"])
def test_t04_all_342_methods_all_roles(topology, world, level):
    """Each method of the table, aimed at what the owner has made, is refused with error 5 or not, as the table says."""
    assert len(TABLE) == CATALOGUE.count("(") == 342
    problems = []
    with socket(topology, world, level) as client:
        found = handles(client)
        for (qix_class, name), method in TABLE.items():
            if qix_class == "Variable":
                continue  # the old class: nothing hands out a handle of it
            answer = client.ask(found[qix_class], name)
            code = answer.get("error", {}).get("code")
            if (code == 5) == Rights(level).covers(method.need) or code == -128:
                problems.append(f"{qix_class}.{name}: {answer}")
    assert not problems, "\n".join(problems)


def test_t06_nothing_that_a_viewer_says_changes_the_app(topology, world):
    def seen() -> Any:
        with socket(topology, world, "owner") as owner:
            doc = owner.call(-1, "GetActiveDoc")["qReturn"]["qHandle"]
            infos = owner.call(doc, "GetAllInfos")["qInfos"]
            sheet = owner.call(doc, "GetObject", "sheet")["qReturn"]["qHandle"]
            return infos, owner.call(sheet, "GetFullPropertyTree"), owner.call(doc, "GetAppProperties")

    before = seen()
    with socket(topology, world, "viewer") as viewer:
        found = handles(viewer)
        for (qix_class, name), method in TABLE.items():
            if qix_class != "Variable":
                properties = {"qInfo": {"qType": "sheet"}, "title": "Spoiled", "qTitle": "Spoiled", "qName": "spoiled"}
                viewer.ask(found[qix_class], name, *([properties] if method.parameters else []))
                viewer.ask(found[qix_class], name, *(["sheet"] if method.parameters else []))
    assert seen() == before


# -- last: what changes who may do what


def test_who_is_invited_may_decline_and_accept(knockers, world):
    invitee, path = knockers["invitee"], f"/api/invitations/{world['invitation_id']}"
    declined = invitee.knock("POST", f"{path}/decline/")
    assert invitee.knock("POST", f"{path}/accept/").status_code == 409
    assert invitee.knock("POST", f"/api/deeds/{declined.json()['undo']}/undo/").status_code == 204
    assert invitee.knock("POST", f"{path}/accept/").status_code == 200
    assert invitee.knock("GET", f"/api/apps/{world['app_id']}/").status_code == 200


@pytest.mark.parametrize("role", ["viewer", "editor"])
def test_who_is_invited_may_leave_and_think_better_of_it(role, knockers, world):
    knocker, path = knockers[role], f"/api/apps/{world['app_id']}/"
    left = knocker.knock("DELETE", f"{path}access/")
    assert left.status_code == 200
    assert knocker.knock("GET", path).status_code == 404
    assert knocker.knock("POST", f"/api/deeds/{left.json()['undo']}/undo/").status_code == 204
    assert knocker.knock("GET", path).status_code == 200


def test_the_owner_may_take_away_what_is_his(knockers, world):
    owner, ids = knockers["owner"], ids_of(world)
    deleting = [
        route
        for route in ROUTES
        if route.needs.get("DELETE") is not None and expected(route, "DELETE", "owner") is ALLOWED
    ]
    order = sorted(deleting, key=lambda route: route.name == "api_app")
    for route in order:
        if route.name == "api_access":
            assert owner.knock("DELETE", filled(route, ids)).status_code == 409
            continue
        answer = owner.knock("DELETE", filled(route, ids))
        assert answer.status_code in {200, 204}, route.name
        if answer.content:
            assert owner.knock("POST", f"/api/deeds/{answer.json()['undo']}/undo/").status_code == 204
    assert owner.knock("GET", f"/api/apps/{world['app_id']}/").status_code == 404
    assert owner.knock("POST", f"/api/apps/{world['app_id']}/restore/").status_code == 200
    assert uuid.UUID(owner.knock("GET", f"/api/apps/{world['app_id']}/").json()["id"])
