"""Own texts with personal data: templates of texts/pii.txt, values of the Faker library (MIT).

Beside them, texts of train with other values in place of theirs: what surrounds a name stays, so
that the model cannot know names by heart.
"""

import datetime
import random
import re
import string

from faker import Faker

from parts import Parts

LANGUAGES = {
    "en": "en_US en_GB en_CA en_AU en_NZ en_IE en_IN".split(),
    "de": "de_DE de_AT de_CH".split(),
    "fr": "fr_FR fr_BE fr_CA fr_CH".split(),
    "es": "es_ES es_MX es_AR es_CO es_CL".split(),
    "it": ["it_IT"],
    "pt": "pt_PT pt_BR".split(),
    "nl": "nl_NL nl_BE".split(),
    "pl": ["pl_PL"],
}
ABROAD = (
    "cs_CZ da_DK fi_FI hr_HR hu_HU no_NO ro_RO sk_SK sl_SI sv_SE tr_TR et_EE lt_LT lv_LV id_ID "
    "vi_VN fil_PH yo_NG ig_NG ha_NG tw_GH zu_ZA is_IS az_AZ bs_BA el_GR"
).split()
TYPES = {
    "P": "PERSON", "F": "PERSON", "L": "PERSON", "PL": "PERSON", "T": "TITLE", "G": "GPE",
    "C": "GPE", "O": "ORGANIZATION", "N": "NRP", "D": "DATE_TIME", "H": "DATE_TIME", "A": "AGE",
    "AN": "AGE", "E": "EMAIL_ADDRESS", "U": "DOMAIN_NAME", "PH": "PHONE_NUMBER",
    "CC": "CREDIT_CARD", "IB": "IBAN_CODE", "IP": "IP_ADDRESS", "SSN": "US_SSN",
    "DL": "US_DRIVER_LICENSE", "Z": "ZIP_CODE", "S": "STREET_ADDRESS", "SA": "STREET_ADDRESS",
    "X": "STREET_ADDRESS",
}  # fmt: skip
SWAPS = {
    "PERSON": "P", "GPE": "G", "ORGANIZATION": "O", "DATE_TIME": "D", "STREET_ADDRESS": "SA",
    "PHONE_NUMBER": "PH", "EMAIL_ADDRESS": "E", "TITLE": "T",
}  # fmt: skip
YEARS = {
    "en": ("{} years old", "{}-year-old", "{} yrs old", "{} y/o", "{} years of age"),
    "de": ("{} Jahre",), "fr": ("{} ans",), "es": ("{} años",), "it": ("{} anni",),
    "pt": ("{} anos",), "nl": ("{} jaar",), "pl": ("{} lat",),
}  # fmt: skip
DAYS = (datetime.date(1935, 1, 1).toordinal(), datetime.date(2031, 1, 1).toordinal())
SLOT = re.compile(r"\{([A-Za-z]+[0-9]?|#+)\}")


class Values:
    """Random values; every draw depends on the seed alone."""

    def __init__(self, seed):
        self.picker = random.Random(seed)
        self.parts = Parts("pii.txt", self.picker)
        names = {name for group in LANGUAGES.values() for name in group} | set(ABROAD)
        self.fakers = {}
        for number, name in enumerate(sorted(names)):
            self.fakers[name] = Faker(name)
            self.fakers[name].seed_instance(seed + number)

    def home(self, language):
        return self.fakers[self.picker.choice(LANGUAGES[language])]

    def anyone(self, language):
        """A source of names: mostly of the language, else of the world."""
        if self.picker.random() < 0.6:
            return self.home(language)
        return self.fakers[self.picker.choice(ABROAD + sum(LANGUAGES.values(), []))]

    def value(self, key, language):
        """A value for a slot of a template, and the offset at which what counts begins."""
        maker = getattr(self, "of_" + key.lower())
        text = maker(language).strip()
        if key.upper() != "X":
            text = re.sub(r"[ \t]+", " ", text)
        if key.islower():
            text = text.lower()
        skip = 4 if text.lower().startswith("the ") and key.upper() in ("C", "G", "O") else 0
        return text, skip

    def of_f(self, language):
        return self.anyone(language).first_name()

    def of_l(self, language):
        return self.anyone(language).last_name()

    def of_p(self, language):
        source, pick = self.anyone(language), self.picker.random()
        first, last = source.first_name(), source.last_name()
        if pick < 0.62:
            return f"{first} {last}"
        if pick < 0.72:
            return first
        if pick < 0.78:
            return last
        if pick < 0.85:
            return f"{first} {self.picker.choice(string.ascii_uppercase)}. {last}"
        if pick < 0.89:
            return f"{first[0]}. {last}"
        if pick < 0.93:
            return f"{first} {source.first_name()} {last}"
        if pick < 0.97:
            return f"{first} {last}-{source.last_name()}"
        return f"{first} {self.picker.choice(('van', 'de', 'von', 'al', 'bin', 'di', 'Mc'))} {last}"

    def of_pl(self, language):
        source = self.anyone(language)
        return f"{source.last_name()}, {source.first_name()}"

    def of_t(self, language):
        return self.parts.one("titles-" + language)

    def of_g(self, language):
        if self.picker.random() < 0.45:
            return self.parts.one("places")
        return self.anyone(language).city()

    def of_c(self, language):
        if self.picker.random() < 0.7:
            return self.parts.one("countries")
        return self.home(language).country()

    def of_o(self, language):
        pick = self.picker.random()
        if pick < 0.25:
            return self.parts.one("orgs")
        if pick < 0.55:
            return self.anyone(language).company()
        form = self.parts.one("org-forms")
        letters = {f"a{i}": self.picker.choice(string.ascii_uppercase) for i in (1, 2, 3)}

        def fill(match):
            key = match[1]
            if key.lower() in letters:
                return letters[key.lower()]
            if key in ("L", "F", "G"):
                return self.value(key, language)[0].removeprefix("the ")
            section = {"w": "words", "k": "kinds", "m": "fields"}[key.lower()]
            word = self.parts.one(section)
            return word.lower() if key == "w" else word

        return SLOT.sub(fill, form)

    def of_n(self, language):
        return self.parts.one("nrp")

    def of_d(self, language):
        date = datetime.date.fromordinal(self.picker.randrange(*DAYS))
        forms = ["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%m/%d/%Y", "%d %B %Y", "%d-%m-%Y"]
        if language == "en":
            forms += ["%B %d, %Y", "%d %b %Y", "%B %d", "%b %d, %Y", "%A, %B %d, %Y", "%dth of %B"]
        return date.strftime(self.picker.choice(forms))

    def of_h(self, language):
        hour, minute = self.picker.randrange(24), self.picker.randrange(60)
        if language == "en" and self.picker.random() < 0.6:
            half = self.picker.choice((" am", " pm", "am", " p.m.", " AM", "pm"))
            return f"{hour % 12 + 1}:{minute:02d}{half}"
        return f"{hour}:{minute:02d}"

    def of_a(self, language):
        return self.picker.choice(YEARS[language]).format(self.picker.randrange(2, 99))

    def of_an(self, language):
        return str(self.picker.randrange(2, 99))

    def of_e(self, language):
        return self.home(language).email()

    def of_u(self, language):
        host = self.home(language).domain_name()
        form = self.picker.choice(("{}", "www.{}", "https://{}", "https://{}/home", "http://{}/"))
        return form.format(host)

    def of_ph(self, language):
        if self.picker.random() < 0.6:
            return self.home(language).phone_number()
        form = self.picker.choice(
            (
                "+%% %%% %%% %%%%", "%%% %%% %%%", "0%%%% %%%%%%", "+%% (0)%% %%% %%%%",
                "%%%-%%%-%%%%", "(%%%) %%%-%%%%", "%% %% %% %% %%", "0%%-%%%%%%%", "%%%%%%%%%%",
                "0%% %%%% %%%%", "(%%) %%%%-%%%%", "%%%/%%%-%%-%%",
            )
        )  # fmt: skip
        digit = lambda _: str(self.picker.randrange(1, 10))
        return re.sub("%", digit, form)

    def of_cc(self, language):
        number = self.home(language).credit_card_number()
        if self.picker.random() < 0.5 and len(number) == 16:
            return self.picker.choice(" -").join(number[i : i + 4] for i in range(0, 16, 4))
        return number

    def of_ib(self, language):
        iban = self.home("de").iban()
        if self.picker.random() < 0.5:
            return " ".join(iban[i : i + 4] for i in range(0, len(iban), 4))
        return iban

    def of_ip(self, language):
        source = self.home("en")
        return source.ipv4() if self.picker.random() < 0.8 else source.ipv6()

    def of_ssn(self, language):
        return self.fakers["en_US"].ssn()

    def of_dl(self, language):
        form = self.picker.choice(("?%%%%%%%", "?%%%-%%%-%%%-%%%", "?%%%%%%%%%%%%", "%%%%%%%%%"))
        digits = re.sub("%", lambda _: str(self.picker.randrange(10)), form)
        return digits.replace("?", self.picker.choice(string.ascii_uppercase))

    def of_z(self, language):
        return self.home(language).postcode()

    def of_s(self, language):
        source = self.anyone(language)
        return source.street_address().replace("\n", self.picker.choice((", ", " ")))

    def of_sa(self, language):
        pick = self.picker.random()
        if pick < 0.35:
            return self.of_s(language)
        if pick < 0.65:
            return self.of_x(language)
        source = self.anyone(language)
        return source.address().replace("\n", ", " if pick < 0.95 else "\n")

    def of_x(self, language):
        """An address as it stands on an envelope: one line or several, indented or not."""
        source, pick = self.anyone(language), self.picker.random
        if pick() < 0.25:
            return source.address()
        number, street = str(self.picker.randrange(1, 10 ** self.picker.randrange(1, 6))), ""
        if pick() < 0.15:
            street = f"{self.parts.one('boxes')} {number}"
        else:
            name = source.street_name()
            street = f"{number} {name}" if pick() < 0.65 else f"{name} {number}"
        lines = [street]
        if pick() < 0.4:
            lines.append(f"{self.parts.one('flats')} {self.picker.randrange(1, 1000)}")
        town, code = source.city(), source.postcode()
        if pick() < 0.3:
            town += ", " + "".join(self.picker.choices(string.ascii_uppercase, k=2))
        country = self.of_c(language).removeprefix("the ") if pick() < 0.5 else ""
        if not country or pick() < 0.5:
            town = f"{code} {town}" if pick() < 0.5 else f"{town} {code}"
            code = ""
        lines += [town] + ([f"{country} {code}".strip()] if country else [])
        if pick() < 0.35:
            return ", ".join(lines)
        ends = self.picker.choice(("\n", "\n", "\n ", ",\n", " \n", "\n    ", "\n\n", "\n  "))
        joined = ends.join(lines)
        return joined if pick() < 0.7 else joined.replace(ends, " ", 1)

    def filled(self, template, language):
        """(text, spans) of a template."""
        text, spans, at = "", [], 0
        for match in SLOT.finditer(template):
            text += template[at : match.start()]
            at, key = match.end(), match[1]
            plain = self.plain(key)
            if plain is not None:
                text += plain
                continue
            value, skip = self.value(key, language)
            kind = TYPES[key.upper()]
            spans.append({"start": len(text) + skip, "end": len(text) + len(value), "type": kind})
            text += value
        return text + template[at:], spans

    def plain(self, key):
        """What is no personal data."""
        number = self.picker.randrange
        if key == "#":
            return str(number(10 ** number(2, 9)))
        if key == "##":
            return str(number(1, 100))
        if key == "v":
            return f"{number(1, 20)}.{number(30)}.{number(9)}"
        if key == "hex":
            return f"{number(16**7):07x}"
        return None


def joined(rows, picker):
    """Several texts as one."""
    text, spans = "", []
    for i, row in enumerate(rows):
        if i:
            ended = text[-1] in ".?!:;"
            text += picker.choice((" ", " ", "\n", "\n\n") if ended else (". ", "\n", " - "))
        spans += [s | {"start": s["start"] + len(text), "end": s["end"] + len(text)}
                  for s in row["spans"]]  # fmt: skip
        text += row["text"]
    return {"text": text, "spans": spans}


def own_rows(seed, count):
    """`count` texts of the templates, two fifths of them without personal data."""
    values = Values(seed)
    picker, sections = values.picker, values.parts.sections
    rows = []
    for _ in range(count):
        language = "en" if picker.random() < 0.62 else picker.choice(list(LANGUAGES))
        parts, clean = [], picker.random() < 0.4
        for _ in range(picker.choice((1, 1, 1, 2, 2, 3))):
            bare = clean or picker.random() < 0.2
            template = picker.choice(sections[language + ("-without" if bare else "")])
            text, spans = values.filled(template, language)
            parts.append({"text": text, "spans": spans})
        kind = "own-without" if clean else "own"
        rows.append(joined(parts, picker) | {"lang": language, "group": kind})
    for row in rows:
        row |= {"source": "own templates of this repository", "template": "own"}
    return rows


def swapped(rows, seed):
    """The rows with other values for most names, places, organisations and numbers."""
    values, result = Values(seed), []
    for row in rows:
        language = row["lang"] if row["lang"] in LANGUAGES else "en"
        text, spans, at = "", [], 0
        for span in sorted(row["spans"], key=lambda s: s["start"]):
            key = SWAPS.get(span["type"])
            before = row["text"][span["start"] : span["end"]]
            text += row["text"][at : span["start"]]
            at = span["end"]
            value = before
            inflected = at < len(row["text"]) and row["text"][at].isalpha()
            if key and not inflected and values.picker.random() < 0.85:
                value = values.value(key, language)[0].removeprefix("the ")
                value = value.lower() if before.islower() else value
            spans.append(span | {"start": len(text), "end": len(text) + len(value)})
            text += value
        text += row["text"][at:]
        result.append(row | {"text": text, "spans": spans, "parent": row["group"]})
    return result
