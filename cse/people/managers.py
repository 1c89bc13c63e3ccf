"""How accounts are made and found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.base_user import BaseUserManager

if TYPE_CHECKING:
    from cse.people.models import User


class UserManager(BaseUserManager["User"]):
    """Accounts are found by their work e-mail address, whatever its case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Make an account; without a password it cannot sign in until one is set."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Refused: superusers have no way in (access-and-audit)."""
        raise NotImplementedError("There are no superusers: give the account a dated post instead.")

    def get_by_natural_key(self, username: str | None) -> User:
        """Find an account by its e-mail address."""
        return self.get(email__iexact=username or "")
