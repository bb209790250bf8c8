"""How the first screen fits into the window: sizes and order that only the browser can know, as one style sheet.

The chart takes the height that its surroundings leave, so that all of it stands on the first screen of a desk and of a
phone; what a phone has no room for stands below it there.
"""

import streamlit as st

from infecon_ui.frontier.figure import MARGIN

SCREEN, BELOW, DIMMED = "first_screen", "below", "dimmed"
CHART, SLIDER = "frontier_chart", "target_slider"
# Narrower windows are phones.
_PHONE = "(max-width: 640px)"
# On short ones the chart needs the room between everything else.
_SHORT = "(max-height: 760px) and (min-width: 641px)"
_TOUCH = "(hover: none)"
_HEADER = 4.0  # what the page's header takes of the window [rem]
_AROUND_PHONE = 370  # what stands around the chart on a phone [px]
_LEAST, _LEAST_PHONE, _MOST_PHONE = 380, 300, 460  # height of the chart [px]

CSS = f"""
.st-key-{SCREEN} {{ gap: 0.4rem; min-height: min(calc(100dvh - {_HEADER + 0.8}rem), 1100px); }}
.st-key-{CHART} {{ flex: 1 1 {_LEAST}px !important; height: auto; min-height: {_LEAST}px; }}
.st-key-{BELOW} h2 {{ font-size: 1.4rem; padding: 1rem 0 0.25rem; }}
.st-key-{BELOW} h3 {{ font-size: 1.1rem; padding: 0.25rem 0; }}
.st-key-{CHART} .main-svg > g:not(.hoverlayer) text:not(.bartext),
.st-key-{CHART} .xy2 .bartext {{ fill: currentColor !important; }}
.st-key-{CHART} .annotation[data-index="0"] {{ display: none; }}
.st-key-{CHART} .bartext {{ pointer-events: none; }}
.st-key-{SLIDER} {{ padding: 0 {MARGIN["r"]}px 0 {MARGIN["l"]}px; margin: -0.45rem 0 -0.5rem; }}
.st-key-remedies {{ gap: 0.4rem; }}
.st-key-remedies button {{ min-height: 1.9rem; padding: 0.1rem 0.6rem; }}
.st-key-remedies button p {{ font-size: 0.85rem; white-space: normal; text-align: left; }}
.st-key-turn_on_drafts button {{ min-height: 1.5rem; padding: 0; }}
.st-key-turn_on_drafts button p {{ font-size: clamp(0.8rem, 0.98vw, 0.875rem); text-align: left; white-space: normal; }}
.st-key-tools {{ gap: 0.4rem; --infecon-button-height: 2rem; }}
.st-key-tools button {{ min-height: 2rem; height: 2rem; padding: 0 0.6rem; font-size: 0.85rem; }}
.st-key-tools button p {{ font-size: 0.85rem; }}
.st-key-{DIMMED} {{ opacity: 0.4; }}
.infecon-verdict h2 {{ font-size: 1.2rem; padding: 0; margin: 0; display: inline; }}
.infecon-verdict h1 {{ font-size: clamp(1.3rem, 2.1vw, 1.75rem); line-height: 1.2; padding: 0; margin: 0;
    text-wrap: balance; display: inline; }}
.infecon-verdict .change {{ white-space: nowrap; font-size: 0.875rem; font-weight: 600; padding: 0.1rem 0.5rem;
    margin-left: 0.6rem; border-radius: 1rem; vertical-align: 0.25rem; background: rgba(125, 135, 150, 0.16); }}
.infecon-verdict .change.better {{ background: rgba(24, 172, 120, 0.22); }}
.infecon-verdict .change.worse {{ background: rgba(238, 150, 28, 0.26); }}
.infecon-verdict p {{ margin: 0.3rem 0 0; font-size: clamp(0.8rem, 0.98vw, 0.875rem); line-height: 1.35;
    opacity: 0.85; }}
.infecon-verdict .beside span + span::before {{ content: " · "; white-space: pre; }}
.infecon-figures {{ display: grid; grid-template-columns: repeat(6, auto); margin: 0; padding: 0 !important;
    border: 1px solid rgba(125, 135, 150, 0.35); border-radius: 0.4rem; }}
.infecon-figures > div {{ padding: 0.3rem 0.75rem 0.35rem; border-left: 1px solid rgba(125, 135, 150, 0.35); }}
.infecon-figures > div:first-child {{ border-left: none; }}
.infecon-figures dt {{ font-size: 0.78rem; font-weight: 400; opacity: 0.85; white-space: nowrap; }}
.infecon-figures dd {{ font-size: 1.15rem; font-weight: 600; margin: 0; line-height: 1.25; white-space: nowrap; }}
.infecon-figures dd small {{ font-size: 0.75rem; font-weight: 400; opacity: 0.85; white-space: normal; }}
.infecon-figures i {{ display: inline-block; width: 0.7em; height: 0.7em; margin-right: 0.35em; border-radius: 2px; }}
.infecon-note {{ font-size: 0.8rem; line-height: 1.35; opacity: 0.85; margin: 0; }}
.infecon-read, .infecon-later {{ display: none; }}
[data-testid=stMainBlockContainer] {{ padding: {_HEADER}rem 2rem 3rem; }}
@media {_TOUCH} {{
    .st-key-{CHART} .drag {{ pointer-events: none !important; }}
    .st-key-{CHART} .hoverlayer {{ display: none; }}
    .infecon-read {{ display: block; }}
}}
@media not all and {_PHONE} {{
    .st-key-{SCREEN} > *:has(.infecon-later) {{ display: none; }}
}}
@media {_SHORT} {{
    .st-key-{SCREEN} {{ gap: 0.2rem; }}
    .st-key-{SCREEN} .infecon-verdict p {{ margin-top: 0.15rem; line-height: 1.25; }}
    .infecon-figures > div {{ padding: 0.1rem 0.75rem 0.15rem; }}
}}
@media {_PHONE} {{
    [data-testid=stMainBlockContainer] {{ padding: 3.5rem 1rem 2rem; }}
    .st-key-{SCREEN} {{ min-height: 0; }}
    .st-key-{CHART} {{ order: 1; flex: none !important;
        height: clamp({_LEAST_PHONE}px, calc(100dvh - {_AROUND_PHONE}px), {_MOST_PHONE}px); min-height: 0; }}
    .st-key-{SLIDER} {{ order: 2; margin: 0; }}
    .st-key-{SCREEN} > *:has(.infecon-read) {{ order: 2; }}
    .st-key-{SCREEN} > *:has(.infecon-later), .st-key-turn_on_drafts {{ order: 2; }}
    .st-key-{SCREEN} > *:has(.infecon-figures) {{ order: 3; }}
    .st-key-{SCREEN} > *:has(.st-key-tools) {{ order: 4; }}
    .st-key-{SCREEN} > *:has(.infecon-source) {{ order: 5; }}
    .st-key-tools > .st-key-y {{ flex-basis: 100%; }}
    .st-key-tools .st-key-y button {{ padding: 0 0.35rem; }}
    .st-key-tools .st-key-y button p {{ font-size: 0.72rem; }}
    .st-key-{CHART} .annotation {{ display: none; }}
    .st-key-{CHART} .annotation[data-index="0"], .st-key-{CHART} .annotation[data-index="1"] {{ display: inline; }}
    .infecon-verdict .beside .later {{ display: none; }}
    .infecon-later {{ display: block; }}
    .st-key-remedies {{ flex-wrap: nowrap !important; overflow-x: auto; }}
    .st-key-remedies > * {{ flex: 0 0 auto !important; max-width: 85%; }}
    .infecon-figures {{ grid-template-columns: repeat(3, 1fr); }}
    .infecon-figures > div:nth-child(3n + 1) {{ border-left: none; }}
    .infecon-figures > div:nth-child(n + 4) {{ border-top: 1px solid rgba(125, 135, 150, 0.35); }}
    .infecon-figures dt, .infecon-figures dd {{ white-space: normal; }}
}}
"""


def apply_style() -> None:
    """Send the style sheet."""
    st.html(f"<style>{CSS}</style>")
