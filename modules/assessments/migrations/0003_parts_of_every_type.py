from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("assessments", "0002_bank_and_rules"),
    ]

    operations = [
        migrations.RenameField(model_name="questiontext", old_name="choices", new_name="parts"),
        migrations.AlterField(
            model_name="questionversion",
            name="type",
            field=models.CharField(max_length=20, verbose_name="type"),
        ),
    ]
