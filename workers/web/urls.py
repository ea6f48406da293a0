from django.contrib.auth.views import LogoutView, PasswordResetDoneView
from django.urls import URLPattern, URLResolver, path, re_path

from workers.web import accounts, gallery, help, joining, keys, language, people

urlpatterns: list[URLPattern | URLResolver] = [
    path("", accounts.home, name="home"),
    path("jsi18n/", language.Catalog.as_view(), name="javascript-catalog"),
    path("accounts/", accounts.account, name="account"),
    path("accounts/language/", accounts.language, name="language"),
    path("accounts/sign-in/", accounts.SignIn.as_view(), name="sign-in"),
    path("accounts/sign-out/", LogoutView.as_view(), name="sign-out"),
    path("accounts/password/", accounts.PasswordChange.as_view(), name="password-change"),
    path("accounts/password-reset/", accounts.PasswordReset.as_view(), name="password-reset"),
    path(
        "accounts/password-reset/sent/",
        PasswordResetDoneView.as_view(template_name="accounts/password_reset_sent.html"),
        name="password-reset-sent",
    ),
    path(
        "accounts/password-reset/<uidb64>/<token>/",
        accounts.PasswordResetConfirm.as_view(),
        name="password-reset-confirm",
    ),
    path("invitations/<str:token>/", joining.invitation, name="invitation"),
    path("organizations/switch/", accounts.switch_organization, name="switch-organization"),
    path("people/", people.people, name="people"),
    path("people/invitations/", people.invite, name="invite"),
    re_path(
        r"^people/invitations/(?P<pk>\d+)/(?P<action>resend|revoke)/$",
        people.change_invitation,
        name="change-invitation",
    ),
    re_path(
        r"^people/members/(?P<pk>\d+)/(?P<action>role|limits|deactivate|reactivate)/$",
        people.change_member,
        name="change-member",
    ),
    path("people/groups/", people.create_group, name="create-group"),
    path("people/groups/<int:pk>/", people.change_group, name="change-group"),
    path("settings/keys/", keys.keys, name="keys"),
    path("settings/keys/<int:pk>/revoke/", keys.revoke, name="revoke-key"),
    path("help/", help.index, name="help"),
    path("help/types/picture-<int:width>x<int:height>.png", gallery.picture, name="sample-picture"),
    path("help/<slug:name>/", help.page, name="help-page"),
]
