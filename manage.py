#!/usr/bin/env python
"""Django's command line for Syndication."""

import os
import sys

from cryptography.fernet import InvalidToken
from django.core.management import execute_from_command_line


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "syndication_project.settings")
    try:
        execute_from_command_line(sys.argv)
    except InvalidToken:
        sys.exit(_wrong_key())


def _wrong_key() -> str:
    """Say which key is missing: a command that met a secret it cannot read did not start well."""
    from monitoring.preflight import credential_faults

    return "\n".join(credential_faults()) or "A stored credential cannot be decrypted."


if __name__ == "__main__":
    main()
