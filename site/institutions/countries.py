"""The country table, from ``data/regions.csv``."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from .models import Country, Region

CSV = Path(__file__).parent / "data" / "regions.csv"
REGION_OF_GROUP = {
    "Africa": Region.AFRICA,
    "Asia and the Pacific": Region.ASIA_PACIFIC,
    "Central and Eastern Europe": Region.CEE,
    "Latin America and the Caribbean": Region.GRULAC,
    "Western Europe and Others": Region.WEOG,
}


def synchronise_countries(**kwargs: Any) -> None:
    """Make the table equal to the file. Idempotent: two statements after every migrate; deletes nothing."""
    with CSV.open(encoding="utf-8", newline="") as file:
        countries = [
            Country(
                iso2=row["iso2"],
                iso3=row["iso3"],
                name=row["name_en"],
                region=REGION_OF_GROUP[row["cbd_regional_group"]],
                un_group=row["un_regional_group"],
                is_ldc=row["is_ldc"] == "1",
                is_sids=row["is_sids"] == "1",
                is_lldc=row["is_lldc"] == "1",
            )
            for row in csv.DictReader(file)
        ]
    Country.objects.bulk_create(
        countries,
        update_conflicts=True,
        unique_fields=["iso2"],
        update_fields=["iso3", "name", "region", "un_group", "is_ldc", "is_sids", "is_lldc"],
    )
