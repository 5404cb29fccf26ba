"""Truth values and tests of what a value is. True is -1, false is 0."""

from __future__ import annotations

import numpy as np

from engine.data.dual import Vector
from engine.language.registry import Environment, function
from engine.language.values import NO_TEXT, is_null, null_vector, numbers, of_truth
from engine.stopping import looking


@function("True()", "logical", "True, that is -1.")
def true(env: Environment) -> Vector:
    return Vector(np.array([-1.0]))


@function("False()", "logical", "False, that is 0.")
def false(env: Environment) -> Vector:
    return Vector(np.array([0.0]))


@function("Null()", "null", "NULL, the absence of a value.")
def null(env: Environment) -> Vector:
    return null_vector()


@function("IsNull(value)", "null", "Whether the value is NULL.")
def is_null_value(env: Environment, value: Vector) -> Vector:
    return of_truth(is_null(value))


@function("IsNum(value)", "logical", "Whether the value can be read as a number.")
def is_num(env: Environment, value: Vector) -> Vector:
    return of_truth(~np.isnan(numbers(value, env.locale)))


@function("IsText(value)", "logical", "Whether the value has a text and cannot be read as a number.")
def is_text(env: Environment, value: Vector) -> Vector:
    return of_truth(np.isnan(numbers(value, env.locale)) & ~is_null(value))


@function("EmptyIsNull(value)", "null", "NULL for an empty text, any other value as it is.")
def empty_is_null(env: Environment, value: Vector) -> Vector:
    if value.texts is None:
        return value
    empty = np.array([text == "" for text in looking(value.texts.tolist())], dtype=bool)
    return Vector(np.where(empty, np.nan, value.numbers), np.where(empty, NO_TEXT, value.texts), value.format)
