"""What all records share: frozen, strict about names, and able to say in one sentence what is wrong."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from infecon_core.schema.words import counted, quotable

# Letters of a name at most. [1]
LONGEST_NAME = 80


def _one_line(text: str) -> str:
    if not text.isprintable():
        raise ValueError("give one line of printable characters")
    return text


def _named(text: str) -> str:
    # A spreadsheet takes a cell that begins otherwise for a formula.
    if not text[0].isalnum():
        raise ValueError("a name begins with a letter or a digit")
    return text


# Words that stand in files, on terminals and on pages as they are.
Line = Annotated[str, AfterValidator(_one_line)]
Name = Annotated[Line, Field(min_length=1, max_length=LONGEST_NAME), AfterValidator(_named)]


class Record(BaseModel):
    """A frozen, hashable record that refuses unknown fields, infinities and NaN."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def sentence(error: ValidationError) -> str:
    """Say in one sentence what is wrong in a record and what would be right.

    Args:
        error (ValidationError): What pydantic raised.

    Returns:
        str: The first fault, with the field, the value given and the bound; how many more there are.
    """
    faults = error.errors()
    first = faults[0]
    # The tags of unions ("grouped_query") stand in the path; people know fields, not tags.
    places = {_place(fault["loc"]) for fault in faults}
    # A list that is too short because its member is at fault is not a second fault.
    faulty = [place for place in places if not any(other.startswith(f"{place}.") for other in places)]
    where = _place(first["loc"])
    message = _PLAIN.get(first["type"], first["msg"].removeprefix("Value error, "))
    if first["type"] == "extra_forbidden":
        text = f"'{where}' is not a field that is known here"
    elif first["type"] == "missing":
        text = f"'{where}' is missing"
    elif first["type"] == "value_error" and isinstance(first["input"], BaseModel | Mapping):
        text = message  # parts of a record that do not agree: the sentence names them
    elif where:
        text = f"'{where}' cannot be {_shown(first.get('input'))}: {message[:1].lower()}{message[1:]}"
    else:
        text = message
    others = len(faulty) - 1
    more = f"; {counted(others, 'other field is', 'other fields are')} wrong too" if others else ""
    return text.rstrip(".") + more + "."


# Where pydantic's own sentence names classes or types of Python, which are nobody's words.
_PLAIN = {
    "model_type": "it is not an object",
    "model_attributes_type": "it is not an object",
    "dict_type": "it is not an object",
    "int_parsing": "give a whole number",
    "int_from_float": "give a whole number",
    "int_parsing_size": "give a smaller whole number",
    "float_parsing": "give a number",
    "finite_number": "give a finite number",
    "int_type": "give a whole number",
    "float_type": "give a number",
    "string_type": "give a text",
    "bool_type": "give true or false",
    "tuple_type": "give a list",
    "union_tag_not_found": "give its 'kind'",
}
_UNION_TAGS = frozenset(
    {"grouped_query", "latent", "linear", "dense", "moe", "int", "float", "draft_model", "self_draft"}
)


def _place(path: tuple[int | str, ...]) -> str:
    return ".".join(quotable(part) for part in path if part not in _UNION_TAGS)


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else text[:37] + "..."
