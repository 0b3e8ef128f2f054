"""What is made once for the same values holds nothing of who asks, and differs wherever a value does."""

import re
from typing import Any

import pytest
from django.http import HttpRequest
from django.middleware.csrf import _does_token_match  # type: ignore[attr-defined]
from django.template import Context, RequestContext, Template, TemplateSyntaxError
from django.test import RequestFactory
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy, override

from chatpoc.live.kept import TOKEN


def asked() -> HttpRequest:
    return RequestFactory().get("/")


def shown(template: Template, **values: Any) -> str:
    return template.render(Context(values))


def test_it_is_made_once_for_the_same_values() -> None:
    template = Template("{% load alike %}{% alike a=a %}{{ a }} {% now 'u' %}{% endalike %}")  # microseconds
    first = shown(template, a="1")
    assert shown(template, a="1", b="other") == first
    assert shown(template, a="2") != first


def test_nothing_but_what_is_given_is_seen_inside() -> None:
    request = asked()
    request.user = "Alice"  # type: ignore[assignment]
    inside = "[{{ name }}{{ user }}{{ request }}{{ request.user }}{{ secret }}]"
    template = Template(f"{{% load alike %}}{{{{ user }}}} {{% alike name=name %}}{inside}{{% endalike %}}")
    context = RequestContext(request, {"user": "Alice", "secret": "s", "name": "Bob"})
    assert template.render(context) == "Alice [Bob]"


@pytest.mark.parametrize(
    ("one", "other"),
    [("<b>", SafeString("<b>")), (1, True), (0, False), ("1", 1), ("", None),
     (("a", "b"), ("ab",)), (("<",), (SafeString("<"),))],
)  # fmt: skip
def test_values_that_are_equal_and_are_shown_otherwise_are_kept_apart(one: object, other: object) -> None:
    source = "{% load alike %}{% alike v=v %}{{ v }}{% for i in v %}({{ i }}){% endfor %}{% endalike %}"
    source = source if isinstance(one, tuple) else "{% load alike %}{% alike v=v %}{{ v }}{% endalike %}"
    kept = Template(source)
    for value in (one, other, one, other):
        assert shown(kept, v=value) == shown(Template(source), v=value)


def test_each_language_has_its_own() -> None:
    template = Template("{% load alike i18n %}{% alike word=word %}{% translate 'Send' %} {{ word }}{% endalike %}")
    word = gettext_lazy("Members")
    for _ in range(2):
        with override("pl"):
            polish = shown(template, word=word)
        with override("en"):
            english = shown(template, word=word)
    assert english == "Send Members"
    assert polish != english
    assert "Members" not in polish


def test_a_form_has_the_token_of_the_answer_it_stands_in() -> None:
    template, answers = Template("{% load alike %}{% alike %}<form>{% csrf_token %}</form>{% endalike %}"), []
    for _ in range(3):
        request = asked()
        answers.append(template.render(RequestContext(request)))
        [token] = re.findall(r'value="(\w{64})"', answers[-1])
        assert _does_token_match(token, request.META["CSRF_COOKIE"])
        assert TOKEN not in answers[-1]
    assert len(set(answers)) == 3


@pytest.mark.parametrize("value", [object(), [], {}, {"a"}, HttpRequest(), ("a", [])])
def test_what_could_change_or_hold_more_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="alike takes texts and numbers"):
        shown(Template("{% load alike %}{% alike v=v %}{% endalike %}"), v=value)


def test_a_word_that_names_no_value_is_refused() -> None:
    with pytest.raises(TemplateSyntaxError, match="takes name=value alone"):
        Template("{% load alike %}{% alike room %}{% endalike %}")
