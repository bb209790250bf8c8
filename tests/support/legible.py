"""What a visitor sees of a page in a browser: words and their contrast, headings, sizes of what a finger has to hit."""

from typing import Any, NamedTuple

from playwright.sync_api import Page

# Contrast of every visible text by the Web Content Accessibility Guidelines 2.2, from computed styles. What lies behind
# a text are the backgrounds of those elements around it that it stands on, and in a chart the areas that it stands in.
_CONTRASTS = r"""() => {
    const rgba = text => {
        const [r, g, b, a = 1] = text.match(/[\d.]+/g).map(Number);
        return text.startsWith('color(srgb') ? [255 * r, 255 * g, 255 * b, a] : [r, g, b, a];
    };
    const over = (top, under) => [0, 1, 2].map(i => top[i] * top[3] + under[i] * (1 - top[3]));
    const luminance = rgb => {
        const [r, g, b] = rgb.map(part => part / 255).map(
            part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const around = element => element ? [element, ...around(element.parentElement)] : [];
    const opacity = element => around(element).reduce((part, other) => part * getComputedStyle(other).opacity, 1);
    const backgrounds = (element, x, y) => around(element).filter(other => {
        const box = other.getBoundingClientRect();
        const whole = other === document.body || other === document.documentElement;
        return whole || (x >= box.left && x <= box.right && y >= box.top && y <= box.bottom);
    }).map(other => rgba(getComputedStyle(other).backgroundColor)).reverse();
    const areas = (element, x, y) => {
        const chart = element.closest('svg')?.parentElement;
        return [...chart?.querySelectorAll('path, rect') ?? []].flatMap(area => {
            const style = getComputedStyle(area), place = area.getScreenCTM();
            if (area.closest('defs, clipPath') || !place || style.visibility === 'hidden') return [];
            if (!/\d/.test(style.fill)) return [];
            if (!area.isPointInFill(new DOMPoint(x, y).matrixTransform(place.inverse()))) return [];
            const [r, g, b, a] = rgba(style.fill);
            return [[r, g, b, a * style.fillOpacity * opacity(area)]];
        });
    };
    const behind = (element, x, y) => [...backgrounds(element, x, y), ...areas(element, x, y)]
        .reduce((under, top) => over(top, under), [255, 255, 255]);
    const found = [];
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const node = texts.currentNode, element = node.parentElement, range = document.createRange();
        if (!node.textContent.trim() || element.closest('script, style, noscript, canvas, [disabled]')) continue;
        range.selectNodeContents(node);
        const box = range.getBoundingClientRect(), style = getComputedStyle(element);
        // Signs of an icon font are no words; a checkbox for screen readers is one pixel large.
        if (box.width < 2 || box.height < 2 || style.visibility === 'hidden') continue;
        if (style.fontFamily.includes('Material')) continue;
        // A mark of colour stands beside the word that it belongs to.
        if (/^■+$/.test(node.textContent.trim())) continue;
        const drawn = element.closest('svg') ? style.fill : style.color;
        if (!/\d/.test(drawn)) continue;
        const colour = rgba(drawn);
        colour[3] *= opacity(element);
        if (colour[3] < 0.02) continue;
        const back = behind(element, box.left + box.width / 2, box.top + box.height / 2);
        const [dark, light] = [luminance(over(colour, back)), luminance(back)].sort((a, b) => a - b);
        found.push([(light + 0.05) / (dark + 0.05), node.textContent.trim().slice(0, 60)]);
    }
    return found;
}"""
_HEADINGS = """() => [...document.querySelectorAll('h1, h2, h3, h4, h5, h6')]
    .filter(heading => heading.checkVisibility() && heading.getBoundingClientRect().width > 1)
    .map(heading => [Number(heading.tagName[1]), heading.textContent])"""
_HELP = """() => [...document.querySelectorAll('[data-testid=stTooltipIcon] button')]
    .map(button => button.getBoundingClientRect()).filter(box => box.width)
    .map(box => Math.min(box.width, box.height))"""
_OVERHANG = """() => {
    const main = document.querySelector('[data-testid=stMain]');
    return Math.max(main.scrollWidth, document.documentElement.scrollWidth) - innerWidth;
}"""


class Text(NamedTuple):
    """A visible text and its contrast. [1]"""

    contrast: float
    words: str


def visible_texts(page: Page) -> list[Text]:
    """Every visible text outside of canvases and of what is disabled."""
    return [Text(*found) for found in page.evaluate(_CONTRASTS)]


def headings(page: Page) -> list[tuple[int, str]]:
    """Level and text of every heading, in the order of the page."""
    return [(level, text) for level, text in page.evaluate(_HEADINGS)]


def help_sizes(page: Page) -> list[float]:
    """The shorter side of every button of a help text. [px]"""
    return list(page.evaluate(_HELP))


def overhang(page: Page) -> float:
    """By how much a page is wider than its window. [px]"""
    found: Any = page.evaluate(_OVERHANG)
    return float(found)
