"""The forms of signing in, of passwords and of the first account, in our own words."""

from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm, ResetPasswordForm, ResetPasswordKeyForm
from django import forms
from django.contrib.auth.password_validation import validate_password

ADDRESS = {"required": "Enter your e-mail address", "invalid": "Enter an address such as name@example.org"}
RULE = "At least 12 characters, and not a common password. Three words that don't belong together are good."
DIFFERENT = "The two passwords differ. Type the same one twice"


def reword(form: forms.Form, name: str, label: str, missing: str, help_text: str = "") -> None:
    """Give a field of the library our label, our hint and our word for its absence; no placeholder."""
    field = form.fields[name]
    field.label, field.help_text = label, help_text
    field.error_messages |= {"required": missing}
    field.widget.attrs.pop("placeholder", None)


def reword_address(form: forms.Form, name: str) -> None:
    reword(form, name, "E-mail address", ADDRESS["required"])
    form.fields[name].error_messages |= ADDRESS
    for validator in form.fields[name].validators:
        validator.message = ADDRESS["invalid"]


class SignIn(LoginForm):
    """Address and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reword_address(self, "login")
        reword(self, "password", "Password", "Enter your password")
        self.fields.pop("remember", None)


class NewPassword(ResetPasswordForm):
    """Asking for a link."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reword_address(self, "email")


class PasswordFromLink(ResetPasswordKeyForm):
    """The new password, twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reword_twice(self)


class ChangedPassword(ChangePasswordForm):
    """The current password and the new one, twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reword(self, "oldpassword", "Current password", "Enter the password you have now")
        reword_twice(self)


def reword_twice(form: forms.Form) -> None:
    reword(form, "password1", "New password", "Enter a new password", RULE)
    reword(form, "password2", "New password again", "Type the new password again")


def password_field(label: str, missing: str, hint: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        strip=False,
        max_length=200,
        error_messages={"required": missing, "max_length": "A password has at most 200 characters"},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class FirstAccount(forms.Form):
    """The first person of an empty system."""

    name = forms.CharField(
        label="Your name",
        max_length=200,
        error_messages={"required": "Enter your name", "max_length": "A name has at most 200 characters"},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label="E-mail address",
        error_messages=ADDRESS,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    password = password_field("Password", "Choose a password", RULE)
    again = password_field("Password again", "Type the password again")

    def clean_password(self) -> str:
        validate_password(self.cleaned_data["password"])
        return self.cleaned_data["password"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if "password" in cleaned and "again" in cleaned and cleaned["password"] != cleaned["again"]:
            self.add_error("again", DIFFERENT)
        return cleaned
