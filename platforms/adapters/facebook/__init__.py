"""Facebook Pages, through Meta's Graph API.

`adapter` is what the rest knows. `publishing` has one function for each kind of post, `videos` the
two ways to upload one, `reading` and `metrics` what is read back, `limits` what each channel takes.
"""

from platforms.adapters.facebook.adapter import Facebook

__all__ = ["Facebook"]
