"""What an editor is told of our sentences is what the suite goes by."""

import json

from workshop.editor import SETTINGS, settings


def test_the_editors_words_are_those_of_the_steps():
    assert SETTINGS.read_text("utf-8") == settings(), "python -m workshop.editor"
    known = {word["name"] for word in json.loads(settings())["cucumber.parameterTypes"]}
    assert {"person", "code", "screen"} <= known
