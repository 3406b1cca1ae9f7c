"""A lesson done keeps no place: from now on a place after that tells where reading it again stopped."""

from django.db import migrations
from django.db.models import F, Q


def forget_places(apps, schema_editor):
    rows = apps.get_model("lessons", "LessonProgress").objects.filter(done_at__isnull=False).exclude(place="")
    rows.filter(Q(place_at__isnull=True) | Q(place_at__lte=F("done_at"))).update(place="", place_at=F("done_at"))


class Migration(migrations.Migration):
    dependencies = [("lessons", "0002_file_with_recordings")]

    operations = [migrations.RunPython(forget_places, migrations.RunPython.noop)]
