"""Notices by e-mail.

- `audience`: who is told of what
- `gathering`: makes rows of mails from rows of notices, many notices in one mail
- `delivering`: takes a mail, hands it to the mail server, writes down how that went
- `wording`: what a mail says
"""
