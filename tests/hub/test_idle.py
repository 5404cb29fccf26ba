"""Work ahead: begun when it is quiet, stopped when somebody asks, gone on with afterwards, forgotten with its owner."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from hub.idle import Idle

PATIENCE = 30.0


class Task:
    """Work that says when it runs. patient: it goes on until it is told to stop, the first time."""

    def __init__(self, *, patient: bool = False, fails: bool = False) -> None:
        self.begun, self.ended = threading.Event(), threading.Event()
        self.runs = 0
        self.patient = patient
        self.fails = fails

    def work(self, should_stop: Callable[[], bool]) -> bool:
        self.runs += 1
        self.begun.set()
        if self.fails:
            raise ValueError("secret")
        if self.patient and self.runs == 1:
            pause = threading.Event()
            while not should_stop():
                pause.wait(0.001)
            return False
        self.ended.set()
        return True


def done(task: Task) -> bool:
    return task.ended.wait(PATIENCE)


def test_work_is_done_when_nobody_waits() -> None:
    idle, task = Idle(0), Task()
    with idle.busy():
        idle.later("a", task)
        assert not task.begun.is_set()
    assert done(task)
    assert task.runs == 1


def test_a_request_stops_it_and_it_goes_on_afterwards() -> None:
    idle, task = Idle(0), Task(patient=True)
    idle.later("a", task)
    assert task.begun.wait(PATIENCE)
    with idle.busy():
        assert not task.ended.is_set()
    assert done(task)
    assert task.runs == 2


def test_who_is_gone_is_not_worked_for() -> None:
    idle, task, other = Idle(0), Task(patient=True), Task()
    idle.later("a", task)
    assert task.begun.wait(PATIENCE)
    idle.forget("a")
    idle.later("b", other)
    assert done(other)
    assert task.runs == 1


def test_newer_work_takes_the_place_of_older() -> None:
    idle, old, new = Idle(0), Task(), Task()
    with idle.busy():
        idle.later("a", old)
        idle.later("a", new)
    assert done(new)
    assert not old.runs
    with idle.busy():
        idle.later("a", old)
        idle.later("a", None)
    last = Task()
    idle.later("b", last)
    assert done(last)
    assert not old.runs


def test_what_fails_says_where_not_what_and_harms_nobody(caplog: pytest.LogCaptureFixture) -> None:
    idle, task = Idle(0), Task()
    idle.later("a", Task(fails=True))
    idle.later("b", task)
    assert done(task)
    assert "ValueError" in caplog.text
    assert "secret" not in caplog.text
