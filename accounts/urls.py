from django.urls import path, register_converter

from accounts.fragments import cast, me

CAST = 100  # people


class Numbers:
    """1,2,3"""

    regex = rf"[1-9]\d{{0,17}}(?:,[1-9]\d{{0,17}}){{0,{CAST - 1}}}"

    def to_python(self, value: str) -> tuple[int, ...]:
        return tuple(map(int, value.split(",")))

    def to_url(self, value: tuple[int, ...]) -> str:
        return ",".join(map(str, value))


register_converter(Numbers, "numbers")

app_name = "accounts"
urlpatterns = [path("me/", me, name="me"), path("cast/<numbers:people>/", cast, name="cast")]
