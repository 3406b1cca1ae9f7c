"""The settings of the platform that is measured, with one more address: a bare view to compare with."""

from config.settings.local import *  # noqa: F403

ROOT_URLCONF = "tests.benchmarks.lessons_urls"
