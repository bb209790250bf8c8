"""Text inside Markdown."""

from infecon_ui.text.markdown import bullets, escaped


def test_escaped_text_has_no_markup_left() -> None:
    assert escaped("$1 to $2 *a* [b] Llama_3_70B") == r"\$1 to \$2 \*a\* \[b\] Llama\_3\_70B"
    assert escaped(":red[x]") == r"\:red\[x\]"


def test_a_list_has_a_line_for_each() -> None:
    assert bullets(["a", "b"]) == "- a\n- b"
    assert bullets([]) == ""
