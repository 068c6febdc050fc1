"""The jobs face: every promise has somebody who keeps it."""

import inspect
from datetime import timedelta

import pytest

from microblog.faces.jobs import JOBS, PERIODIC


@pytest.mark.parametrize("name", JOBS)
def test_a_job_has_the_address_of_its_function(name):
    face, module, function = name.split(".")
    assert JOBS[name].__module__ == f"microblog.faces.{face}.{module}"
    assert JOBS[name].__name__ == function


@pytest.mark.parametrize("name", JOBS)
def test_a_job_is_given_its_work_first(name):
    assert next(iter(inspect.signature(JOBS[name]).parameters)) == "work"


def test_everything_that_comes_again_is_a_job():
    assert PERIODIC.keys() <= JOBS.keys()


@pytest.mark.parametrize("name", PERIODIC)
def test_what_comes_again_needs_to_be_told_nothing(name):
    parameters = list(inspect.signature(JOBS[name]).parameters.values())[1:]
    assert all(parameter.default is not parameter.empty for parameter in parameters)


@pytest.mark.parametrize("name", PERIODIC)
def test_what_comes_again_does_not_come_without_pause(name):
    assert PERIODIC[name] >= timedelta(seconds=10)
