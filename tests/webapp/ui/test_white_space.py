"""A page is sent without the layout of its template, and with every character of its values."""

from __future__ import annotations

import pytest
from jinja2 import DictLoader, Environment

from webapp.ui.white_space import CollapseLayout


def rendered(text: str, **values: object) -> str:
    return Environment(loader=DictLoader({"a": text}), extensions=[CollapseLayout]).get_template("a").render(**values)


@pytest.mark.parametrize(
    ("text", "page"),
    [
        ("<ul>\n    <li>Một\n      hai</li>\n</ul>", "<ul>\n<li>Một\nhai</li>\n</ul>"),
        ("Một   <b>hai</b>\t ba", "Một <b>hai</b> ba"),
        ("Một\u00a0 \u00a0hai", "Một\u00a0 \u00a0hai"),
        ("  <pre>\n  a  b\n</pre>   c  ", " <pre>\n  a  b\n</pre> c "),
        ("<textarea\n   name=x>  {{ value }}  </textarea>  x", "<textarea\n   name=x>    giữ  nguyên    </textarea> x"),
        ("<p>{{ value }}</p>", "<p>  giữ  nguyên  </p>"),
        ("<p>  a</p>", "<p> a</p>"),
    ],
)
def test_layout_goes_and_what_is_written_stays(text: str, page: str) -> None:
    assert rendered(text, value="  giữ  nguyên  ") == page


def test_a_value_between_the_tags_does_not_end_what_is_kept() -> None:
    page = rendered("<pre>  {% if value %}  {{ value }}{% endif %}  </pre>  </div>", value="</pre>  x")
    assert page == "<pre>    </pre>  x  </pre> </div>"
