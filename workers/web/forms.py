"""Forms of the people pages. They check shapes; what may be done is decided in the services."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from workers import preferences
from workers.models import Group, Role, User
from workers.models.access import Mode
from workers.services.invitations import MANAGER_MAY_INVITE
from workers.services.keys import SCOPES
from workers.services.memberships import MOST_ANSWERS, MOST_MINUTES

SCOPE_WORDS = {"read": _("Read"), "write": _("Read and write"), "admin": _("Everything")}


class SignInForm(AuthenticationForm):
    username = forms.CharField(
        label=_("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    error_messages = {
        "invalid_login": _("The address or the password is wrong."),
        "inactive": _("The address or the password is wrong."),
    }

    def clean_username(self) -> str:
        return str(self.cleaned_data["username"]).strip().lower()


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}),
    )


class PasswordForm(forms.Form):
    password = forms.CharField(
        label=_("Your password"),
        max_length=4096,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class ConfirmForm(PasswordForm):
    def __init__(self, *args: Any, with_code: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if with_code:
            self.fields["code"] = forms.CharField(
                label=_("Code of the app, or a recovery code"),
                max_length=20,
                widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
            )


class PasskeyForm(forms.Form):
    name = forms.CharField(
        label=_("Name"), max_length=80, required=False, help_text=_("To tell it from others, such as: my phone.")
    )


class AcceptForm(forms.Form):
    email = forms.CharField(
        label=_("E-mail address"),
        max_length=254,
        help_text=_(
            "You sign in with it, and get mail there if you forget your password. Nobody checks it: look twice."
        ),
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )
    name = forms.CharField(
        label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name", "autofocus": True})
    )
    password = forms.CharField(
        label=_("Password"),
        help_text=_("At least 10 characters, and not a common word."),
        max_length=4096,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, asks_address: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not asks_address:
            del self.fields["email"]


class InviteForm(forms.Form):
    email = forms.CharField(label=_("E-mail address"), max_length=254, widget=forms.EmailInput())
    role = forms.ChoiceField(label=_("Role"))

    def __init__(self, *args: Any, actor_role: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = roles_for(actor_role)  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["role"].initial = Role.LABELER


class GroupForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)
    users = forms.TypedMultipleChoiceField(
        label=_("People"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, people: list[tuple[int, str]], group: Group | None = None, **kwargs: Any) -> None:
        if group:
            kwargs["initial"] = {"name": group.name, "users": [user.pk for user in group.users.all()]}
            kwargs.setdefault("prefix", f"group-{group.pk}")
        super().__init__(*args, **kwargs)
        self.fields["users"].choices = people  # type: ignore[attr-defined]  # a choice field


class LimitsForm(forms.Form):
    """Empty fields are no limit."""

    most_answers = forms.IntegerField(label=_("Tasks a day"), required=False, min_value=1, max_value=MOST_ANSWERS)
    most_minutes = forms.IntegerField(label=_("Minutes a day"), required=False, min_value=1, max_value=MOST_MINUTES)


class KeyForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120, required=False, help_text=_("What the key is for."))
    mode = forms.ChoiceField(
        label=_("Mode"), choices=Mode.choices, help_text=_("A test key sees and makes test data only.")
    )
    scope = forms.ChoiceField(
        label=_("Scope"),
        choices=[(scope, SCOPE_WORDS[scope]) for scope in SCOPES],
        help_text=_("Read looks; write also makes and changes projects; admin also manages people and keys."),
    )
    expires_at = forms.DateField(
        label=_("Works until"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def clean_expires_at(self) -> Any:
        day = self.cleaned_data["expires_at"]
        if day and day < timezone.localdate():
            raise forms.ValidationError(_("This day is over: the key would never work."))
        return day


class ProfileForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    language = forms.ChoiceField(
        label=_("Language"), required=False, choices=[("", _("The server's")), *settings.LANGUAGES]
    )
    theme = forms.ChoiceField(
        label=_("Theme"),
        required=False,
        choices=[("", _("The system's")), ("light", _("Light")), ("dark", _("Dark"))],
    )
    when = forms.ChoiceField(
        label=_("Veil the material of tasks"),
        required=False,
        choices=[
            ("sensitive", _("Where the project says it is sensitive")),
            ("always", _("Always")),
            ("never", _("Never")),
        ],
    )
    veil = forms.MultipleChoiceField(
        label=_("How it is veiled"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[
            ("blur", _("Blurred")),
            ("grey", _("Pictures without colours")),
            ("hover", _("Pointing at the material, or pressing on it, shows it")),
        ],
    )
    letters = forms.ChoiceField(
        label=_("Keys of a single character"),
        required=False,
        help_text=_("On the labeling page. They get in the way of speech input and of some ways of typing."),
        choices=[
            ("on", _("On: a letter, digit or sign is a command")),
            ("alt", _("With Alt: Alt and the letter together")),
            ("off", _("Off: buttons and the command palette do everything")),
        ],
    )
    usual_keys = forms.BooleanField(label=_("All keys as they were at first"), required=False)

    def __init__(self, data: Any = None, *, user: User) -> None:
        chosen = preferences.complete(user.preferences)
        initial: dict[str, Any] = {"name": user.name, "language": user.language, "theme": user.theme}
        initial |= {"letters": chosen["keys"]["letters"], "when": chosen["veil"]["when"]}
        initial["veil"] = [name for name, on in chosen["veil"].items() if on is True]
        super().__init__(data, initial=initial)
        self.own_keys = len(chosen["keys"]["own"])
        if not self.own_keys:
            del self.fields["usual_keys"]

    def preferences(self) -> dict[str, Any]:
        """The part of the form that `change_preferences` takes."""
        letters = self.cleaned_data["letters"]
        keys: dict[str, Any] = {"letters": letters} if letters else {}
        if self.cleaned_data.get("usual_keys"):
            keys["own"] = {}
        if not self.cleaned_data["when"]:
            return {"keys": keys}
        veil = {name: name in self.cleaned_data["veil"] for name in ("blur", "grey", "hover")}
        return {"keys": keys, "veil": {"when": self.cleaned_data["when"], **veil}}


def roles_for(actor_role: str) -> list[tuple[str, Any]]:
    """The roles this person may give, humblest first."""
    return [
        (role.value, role.label) for role in reversed(Role) if actor_role == Role.ADMIN or role in MANAGER_MAY_INVITE
    ]
