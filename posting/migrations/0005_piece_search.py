"""The index behind `posting.search`: a table of its own, made as each database does it best."""

from django.db import migrations

from posting.search import words_of

MAKE = {
    "sqlite": [
        "CREATE VIRTUAL TABLE piece_search USING fts5 (brand, words, detail=column, prefix='2 3')",
    ],
    "postgresql": [
        """CREATE TABLE piece_search (
            piece_id bigint PRIMARY KEY, brand_id bigint NOT NULL, words tsvector NOT NULL
        )""",
        "CREATE INDEX piece_search_words ON piece_search USING gin (words)",
    ],
}
KEEP = {
    "sqlite": "INSERT INTO piece_search (rowid, brand, words) VALUES (%s, 'brand' || %s, %s)",
    "postgresql": "INSERT INTO piece_search (piece_id, brand_id, words) "
    "VALUES (%s, %s, array_to_tsvector(string_to_array(%s, ' ')))",
}


def make(apps, schema_editor):
    connection = schema_editor.connection
    with connection.cursor() as cursor:
        for statement in MAKE[connection.vendor]:
            cursor.execute(statement)
        pieces = apps.get_model("content", "Piece").objects.select_related("current")
        for piece in pieces.iterator(chunk_size=500):
            text = piece.current.text if piece.current else ""
            words = " ".join(dict.fromkeys(words_of(f"{piece.title} {text}")))
            if words:
                cursor.execute(KEEP[connection.vendor], [piece.pk, piece.brand_id, words])


def drop(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("DROP TABLE piece_search")


class Migration(migrations.Migration):
    dependencies = [
        ("content", "0002_initial"),
        ("posting", "0004_lists"),
    ]

    operations = [migrations.RunPython(make, drop)]
