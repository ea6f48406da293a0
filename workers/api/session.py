"""Sign in and out by API. The session cookie then works as on the pages: writing calls send X-CSRFToken."""

from typing import Any, NoReturn, cast

from django.contrib.auth import authenticate
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import APIException, Throttled
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.http.serializers import Nothing, Strict, cleaned
from workers.api.authentication import PageAuthentication
from workers.api.shapes import SignedInOut
from workers.api.throttles import SignInThrottle
from workers.models import User
from workers.selectors.access import invitation_of
from workers.selectors.membership import memberships_of
from workers.selectors.second_factors import has_second_factor
from workers.services import invitations
from workers.web import signing_in
from workers.web.lockout import SECONDS
from workers.web.middleware import CHOSEN, membership_of


class WrongSignIn(APIException):
    """The same for an unknown address, a wrong password or code, and a deactivated account."""

    status_code = 401
    default_detail = "The address or the password is wrong."
    default_code = "sign_in"


class SecondFactorNeeded(APIException):
    """Told only after the right password."""

    status_code = 401
    default_detail = "This account has a second factor: send its code, or a recovery code, as `code`."
    default_code = "second_factor"


def session_of(request: Request) -> dict[str, Any]:
    plain = request._request
    membership = membership_of(plain)
    body = {
        "user": plain.user,
        "organization": membership.organization if membership else None,
        "memberships": memberships_of(plain.user.pk),  # type: ignore[arg-type]  # signed in
        "csrf_token": get_token(plain),
    }
    return SignedInOut(body).data


class Session(APIView):
    authentication_classes = [PageAuthentication]
    throttle_classes = [SignInThrottle]

    class Input(Strict):
        email = serializers.CharField(max_length=254)
        password = serializers.CharField(max_length=4096, trim_whitespace=False)
        code = serializers.CharField(
            max_length=20, required=False, help_text="Of the authenticator app, or a recovery code; if there is any."
        )

    def get_authenticators(self) -> list[Any]:
        request = getattr(self, "request", None)
        return [] if request is not None and request.method == "POST" else super().get_authenticators()

    def get_permissions(self) -> list[Any]:
        return [AllowAny()] if self.request.method == "POST" else [IsAuthenticated()]

    @extend_schema(summary="Who is signed in", responses=SignedInOut)
    def get(self, request: Request) -> Response:
        return Response(session_of(request))

    @extend_schema(summary="Sign in", request=Input, responses=SignedInOut, auth=[])
    def post(self, request: Request) -> Response:
        data = cleaned(self.Input, request.data)
        plain = request._request
        name = data["email"].strip().lower()
        found = authenticate(plain, username=name, password=data["password"])
        if found is None:
            signing_in.failed(plain, name, step="password")
            self._refuse(plain)
        user = cast(User, found)
        how = "password"
        if has_second_factor(user.pk):
            if "code" not in data:
                raise SecondFactorNeeded
            how = signing_in.right_code(plain, user, data["code"])
            if not how:
                self._refuse(plain)
        signing_in.sign_in(plain, user, how=how)
        return Response(session_of(request))

    def _refuse(self, plain: HttpRequest) -> NoReturn:
        if getattr(plain, "axes_locked_out", False):
            raise Throttled(wait=SECONDS, detail="Too many wrong passwords. Try again later.")
        raise WrongSignIn

    @extend_schema(summary="Sign out", request=None, responses={204: None})
    def delete(self, request: Request) -> Response:
        signing_in.sign_out(request._request)
        return Response(status=204)


class AcceptInvitation(APIView):
    """A stranger chooses a name and a password; somebody who is signed in sends an empty body."""

    authentication_classes = [PageAuthentication]
    permission_classes = [AllowAny]
    throttle_classes = [SignInThrottle]

    class Input(Strict):
        name = serializers.CharField(max_length=120)
        password = serializers.CharField(max_length=4096, trim_whitespace=False)

    class LinkInput(Input):
        """For a link to no address: whoever has it says what they sign in with."""

        email = serializers.CharField(max_length=254)

    @extend_schema(
        summary="Accept an invitation and sign in",
        description="A link to no address also wants `email`: what the person signs in with.",
        request=Input,
        responses={201: SignedInOut},
        auth=[],
    )
    def post(self, request: Request, token: str) -> Response:
        now = timezone.now()
        invitation = invitation_of(token, now=now)
        plain = request._request
        if request.user.is_authenticated:
            cleaned(Nothing, request.data)
            invitations.accept(invitation=invitation, user=request.user, now=now)
        else:
            data = cleaned(self.Input if invitation.email else self.LinkInput, request.data)
            membership = invitations.accept_as_new_person(invitation=invitation, now=now, **data)
            user: User = membership.user
            signing_in.sign_in(plain, user, how="invitation")
        plain.session[CHOSEN] = invitation.organization_id
        return Response(session_of(request), status=201)
