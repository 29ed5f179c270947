"""Korean grammar that a catalog cannot hold: a particle follows its word by sound."""

from __future__ import annotations

# first form (after a final consonant) -> (after a final consonant, after a vowel)
_PARTICLES = {
    "이": ("이", "가"),
    "은": ("은", "는"),
    "을": ("을", "를"),
    "과": ("과", "와"),
    "으로": ("으로", "로"),
}
# any of these forms -> the first form of its particle
FIRST_FORM = {form: first for first, forms in _PARTICLES.items() for form in forms}
# final consonants of the digits' and letters' Korean names: 0 영 3 삼 6 육 M 엠 N 엔; 1 일 7 칠 8 팔 L 엘 R 알
_FINAL_IN_NAME = {**dict.fromkeys("036MNmn", "other"), **dict.fromkeys("178LRlr", "ㄹ")}


def particle(word: str, first_form: str) -> str:
    """Return the form of a Korean particle that follows `word`."""
    after_consonant, after_vowel = _PARTICLES[first_form]
    last = next((c for c in reversed(word) if c.isalnum()), "")
    if "가" <= last <= "힣":
        final = (ord(last) - 0xAC00) % 28
        sound = "" if final == 0 else "ㄹ" if final == 8 else "other"
    else:
        sound = _FINAL_IN_NAME.get(last, "")
    vowel_form = sound == "" or (first_form == "으로" and sound == "ㄹ")
    return after_vowel if vowel_form else after_consonant


class Word(str):
    """A string whose format specification may be a particle: `{name:이}` gives 삼성전자가 and 현대차증권이."""

    def __format__(self, spec: str) -> str:
        return str(self) + particle(self, spec) if spec in _PARTICLES else super().__format__(spec)
