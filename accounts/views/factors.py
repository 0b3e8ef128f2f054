"""Second factors whose secrets cannot be read any more, since SECRET_KEY was lost: said kindly, and replaced."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.mfa.base.views import IndexView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import (
    DownloadRecoveryCodesView,
    GenerateRecoveryCodesView,
    view_recovery_codes,
)
from cryptography.fernet import InvalidToken
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.generic.edit import FormView

View = Callable[..., HttpResponse]


class Index(IndexView):
    def get_context_data(self, **more: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**more)
        factors = context["authenticators"]
        try:
            if codes := factors.get(Authenticator.Type.RECOVERY_CODES):
                codes.get_unused_codes()
        except InvalidToken:
            del factors[Authenticator.Type.RECOVERY_CODES]
            context["unreadable"] = True
        return context


class Generate(GenerateRecoveryCodesView):
    def get_context_data(self, **more: Any) -> dict[str, Any]:
        try:
            context: dict[str, Any] = super().get_context_data(**more)
        except InvalidToken:  # those that are replaced need not be counted
            context = FormView.get_context_data(self, **more)
        return context


def readable(view: View) -> View:
    @wraps(view)
    def whether_or_not(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except InvalidToken:
            return render(request, "mfa/recovery_codes/unreadable.html")

    return whether_or_not


index = Index.as_view()
generate = Generate.as_view()
codes = readable(view_recovery_codes)
download = readable(DownloadRecoveryCodesView.as_view(content_type="text/plain; charset=utf-8"))
