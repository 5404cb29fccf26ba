"""What the session knows: the person, the app, the versions. Nothing about the machine is told.

Functions that name the machine in other products (ComputerName, DocumentPath) answer with NULL or what stands in the
app's address, so that expressions written there go on working.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from engine.data.dual import Dual, Vector
from engine.language.facts import Facts, local
from engine.language.functions.dates import TIMESTAMP, moment_number
from engine.language.registry import Environment, function
from engine.language.values import constant, null_vector, of_texts


def _told(name: str, help: str, tell: Callable[[Facts], str]) -> None:
    @function(f"{name}()", "system", help, volatile=True)
    def run(env: Environment) -> Vector:
        return of_texts([tell(env.facts) or None])


def _person(facts: Facts) -> str:
    return f"UserDirectory=HONEYGUIDE; UserId={facts.user}" if facts.user else ""


_told("OSUser", "The person who asks: 'UserDirectory=HONEYGUIDE; UserId=' and the id.", _person)
_told("QVUser", "The id of the person who asks.", lambda facts: facts.user)
_told("ClientPlatform", "What the person's browser says of itself.", lambda facts: facts.client)
_told("Author", "The author named in the app's properties.", lambda facts: facts.author)
_told("DocumentName", "The id of the app.", lambda facts: facts.document_id)
_told("DocumentPath", "The path of the app: its id.", lambda facts: facts.document_id)
_told("DocumentTitle", "The title of the app.", lambda facts: facts.title)
_told("EngineVersion", "The version of the engine.", lambda facts: facts.version)
_told("ProductVersion", "The version of the product.", lambda facts: facts.version)
_told("QlikViewVersion", "The version of the engine.", lambda facts: facts.version)
_told("GetDataModelHash", "A text that changes whenever data is loaded anew.", lambda facts: facts.model_hash)
_told("ComputerName", "NULL: nothing about the machine is told.", lambda facts: "")


@function("GetCollationLocale()", "system", "The language by whose rules texts are sorted, such as en-US.")
def collation_locale(env: Environment) -> Vector:
    return of_texts([env.locale.collation])


@function("IsPartialReload()", "system", "Whether a partial reload is going on: never, in a chart.")
def is_partial_reload(env: Environment) -> Vector:
    return Vector(np.array([0.0]))


@function("ReloadTime()", "system", "When the data was loaded last.", volatile=True)
def reload_time(env: Environment) -> Vector:
    moment = env.facts.reloaded
    if moment is None:
        return null_vector()
    return Vector(np.array([moment_number(local(moment, env.facts.time_zone))]), None, TIMESTAMP)


def _attribute(name: str, help: str, pairs: Callable[[Facts], tuple[tuple[str, str], ...]]) -> None:
    @function(f"{name}(name)", "system", help, volatile=True)
    def run(env: Environment, attribute: Vector) -> Vector:
        wanted = constant(attribute) or Dual(None, None)
        found = {key.lower(): value for key, value in pairs(env.facts)}
        return of_texts([found.get((wanted.text or "").lower())])


_attribute(
    "GetUserAttr",
    "An attribute of the person who asks, such as 'userId'; NULL if it is not known.",
    lambda facts: (("userId", facts.user), *facts.user_attributes) if facts.user else facts.user_attributes,
)
_attribute(
    "GetSysAttr",
    "An attribute of the system, such as 'appId'; NULL if it is not known.",
    lambda facts: (("appId", facts.document_id), *facts.system_attributes) if facts.document_id else (),
)
