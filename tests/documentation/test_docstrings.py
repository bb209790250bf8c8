"""What is read of a docstring: sentence, equation, symbols with units, range and source."""

from infecon_core.documentation.docstrings import Symbol, documented, read
from infecon_core.physics import queueing
from infecon_core.physics.deployment import Shards

TEXT = """Time of a thing on many GPUs. [s]

More of it, with `a_name`.

Source: somebody, 2025; checked
against a table.

Equation:
    T = N·(b/W) + t, which is
        a long line
    W = B·η

Where:
    B (accelerator.hbm_bytes_per_s): Bandwidth
        of the memory. [B/s]
    t (return[0].fixed): What comes on top. [s]

Args:
    n_gpu, batch (array): GPUs N and sequences b. [1], [tokens]
    efficiency (float): Share η that is reached. [1]
    name (str): What it is called.

Returns:
    times, counts (arrays): Two of them. [s], [1]

Notes:
    An estimate.
    Off by a lot.

Assumptions:
    Nothing overlaps.
"""


def test_all_sections_are_read() -> None:
    found = read(TEXT, "A module.\n\nSource: of the module.")
    assert found.summary == "Time of a thing on many GPUs."
    assert found.units == ("s", "1")
    assert [line.text for line in found.lines] == ["T = N·(b/W) + t, which is a long line", "W = B·η"]
    assert found.symbols == (
        Symbol("B", "accelerator.hbm_bytes_per_s", "Bandwidth of the memory.", "B/s"),
        Symbol("t", "return[0].fixed", "What comes on top.", "s"),
        Symbol("N", "n_gpu", "GPUs N and sequences b.", "1"),
        Symbol("b", "batch", "GPUs N and sequences b.", "tokens"),
        Symbol("η", "efficiency", "Share η that is reached.", "1"),
        Symbol("", "name", "What it is called.", ""),
    )
    assert found.body == "More of it, with `a_name`."
    assert found.notes == ("An estimate. Off by a lot.", "Nothing overlaps.")
    assert found.source == "somebody, 2025; checked against a table."


def test_the_source_of_the_module_holds_where_a_function_names_none() -> None:
    found = read("A thing. [1]\n\nEquation:\n    x = y", "A module.\n\nSource: a paper.\n\nMore.")
    assert (found.source, found.units, found.notes, found.body) == ("a paper.", ("1",), (), "")


def test_an_article_is_no_symbol_and_a_name_of_an_argument_is_one() -> None:
    found = read("A thing.\n\nEquation:\n    x = a·batch\n\nArgs:\n    batch (float): What a server takes. [1]")
    assert found.symbols == (Symbol("batch", "batch", "What a server takes.", "1"),)


def test_functions_and_properties_are_read_where_they_stand() -> None:
    found = documented(queueing.waiting_s)
    assert found.lines[0].text == "W = q·d·t"
    assert [(one.symbol, one.path, one.unit) for one in found.symbols] == [
        ("q", "prompts", "1"),
        ("d", "copies", "1"),
        ("t", "prompt_s", "s"),
    ]
    assert "Pollaczek" in found.source
    shards = documented(vars(Shards)["shared_shards"])
    assert [line.symbol for line in shards.lines] == ["g", "g"]
    assert "pull request" in shards.source
