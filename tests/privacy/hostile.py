"""The same personal data written so that a detector may not see it: 25 disguises of 20 items, 500 texts."""

import base64
import html
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Final
from urllib.parse import quote

ITEMS: Final = (
    "ivan.petrov@example.ru", "Maria.Sidorova+shop@mail.example.com", "почта@пример.рф", "+7 (912) 345-67-89",
    "89123456789",
    "+1 415-555-2671", "4111 1111 1111 1111", "2200240512345674", "45 12 345678", "112-233-445 95", "500100732259",
    "DE89 3704 0044 0532 0130 00", "93.184.216.34", "2001:db8:85a3::8a2e:370:7334", "00:1a:2b:3c:4d:5e",
    "Иванов Пётр Сергеевич", "Katherine O'Donnell", "ул. Тверская, д. 17, кв. 45, 125009 Москва",
    "742 Evergreen Terrace, Springfield, OR 97475",
    "12.03.1985",
)  # fmt: skip
LOOK_ALIKE: Final = str.maketrans("aeopcxуАВЕКМНОРСТХ", "аеорсхyABEKMHOPCTX")
BOLD: Final = str.maketrans(
    {**{chr(97 + n): chr(0x1D41A + n) for n in range(26)}, **{chr(48 + n): chr(0x1D7CE + n) for n in range(10)}}
)
OTHER_DIGITS: Final = tuple("".join(chr(zero + n) for n in range(10)) for zero in (0x660, 0x966, 0xFF10))


def _digits(text: str, which: str) -> str:
    return text.translate(str.maketrans("0123456789", which))


DISGUISES: Final[Mapping[str, Callable[[str], str]]] = {
    "as it is": lambda item: item,
    "zero-width space inside": "\u200b".join,
    "zero-width joiner inside": "\u200d".join,
    "soft hyphen in the middle": lambda item: item[: len(item) // 2] + "\xad" + item[len(item) // 2 :],
    "direction override around": lambda item: f"\u202e{item}\u202c",
    "byte order mark inside": lambda item: item[:3] + "\ufeff" + item[3:],
    "look-alike letters": lambda item: item.translate(LOOK_ALIKE),
    "Arabic digits": lambda item: _digits(item, OTHER_DIGITS[0]),
    "Devanagari digits": lambda item: _digits(item, OTHER_DIGITS[1]),
    "full-width digits": lambda item: _digits(item, OTHER_DIGITS[2]),
    "mathematical bold": lambda item: item.translate(BOLD),
    "struck through": lambda item: "".join(f"{one}\u0336" for one in item),
    "letters apart": " ".join,
    "letters with dots": ".".join,
    "percent-encoded": lambda item: quote(item, safe=""),
    "percent-encoded twice": lambda item: quote(quote(item, safe=""), safe=""),
    "percent-encoded four times": lambda item: quote(quote(quote(quote(item, safe=""), safe=""), safe=""), safe=""),
    "Base64": lambda item: base64.b64encode(item.encode()).decode(),
    "hexadecimal": lambda item: item.encode().hex(),
    "HTML entities": lambda item: "".join(f"&#{ord(one)};" for one in html.escape(item)),
    "JSON escapes": json.dumps,
    "at and dot in words": lambda item: item.replace("@", " at ").replace(".", " dot "),
    "two lines": lambda item: item[: len(item) // 2] + "\r\n" + item[len(item) // 2 :],
    "glued to words": lambda item: f"user{item}failed",
    "lower case, underscores": lambda item: item.lower().replace(" ", "_"),
}
FRAME: Final = "order ORD-20398 failed for {}: not found"


def disguised() -> Iterator[tuple[str, str, str]]:
    """Give (disguise, item, text) for each."""
    for name, disguise in DISGUISES.items():
        for item in ITEMS:
            yield name, item, FRAME.format(disguise(item))
