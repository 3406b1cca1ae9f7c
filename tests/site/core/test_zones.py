"""Time zones to choose from: each once, under its present name, in the reader's language."""

from __future__ import annotations

from zoneinfo import available_timezones

import pytest
from django.utils import translation

from core.zones import with_held, zone_choices
from institutions.names import country_name


@pytest.mark.parametrize("countries", [None, country_name])
@pytest.mark.parametrize("language", ["en", "ar", "es", "fr", "ru", "zh-hans"])
def test_every_zone_can_be_chosen_once_and_under_its_present_name(language, countries):
    with translation.override(language):
        groups = zone_choices(language, countries)
    offered = [zone for _group, choices in groups for zone, _label in choices]
    assert len(offered) == len(set(offered)) > 400
    assert set(offered) <= available_timezones()
    assert {"Africa/Nairobi", "Asia/Kolkata", "Europe/Kyiv"} <= set(offered)
    assert not {"Asia/Calcutta", "Europe/Kiev", "Australia/ACT", "Brazil/East"} & set(offered)
    assert all(label for _group, choices in groups for _zone, label in choices)


def test_a_name_of_former_times_can_be_kept_by_who_holds_it():
    assert ("Asia/Calcutta", "Asia/Calcutta") in with_held(zone_choices("en"), "Asia/Calcutta")
    assert with_held(zone_choices("en"), "Africa/Nairobi") == zone_choices("en")
