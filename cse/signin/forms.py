"""allauth's forms with labels and messages in our words; the checks stay allauth's."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as account
from allauth.mfa.base import forms as second_factor
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator

from cse.signin.links import ask_for_link

LENGTH_HINT = (
    "At least 12 characters. Three or four words that do not belong together are easy to"
    " remember. You can paste it from a password manager."
)


def _say(form: Any, name: str, label: str, missing: str, hint: str = "") -> None:
    field = form.fields[name]
    field.label, field.help_text = label, hint
    field.error_messages["required"] = missing


class SignInForm(account.LoginForm):
    """E-mail address and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, "login", "E-mail address", "Enter your e-mail address")
        self.fields["login"].widget.attrs["autocomplete"] = "username"
        self.fields["login"].error_messages["invalid"] = (
            "Enter an e-mail address like name@example.org"
        )
        _say(self, "password", "Password", "Enter your password")


class AskForLinkForm(account.ResetPasswordForm):
    """Where to send a link to choose a new password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, "email", "E-mail address", "Enter your e-mail address")
        self.fields["email"].error_messages["invalid"] = (
            "Enter an e-mail address like name@example.org"
        )

    def save(self, request: Any, **kwargs: Any) -> str:
        """Ask for the link; the answer is the same whether the address has an account or not."""
        ask_for_link(self.users)
        return str(self.cleaned_data["email"])


def _new_password(form: Any) -> None:
    _say(form, "password1", "New password", "Enter a new password", LENGTH_HINT)
    _say(form, "password2", "New password again", "Enter the new password again")


class ChoosePasswordForm(account.ResetPasswordKeyForm):
    """A new password, from a link in an e-mail."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _new_password(self)


class SetPasswordForm(account.SetPasswordForm):
    """A first password, for somebody who signed in through their organisation."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _new_password(self)


class ChangePasswordForm(account.ChangePasswordForm):
    """The password of now and a new one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, "oldpassword", "Password you use now", "Enter the password you use now")
        _new_password(self)


class ConfirmPasswordForm(account.ReauthenticateForm):
    """The password once more, before a sensitive act."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, "password", "Password", "Enter your password")


def _code(form: Any, hint: str) -> None:
    _say(form, "code", "Code", "Enter the code", hint)
    form.fields["code"].widget.attrs |= {"spellcheck": "false", "autocapitalize": "none"}


class SecondFactorForm(second_factor.AuthenticateForm):
    """The code of the authenticator app, or a recovery code."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _code(self, "6 numbers from your authenticator app, or one of your recovery codes")


class ConfirmSecondFactorForm(second_factor.ReauthenticateForm):
    """The code once more, before a sensitive act."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _code(self, "6 numbers from your authenticator app, or one of your recovery codes")


class ActivateAppForm(totp.ActivateTOTPForm):
    """The first code of a newly set up authenticator app."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _code(self, "6 numbers that the app shows now")


#: What a browser that is not one may provoke in the parsing of a security key's answer.
NOT_AN_ANSWER = (KeyError, TypeError, ValueError, AttributeError, LookupError)
UNREADABLE = "The key’s answer could not be read. Put it in and try again."


LONGEST_NAME = 100
"""Characters of a security key's name."""


def _name_of_key(form: Any, hint: str = "") -> None:
    _say(form, "name", "Name for this key", "Enter a name", hint)
    form.fields["name"].validators.append(MaxLengthValidator(LONGEST_NAME))


class AddKeyForm(webauthn.AddWebAuthnForm):
    """A name for a security key, and what the key answered."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name_of_key(self, "For example: blue key on my key ring")
        self.fields["credential"].error_messages["required"] = (
            "The key did not answer. Put it in and choose “Add this key” again."
        )

    def clean(self) -> dict[str, Any]:
        try:
            return super().clean()
        except NOT_AN_ANSWER as error:
            raise ValidationError(UNREADABLE) from error


class _KeyAnswer:
    """A security key's answer that cannot be read is an error of the form, never one of ours."""

    def clean_credential(self) -> Any:
        try:
            return super().clean_credential()  # type: ignore[misc]
        except NOT_AN_ANSWER as error:
            raise ValidationError(UNREADABLE) from error


class SignInKeyForm(_KeyAnswer, webauthn.AuthenticateWebAuthnForm):
    """The security key's answer at sign-in."""


class ConfirmKeyForm(_KeyAnswer, webauthn.ReauthenticateWebAuthnForm):
    """The security key's answer once more, before a sensitive act."""


class NameKeyForm(webauthn.EditWebAuthnForm):
    """Another name for a security key."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name_of_key(self)


class RemoveKeyForm(totp.DeactivateTOTPForm):
    """Nothing to fill in: allauth asks its adapter whether an app may go, and we of a key too."""
