"""The functions that count may be worked on by several processes of PostgreSQL: they only read."""

from django.db import migrations

COUNTING = [
    "papers_agreed(bigint)",
    "hands_present(bigint)",
    "hands_claimed(bigint)",
    "hands_agreed(bigint)",
    "channel_count(bigint)",
    "decision_count(bigint)",
    "decision_profile(bigint)",
]


class Migration(migrations.Migration):
    dependencies = [("assemblies", "0006_marks_withdrawn")]
    operations = [
        migrations.RunSQL(f"ALTER FUNCTION {name} PARALLEL SAFE", f"ALTER FUNCTION {name} PARALLEL UNSAFE")
        for name in COUNTING
    ]
