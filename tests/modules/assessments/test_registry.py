"""For what a quiz is taken."""

import pytest

from modules.assessments import registry
from modules.assessments.registry import AttemptContext, context_of, register_context_provider


@pytest.fixture(autouse=True)
def nobody_registered(monkeypatch):
    monkeypatch.setattr(registry, "_providers", [])


def test_somebody_who_learns_alone_has_an_empty_context():
    register_context_provider(lambda user, quiz: None)
    assert context_of(object(), object()) == AttemptContext()


def test_the_first_provider_that_knows_decides():
    register_context_provider(lambda user, quiz: None)
    register_context_provider(lambda user, quiz: AttemptContext("enrolment:1"))
    register_context_provider(lambda user, quiz: AttemptContext("enrolment:2"))
    assert context_of(object(), object()).context == "enrolment:1"


def test_a_provider_is_registered_once():
    def provider(user, quiz):
        return None

    register_context_provider(provider)
    register_context_provider(provider)
    assert registry._providers == [provider]
