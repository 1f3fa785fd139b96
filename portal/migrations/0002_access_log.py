"""The access log with its triggers, and the clock's marks."""

from django.db import migrations, models

from portal.access_log import triggers


def put(apps, schema_editor):
    triggers.put(schema_editor.connection)


def take_away(apps, schema_editor):
    triggers.take_away(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="ClockMark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("boot", models.CharField(max_length=64)),
                ("up", models.FloatField()),
            ],
        ),
        migrations.CreateModel(
            name="AccessRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("person", models.CharField(max_length=255)),
                ("seq", models.BigIntegerField()),
                ("at", models.DateTimeField(db_index=True)),
                ("username", models.CharField(max_length=255)),
                ("roles", models.CharField(max_length=100)),
                ("session", models.CharField(max_length=16)),
                ("kind", models.CharField(max_length=20)),
                ("form", models.CharField(max_length=10)),
                ("meter", models.CharField(max_length=10)),
                ("cost", models.SmallIntegerField(default=1)),
                ("ids", models.TextField()),
                ("more", models.IntegerField()),
                ("address", models.CharField(max_length=45)),
                ("request_id", models.CharField(max_length=64)),
                ("mac", models.CharField(max_length=64)),
            ],
            options={
                "indexes": [models.Index(fields=["person", "meter", "at"], name="access_limits")],
                "constraints": [models.UniqueConstraint(fields=("person", "seq"), name="access_person_seq")],
            },
        ),
        migrations.RunPython(put, take_away),
    ]
