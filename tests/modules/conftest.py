"""A site with one module of three lessons."""

from __future__ import annotations

import pytest

from tests.modules import content


@pytest.fixture
def home(db):
    return content.make_site("fr", "ar")


@pytest.fixture
def topic(home):
    return content.make_topic(home)


@pytest.fixture
def module(topic):
    return content.make_module(topic)


@pytest.fixture
def lessons(module):
    return content.lessons_of(module)
