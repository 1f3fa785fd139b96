"""Template: one sentence in both languages, with places for a clause's values.

A place is `{value}`; its form follows a point: `{at.at}` "at 10:42 on 25 Sep" / "25 сентября в 10:42", `{at.clock}`
"10:42 on 25 Sep" / "10:42 25 сентября", `{at.stamp}` "25 Sep, 10:42" (alike in Russian), `{at.on}` "on 25 Sep, 10:42".
`{service.of}` is the genitive; `{service[приняла|принял]}` the verb of its gender; `{count[заказ|заказа|заказов]}` the
form of its number. Of several templates of one rule the first that fits is taken: `when` must hold, and every value
it names must be there.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Template:
    """One sentence in both languages, and the values with which alone it is right."""

    en: str
    ru: str
    when: Mapping[str, int | str] = field(default_factory=dict)


def one(en: str, ru: str) -> tuple[Template, ...]:
    """Return the templates of a rule that has one sentence."""
    return (Template(en, ru),)
