"""Hostile links made from the choices of a dashboard."""

from hypothesis import strategies as st

from infecon_core.choices import choices
from infecon_core.choices.kinds import Choice, Option, Quantity, Switch
from tests.support.hostile.own import own_ids
from tests.support.hostile.values import ACCELERATORS, MODELS, near, plain_words, words


def texts_of(choice: Choice) -> st.SearchStrategy[str]:
    """What a link may give for a choice: mostly something right."""
    if isinstance(choice, Option):
        right: st.SearchStrategy[str] = st.sampled_from(tuple(choice.options))
        if choice.catalog:
            right = st.one_of(right, own_ids())
    elif isinstance(choice, Switch):
        right = st.sampled_from(("true", "false", "True", "1"))
    else:
        assert isinstance(choice, Quantity)
        right = near(float(choice.minimum), float(choice.maximum)).map(repr)
    return st.one_of(right, right, right, words())


@st.composite
def queries(draw: st.DrawFn, most: int = 8) -> dict[str, str]:
    """Parameters of a link: keys of choices, of pinned scenarios, of the view, misspelt and foreign ones."""
    query: dict[str, str] = {}
    model = draw(st.sampled_from(MODELS))
    if draw(st.booleans()):
        query["model"] = model
    if draw(st.booleans()):
        query["gpu"] = draw(st.one_of(st.sampled_from(ACCELERATORS), own_ids()))
    known = choices(model)
    for key in draw(st.lists(st.sampled_from(tuple(known)), max_size=most)):
        text = draw(texts_of(known[key]))
        shape = draw(st.integers(0, 9))
        if shape == 0:
            text = ",".join([text, *draw(st.lists(texts_of(known[key]), max_size=7))])
        prefix = draw(st.sampled_from(("b.", "c.", "f.", "g.", "b.b."))) if shape == 1 else ""
        name = key + draw(st.sampled_from("xs_ ")) if shape == 2 else key
        query[prefix + name] = text
    for key in draw(
        st.lists(st.sampled_from(("y", "axes", "view", "ranges", "claim", "v", "b.", "", "utm")), max_size=2)
    ):
        query[key] = draw(st.one_of(words(), st.sampled_from(("slide", "log", "linear", "1,2,3,4", "1,1e308,0,5"))))
    if draw(st.integers(0, 9)) == 0:
        query[draw(words())] = draw(words())
    return query


def addresses() -> st.SearchStrategy[str]:
    """Query strings as bytes would come over the line: any text, broken escapes, keys given twice."""
    part = st.one_of(plain_words(), st.sampled_from(("%", "%zz", "%ff%fe", "%00", "%ud800", "+", ";", "&&", "==")))
    pair = st.builds(lambda key, value: f"{key}={value}", st.one_of(st.sampled_from(tuple(choices())), part), part)
    return st.lists(st.one_of(pair, part), max_size=8).map("&".join)
