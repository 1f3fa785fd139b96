"""What in a pasted text is no id (dates, prices, phones, addresses, headers), and which words announce one."""

import re
from typing import Final

GAP: Final = "\n"  # what stands where noise was: no id reaches across it

_MONTH = (
    r"(?:янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек|"
    r"jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-zа-я]{0,8}"
)
_UNIT = (
    r"(?:руб[а-я]{0,4}|р\.|₽|\$|€|£|%|RUB|RUR|USD|EUR|тыс|млн|шт[а-я]{0,3}|кг|гр?|ед|экз|см|мм|м|км|"
    r"дн[а-я]{0,4}|день|дней|час[а-я]{0,3}|ч|мин[а-я]{0,3}|сек[а-я]{0,4}|год[а-я]{0,3}|лет|раза?|недел[а-я]{0,2}|"
    r"days?|hours?|h|min(?:utes?)?|sec(?:onds?)?|ms|years?|weeks?|months?|times|pcs|pieces|units?|items?|kg|cm|mm|"
    r"заказ(?:а|ов)|позици[а-я]{0,2}|вопрос[а-я]{0,3}|orders)(?![^\W_])"
)
_AMOUNT = r"(?:\d{1,3}(?: \d{3}){1,4}|\d{1,12})"
_START = r"(?<![\w-])"

_HEADERS = re.compile(
    r"^[> \t]{0,8}(?:From|To|Cc|Bcc|Date|Sent|Reply-To|Return-Path|Delivered-To|MIME-Version|User-Agent|"
    r"От|Кому|Копия|Скрытая копия|Дата|Отправлено|Адрес)[ \t]{0,3}:[^\n]*"
    r"|^(?:Message-ID|In-Reply-To|References|Received|DKIM-Signature|Authentication-Results|Content-[\w-]{1,40}|"
    r"X-[\w-]{1,40})[ \t]{0,3}:[^\n]*(?:\n[ \t][^\n]*)*",
    re.IGNORECASE | re.MULTILINE,
)
_ADDRESSES = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){0,5}")
_PHONES = re.compile(
    rf"{_START}\+\d[\d ()-]{{7,20}}\d(?!\d)"
    rf"|{_START}[78][ -]?\(?\d{{3}}\)?[ -]?\d{{3}}[ -]?\d{{2}}[ -]?\d{{2}}(?!\d)"
    r"|(?<!\w)\(\d{3,5}\)[ -]?\d{1,3}(?:[ -]?\d{2}){2}(?!\d)"
    r"|(?:тел|телефон|моб|факс|phone|tel|mobile|fax|доб|ext)[.:]{0,2} {0,2}\+?\d[\d ()-]{0,20}\d",
    re.IGNORECASE,
)
_CARDS = re.compile(rf"{_START}\d{{4}}(?:[ -]\d{{4}}){{3}}(?!\d)|{_START}\d{{3}}-\d{{3}}-\d{{3}} \d{{2}}(?!\d)")
_DATES = re.compile(
    rf"{_START}\d{{1,2}}([./-])\d{{1,2}}\1(?:\d{{4}}|\d{{2}})(?!\d)"
    rf"|{_START}\d{{4}}([./-])\d{{2}}\2\d{{2}}(?:T[\d:.]{{4,15}}Z?)?(?!\d)"
    rf"|{_START}\d{{1,2}}:\d{{2}}(?::\d{{2}})?(?:[.,]\d{{1,6}})?(?!\d)"
    rf"|{_START}(?:[12]?\d|0\d|3[01])\.(?:0\d|1[0-2])(?![\d.])"
    rf"|{_START}\d{{1,2}}(?:-?(?:го|th|st|nd|rd))? {_MONTH}\.?,?(?: \d{{4}})?(?!\w)"
    rf"|(?<!\w){_MONTH}\.? \d{{1,2}}(?:th|st|nd|rd)?(?:,? \d{{4}})?(?![\w])"
    rf"|{_START}(?:\d{{1,3}}\.){{3}}\d{{1,3}}(?!\d)",
    re.IGNORECASE,
)
_PRICES = re.compile(
    rf"{_START}{_AMOUNT}(?:[.,]\d{{1,2}})? ?{_UNIT}"
    rf"|(?:[$€£₽]|(?<!\w)(?:RUB|USD|EUR)) ?{_AMOUNT}(?:[.,]\d{{1,3}}){{0,4}}"
    rf"|{_START}{_AMOUNT}[.,]\d{{2}}(?!\d)",
    re.IGNORECASE,
)
_NOISE = (_HEADERS, _ADDRESSES, _CARDS, _PHONES, _DATES, _PRICES)

LINK: Final = re.compile(
    r"https?://[^\s<>\"«»]{1,2000}"
    r"|(?<![\w/.-])(?:[\w.-]{1,100}(?::\d{1,5})?)?/(?:[\w-]{1,40}/){0,3}(?:trace|orders|partners)/[^\s<>\"«»]{1,500}",
    re.IGNORECASE,
)
# Words that announce a number, per kind; Latin spellings are what the Russian word gives on an English keyboard.
ANNOUNCES: Final = re.compile(
    r"(?<![^\W_])(?:(?P<order>заказ(?:а|у|е|ы|ов|ом|ам|ами|ах)?|pfrfp[a-z]{0,2}|orders?|ord|зак\.?)"
    r"|(?P<partner>партн[её]р[а-я]{0,4}|partners?)|(?P<model>модел[а-я]{1,3}|models?)"
    r"|(?P<customer>клиент[а-я]{0,3}|покупател[а-я]{1,3}|customers?|clients?))(?![^\W_])"
    r"|(?P<number>#|(?<![^\W_])(?:номер[а-я]{0,3}|numbers?|no\.?(?= ?\d)|num\.?|id)(?![^\W_]))",
    re.IGNORECASE,
)
FILLER: Final = re.compile(
    r"(?:[ \t:=.,\"'«»()#-]{1,4}|(?:номер[а-я]{0,3}|numbers?|no|num|id|под|за|с|with|the)(?![^\W_])){0,6}",
    re.IGNORECASE,
)
AND: Final = re.compile(
    r"[ \t]{0,3}[,;/&+][ \t\n]{0,3}(?:(?:и|and)[ \t]{1,3})?|[ \t]{1,3}(?:и|and|или|or)[ \t]{1,3}", re.IGNORECASE
)
_JOINERS = re.compile(r"(?<![^\W_])(?:и|and|или|or|а также)(?![^\W_])", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]{1,100}")


def without_noise(text: str) -> str:
    """Return `text`, equally long, with gaps where dates, prices, phones, cards, addresses and headers stood."""
    for noise in _NOISE:
        text = noise.sub(lambda found: GAP * len(found[0]), text)
    return text


def chunks(text: str) -> list[tuple[int, str]]:
    """Return the parts of a list, each with its place: what stands between commas, semicolons, tabs, line ends."""
    return [(found.start(), found[0]) for found in re.finditer(r"[^\n\t,;]+", text) if found[0].strip()]


def words_in(text: str) -> list[str]:
    """Return the words of a part of a list that neither join nor announce numbers."""
    return _WORD.findall(_JOINERS.sub(" ", ANNOUNCES.sub(" ", text)))
