"""Buttons that put a text or a picture onto the clipboard with one click."""

import streamlit as st

_HTML = """
<button type="button" aria-live="polite"></button>
<div class="refused" hidden><label></label><input readonly></div>
"""

_CSS = """
button {
    font-size: 0.875rem; line-height: 1.4; padding: 0.2rem 0.75rem; cursor: pointer;
    min-height: var(--infecon-button-height, 2.5rem);
    color: var(--st-text-color); background: var(--st-background-color); white-space: nowrap;
    border: 1px solid var(--st-widget-border-color, var(--st-border-color)); border-radius: var(--st-button-radius);
    font-family: var(--st-font); width: 100%;
}
button:hover { border-color: var(--st-primary-color); color: var(--st-primary-color); }
button:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 1px; }
.refused { font-family: var(--st-font); font-size: 0.875rem; color: var(--st-text-color); margin-top: 0.25rem; }
.refused input {
    width: 100%; box-sizing: border-box; font: inherit; padding: 0.25rem; color: var(--st-text-color);
    background: var(--st-secondary-background-color); border: 1px solid var(--st-border-color);
}
"""

# Without a secure connection a browser has no clipboard for pages; the older command still copies a selected text.
_JS = """
export default function ({ data, parentElement }) {
    const button = parentElement.querySelector("button");
    const refused = parentElement.querySelector(".refused");
    const field = refused.querySelector("input");
    button.textContent = data.label;
    refused.hidden = true;

    function said(text) {
        button.textContent = text;
        clearTimeout(button.timer);
        button.timer = setTimeout(() => { button.textContent = data.label; }, 2000);
    }
    function tell(text) {
        refused.querySelector("label").textContent = text;
        refused.hidden = false;
    }
    async function copyText() {
        try {
            await navigator.clipboard.writeText(data.text);
            return true;
        } catch (error) {
            tell("Select all and copy:");
            field.hidden = false;
            field.value = data.text;
            field.focus();
            field.select();
            field.setSelectionRange(0, data.text.length);
            const copied = document.execCommand("copy");
            refused.hidden = copied;
            return copied;
        }
    }
    function drawn() {
        const picture = document.querySelector(data.picture);
        const canvas = document.createElement("canvas");
        canvas.width = data.width;
        canvas.height = Math.round(data.width * picture.naturalHeight / picture.naturalWidth);
        canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
        return new Promise((done, failed) =>
            canvas.toBlob((blob) => (blob ? done(blob) : failed(new Error("no picture"))), "image/png"));
    }
    async function copyPicture() {
        try {
            // A promise inside: some browsers take only what a click itself has begun.
            await navigator.clipboard.write([new ClipboardItem({ "image/png": drawn() })]);
            return true;
        } catch (error) {
            field.hidden = true;
            tell("This browser copies no pictures here: take the PNG.");
            return false;
        }
    }
    button.onclick = async () => {
        refused.hidden = true;
        if (await (data.picture ? copyPicture() : copyText())) said("Copied");
    };
    return () => clearTimeout(button.timer);
}
"""

_button = st.components.v2.component("infecon_copy", html=_HTML, css=_CSS, js=_JS)


def copy_button(label: str, text: str, key: str) -> None:
    """A button that copies a text and says so; where the browser refuses, the text stands selected below it.

    Args:
        label (str): What the button says.
        text (str): What is copied.
        key (str): Of the button, none that another element has.
    """
    _button(key=key, data={"label": label, "text": text}, width="content", height="content")


def copy_picture_button(label: str, picture_key: str, width: int, key: str) -> None:
    """A button that copies a picture of the page as PNG; where the browser refuses, it says what helps.

    Args:
        label (str): What the button says.
        picture_key (str): Key of the container that holds the picture.
        width (int): Width of the copy. [px]
        key (str): Of the button, none that another element has.
    """
    data = {"label": label, "picture": f".st-key-{picture_key} img", "width": width}
    _button(key=key, data=data, width="content", height="content")
