"""Facebook Pages through the Graph API: `/facebook/v26.0/…`.

Strict where Graph is: a version in the path, a Page token that belongs to the Page, known
parameters only. Limits an account may set: `app_id`, `app_secret` (then `appsecret_proof` is
needed), `user_token` (whose `/me/accounts` lists the Page) and `usage` (percent for the headers).
"""

from sandbox.facebook.platform import Facebook

__all__ = ["Facebook"]
