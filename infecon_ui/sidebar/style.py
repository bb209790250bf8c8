"""How the sidebar looks: close rows, labels inside fields, targets that a finger meets."""

from collections.abc import Iterable

from infecon_ui.sidebar.widgets import INSIDE, SLIDER, SWEEP, SWEEP_HEADING, SWEPT

_SIDEBAR = "[data-testid=stSidebar]"
_INSIDE = f'{_SIDEBAR} [class*="{INSIDE}"]'
_SEARCH = f'{_SIDEBAR} :is([class*="{INSIDE}model"], [class*="{INSIDE}gpu"])'
_PAIR = f"{_INSIDE} [data-testid=stColumn]"
_SLIDER = f'{_SIDEBAR} [class*="{SLIDER}"]'
_SWEPT = f'{_SIDEBAR} [class*="st-key-{SWEPT}"]'
_BUTTON = f'[class*="{SWEEP}"]'
_SWEEP = f"{_SIDEBAR} {_BUTTON}"
_SWEEP_HEADING = f'{_SIDEBAR} [class*="{SWEEP_HEADING}"]'
_FIELDS = "[data-testid=stNumberInput], [data-testid=stSelectbox]"

CSS = f"""<style>
{_SIDEBAR} [data-testid=stSidebarContent] {{ padding: 0 8px; }}
{_SIDEBAR} [data-testid=stSidebarHeader] {{ height: 40px; margin: 0; }}
{_SIDEBAR} [data-testid=stSidebarUserContent] {{ padding: 0 0 16px; }}
{_SIDEBAR} [data-testid=stSidebarUserContent] > div > [data-testid=stVerticalBlock] {{ gap: 5px; }}
{_SIDEBAR} [data-testid=stColumn] {{ min-width: 0; }}

/* Headings and captions. */
{_SIDEBAR} [data-testid=stMarkdown] [data-testid=stMarkdownContainer] {{ margin: 0; }}
{_SIDEBAR} [data-testid=stMarkdown] p {{ font-size: 13px; line-height: 24px; margin: 2px 0 -5px; }}
{_SIDEBAR} [data-testid=stMarkdown] p:has(strong) {{ font-size: 12px; }}
{_SIDEBAR} [data-testid=stMarkdown] strong {{ font-size: 13px; margin-right: 4px; }}
{_SIDEBAR} [data-testid=stCaptionContainer] {{ color: inherit; margin: 0; opacity: .85; }}
{_SIDEBAR} [data-testid=stCaptionContainer] p {{ color: inherit; font-size: 12px; line-height: 18px; margin: 0; }}
{_SIDEBAR} .stMarkdownBadge, {_SIDEBAR} .stMarkdownBadge * {{ color: inherit !important; font-size: 12px !important; }}
{_SIDEBAR} [data-testid=stAlertContainer] {{ padding: 6px 9px; }}
{_SIDEBAR} [data-testid=stAlertContainer] p {{ font-size: 13px; line-height: 18px; }}

/* Help: targets of 24 pixels. */
{_SIDEBAR} [data-testid=stTooltipHoverTarget] button {{ min-width: 24px; min-height: 24px; }}

/* Fields of 30 pixels. Arrow keys step; the buttons would take the place of the number. */
{_SIDEBAR} [data-testid=stNumberInputContainer],
{_SIDEBAR} [data-testid=stSelectbox] [data-rac][role=group] {{ height: 30px; min-height: 30px; }}
{_SIDEBAR} [data-testid=stNumberInputField], {_SIDEBAR} [data-testid=stSelectbox] input {{
    padding: 0 8px; font-size: 13px;
}}
{_SIDEBAR} [data-testid=stSelectbox] button {{ padding: 0 6px 0 0; }}
{_SIDEBAR} [data-testid=stNumberInputContainer] button[data-testid^=stNumberInputStep] {{ display: none; }}
{_SIDEBAR} [data-testid=stNumberInputContainer] button {{ min-width: 24px; min-height: 24px; }}
{_SIDEBAR} [data-testid=stWidgetLabel] {{ min-height: 24px; margin: 0; }}
{_SIDEBAR} [data-testid=stWidgetLabel] p {{ font-size: 12.5px; }}

/* Labels inside their fields. */
{_INSIDE} :is({_FIELDS}) {{ position: relative; }}
{_INSIDE} :is({_FIELDS}) > label {{
    position: absolute; left: 9px; top: 0; height: 30px; z-index: 1; pointer-events: none; opacity: .8;
}}
{_INSIDE} :is({_FIELDS}) input {{ text-align: right; }}
{_INSIDE} [data-testid=stColumn] [data-testid=stVerticalBlock] {{ gap: 0; }}
{_PAIR} [data-testid=stNumberInputContainer] button {{ display: none; }}

/* Sliders: the field shows the value, so that the thumb names it only while it moves. */
{_SLIDER} [data-testid=stSlider] > div > div {{ padding: 11px 0; }}
{_SLIDER} [data-testid=stSliderTickBar] {{ display: none; }}
{_SLIDER} [data-testid=stSliderThumbValue] {{ visibility: hidden; }}
{_SLIDER} :is([data-rac]:hover, [data-rac]:focus-within) > [data-testid=stSliderThumbValue] {{ visibility: visible; }}

/* What is searched names itself: its label is for those who hear the page. */
{_SEARCH} label {{ clip-path: inset(50%); }}
{_SEARCH} input {{ text-align: left !important; text-overflow: ellipsis; }}
/* Instead of "Add: text": Enter takes what is found for it. */
[data-testid=stSelectboxVirtualDropdown] [data-key=__creatable__] [data-item-hl] {{ font-size: 0; }}
[data-testid=stSelectboxVirtualDropdown] [data-key=__creatable__] [data-item-hl]::before {{
    content: "Enter takes the best match"; font-size: 13px; opacity: .8;
}}
[data-testid=stSelectboxVirtualDropdown] [role=option] {{ font-size: 13px; }}

/* Chips. */
{_SIDEBAR} [data-testid=stButtonGroup] > div {{ margin: 0; padding: 0; }}
{_SIDEBAR} [data-testid=stButtonGroup] > div:has([data-variant=pills]) {{ gap: 4px; }}
{_SIDEBAR} [data-variant=pills] {{ height: 24px; min-height: 24px; padding: 0 6px; }}
{_SIDEBAR} [data-variant=pills] p {{ font-size: 12px; }}
{_SIDEBAR} [data-variant=segmented_control] {{ height: 28px; min-height: 28px; padding: 0 6px; }}
{_SIDEBAR} [data-variant=segmented_control] p {{ font-size: 12.5px; }}

/* Ways to the page Sweep: beside a heading or a label, and over the corner of a field where pointer or focus is. */
{_SWEPT} {{ position: relative; }}
{_SWEEP} {{ position: absolute; z-index: 3; right: 26px; top: -5px; width: 24px !important; opacity: 0.75; }}
{_SWEEP}:is(:hover, :focus-within) {{ opacity: 1; }}
{_SWEEP_HEADING} {{ position: relative; right: 0; top: 3px; height: 0; margin-bottom: -5px; width: 100% !important; }}
{_SWEEP} button {{
    display: flex; width: 24px; min-height: 24px !important; height: 24px; margin-left: auto; border-radius: 12px;
}}
{_SWEEP} button div {{ gap: 0; }}
{_SWEEP} button [data-testid=stMarkdownContainer] {{ position: absolute; clip-path: inset(50%); width: 1px; }}
{_PAIR}, {_INSIDE} [data-testid=stHorizontalBlock] {{ overflow: visible; }}
{_PAIR} {_BUTTON} {{ right: -6px; top: -14px; opacity: 0; }}
{_PAIR} {_BUTTON} button {{ background: var(--st-background-color, Canvas); }}
{_PAIR}:is(:hover, :focus-within) {_BUTTON} {{ opacity: 1; }}
@media (hover: none) {{ {_PAIR} {_BUTTON} {{ display: none; }} }}

/* Folded parts and the way back. */
{_SIDEBAR} [data-testid=stExpander] summary {{ opacity: 1; }}
{_SIDEBAR} [data-testid=stExpander] summary {{ padding: 0; min-height: 24px; }}
{_SIDEBAR} [data-testid=stExpander] summary p {{ font-size: 13px; }}
{_SIDEBAR} [data-testid=stExpanderDetails] [data-testid=stVerticalBlock] {{ gap: 4px; }}
{_SIDEBAR} [data-testid=stBaseButton-tertiary] {{ min-height: 26px; padding: 0; }}
{_SIDEBAR} [data-testid=stBaseButton-tertiary] p {{ font-size: 13px; }}

/* For fingers: larger chips; and phones enlarge the whole page where they type into less than 16 pixels. */
@media (pointer: coarse) {{
    {_SIDEBAR} :is([data-testid=stNumberInputField], [data-testid=stSelectbox] input) {{ font-size: 16px; }}
    {_SIDEBAR} [data-variant=pills] {{ height: 30px; }}
    {_SIDEBAR} [data-testid=stExpander] summary {{ min-height: 32px; }}
}}
</style>"""


def marked(keys: Iterable[str]) -> str:
    """A red border around the fields of these keys."""
    fields = ", ".join(f"{_SIDEBAR} .st-key-{key} [data-testid=stNumberInputContainer]" for key in keys)
    return f"<style>{fields} {{ border-color: #d64545; }}</style>"
