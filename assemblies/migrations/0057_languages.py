"""Each assembly says in which language it writes, and each language has its dictionary."""

from django.db import migrations, models

# What PostgreSQL has a stemmer for, by the code of the language. All others are read word by word.
KNOWN = {
    "ar": "arabic",
    "ca": "catalan",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "eu": "basque",
    "fi": "finnish",
    "fr": "french",
    "ga": "irish",
    "hi": "hindi",
    "hu": "hungarian",
    "hy": "armenian",
    "id": "indonesian",
    "it": "italian",
    "lt": "lithuanian",
    "nb": "norwegian",
    "ne": "nepali",
    "nl": "dutch",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
    "yi": "yiddish",
}
WORDS = "asciihword, asciiword, hword, hword_asciipart, hword_part, word"


def configuration(name: str, dictionary: str) -> str:
    """As PostgreSQL's own, but without accents: unaccent hands each word on to the dictionary."""
    return (
        f"CREATE TEXT SEARCH CONFIGURATION civic_{name} (COPY = pg_catalog.{name});"
        f" ALTER TEXT SEARCH CONFIGURATION civic_{name} ALTER MAPPING FOR {WORDS} WITH unaccent, {dictionary};"
    )


CASES = " ".join(f"WHEN '{code}' THEN 'civic_{name}'" for code, name in KNOWN.items())
DICTIONARY = f"""
CREATE FUNCTION dictionary(language text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE split_part(lower(language), '-', 1) {CASES} ELSE 'civic_simple' END
$$;
"""
NAMES = sorted(set(KNOWN.values()))


class Migration(migrations.Migration):
    dependencies = [("assemblies", "0056_road_rules")]

    operations = [
        migrations.AddField(
            model_name="assembly",
            name="language",
            field=models.CharField(db_default="en", default="en", max_length=10),
        ),
        migrations.RunSQL(
            "\n".join([configuration("simple", "simple"), *(configuration(name, f"{name}_stem") for name in NAMES)])
            + DICTIONARY,
            "DROP FUNCTION dictionary(text);"
            + "".join(f"DROP TEXT SEARCH CONFIGURATION civic_{name};" for name in ["simple", *NAMES]),
        ),
    ]
