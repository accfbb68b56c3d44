"""What a section says where it becomes a piece in its own words."""

from content.models import Section

TITLE_MAX = 200  # characters


def words_of(section: Section) -> str:
    """Return what a section says as a post would: its heading above its text."""
    if not section.heading or section.heading == section.text:
        return section.text
    return f"{section.heading}\n\n{section.text}"


def title_of(section: Section) -> str:
    """Return what a piece made from the section is called at first."""
    title = section.source.title
    return f"{title}: {section.heading}"[:TITLE_MAX] if section.heading else title
