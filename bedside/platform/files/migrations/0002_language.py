"""Keep what language a file's text is in, where it is known."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("files", "0001_tables")]

    operations = [
        migrations.AddField(
            model_name="storedfile",
            name="language",
            field=models.CharField(blank=True, default="", max_length=12),
        ),
    ]
