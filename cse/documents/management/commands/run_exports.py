"""Make the documents that wait, without a broker: ``manage.py run_exports``."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from cse.documents import actions, queries


class Command(BaseCommand):
    help = "Make the documents that wait and delete the files that have expired."

    def handle(self, *args: Any, **options: Any) -> None:
        made = sum(
            actions.make_document(export_id=export_id) for export_id in queries.waiting_exports()
        )
        gone = actions.let_go_expired()
        self.stdout.write(f"{made} documents taken on, {gone} expired files deleted.")
