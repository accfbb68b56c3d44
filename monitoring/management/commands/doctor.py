"""`manage.py doctor`: look at everything that publishing needs."""

import json
from collections import Counter
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from monitoring.doctor.examination import examine
from monitoring.doctor.findings import Finding, Level


class Command(BaseCommand):
    help = "Check database, broker, workers, keys, tokens, zones and disk. Ends with 1 on any FAIL."
    requires_system_checks = []  # what is wrong is a line here and no traceback

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="For programs.")
        parser.add_argument(
            "--online", action="store_true", help="Also ask each platform about its token."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        findings = examine(online=options["online"])
        if options["json"]:
            self.stdout.write(json.dumps([asdict(finding) for finding in findings], indent=2))
        else:
            self._show(findings)
        if any(finding.level == Level.FAIL for finding in findings):
            raise SystemExit(1)

    def _show(self, findings: list[Finding]) -> None:
        styles = {Level.OK: self.style.SUCCESS, Level.WARN: self.style.WARNING}
        for finding in findings:
            level = styles.get(finding.level, self.style.ERROR)(f"{finding.level:<4}")
            self.stdout.write(f"{level}  {finding.about:<9} {finding.sentence}")
        counts = Counter(finding.level for finding in findings)
        self.stdout.write(", ".join(f"{counts[level]} {level}" for level in Level))
