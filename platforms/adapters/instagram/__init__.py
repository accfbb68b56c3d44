"""Instagram, through Meta's Graph API, by either of its logins.

Instagram login speaks to graph.instagram.com and needs no Facebook Page. Facebook login speaks to
graph.facebook.com with the token of the Page that the account belongs to; it alone takes videos as
bytes and deletes. Both publish in the same way: a container is made, Instagram fetches and checks
what it names, and then the container is published. A container is published once at most, and says
whether it was; so an unclear answer is looked up exactly.

Sources: Meta's "Content Publishing", "IG User Media", "IG Container" and "Error Codes".
"""

from platforms.adapters.instagram.adapter import Instagram

__all__ = ["Instagram"]
