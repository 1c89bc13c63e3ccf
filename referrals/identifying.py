"""What in a text could tell who a child is: found, never changed (W §4.3.2, DEC-14). Pure.

A consultation without a name may identify nobody, directly or indirectly. The detector is there
to catch a slip; it proves nothing, and the page says so.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile
from typing import Final


@dataclass(frozen=True)
class Found:
    """Something in the text that identifies: the words as typed, what they look like."""

    words: str
    looks_like: str


_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_DAY = (
    r"(?:\d{1,2}(?:st|nd|rd|th)?|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|"
    r"eleventh|twelfth|(?:thir|four|fif|six|seven|eigh|nine)teenth|twentieth|thirtieth|"
    r"(?:twenty|thirty)[ -](?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth))"
)
#: A day of a year, whose year is the age's: "the third of May", "May 3rd".
_DAY_OF_MONTH = rf"(?:{_DAY}\s+(?:of\s+)?{_MONTH}|{_MONTH}\s+(?:the\s+)?{_DAY})\b"
_FEAST = (
    r"(?:christmas|boxing day|new year[’']?s?|valentine[’']?s?|pancake day|easter|may day|"
    r"hallowe[’']?en|bonfire night|guy fawkes|eid|diwali|hanukkah)"
)
_BIRTH = r"(?:born|birthday|birth|dob|turn(?:s|ed|ing)?\s+(?:\d{1,2}|\w+teen|twelve))\b"
_STREET = (
    r"(?:street|st|road|rd|lane|ln|avenue|ave|close|drive|way|crescent|court|gardens|grove|place|"
    r"terrace|row|hill|square|walk|mews|park|green)"
)
#: The same kinds as they stand in a name: "Mill Lane", without its number.
_TITLED = re.sub(r"\b[a-z]", lambda first: first.group().upper(), _STREET)
#: A word with a capital letter, as names have: Hargreaves, O’Neill, McRae, Élise.
_NAME = r"(?:[A-ZÀ-ÖØ-Þ][’'])?[A-ZÀ-ÖØ-Þ][^\W\d_A-Z](?:[^\W\d_]|[’'-](?=[^\W\d_]))*"
_CALENDAR = (
    r"Mon(?:day)?s?|Tues?(?:day)?s?|Wed(?:nesday)?s?|Thu(?:rs)?(?:day)?s?|Fri(?:day)?s?|"
    r"Sat(?:urday)?s?|Sun(?:day)?s?|January|February|March|April|May|June|July|August|September|"
    r"October|November|December|Christmas|Easter|Spring|Summer|Autumn|Winter"
)
_SMALL_WORDS = (
    r"The|A|An|This|That|These|Those|Her|His|Their|Its|Our|My|Your|She|He|They|We|It|You|I|And|Or|"
    r"But|If|When|Then|In|At|On|Of|To|From|By|For|With|After|Before|Since|While|As|So|No|Not|Is|"
    r"Was|Are|Were|Has|Had|Have|Does|Did|Do|Who|What|Which|Where|Why|How|Both|All|Each|Every|One|"
    r"Another|Any|Some|Said|Says|Once|During|Until|Now|Later|Today|Yesterday|There|Here"
)
#: What stands before "School" and names none: a kind of school, what it is for, a small word.
_NO_SCHOOL = (
    rf"{_SMALL_WORDS}|{_CALENDAR}|Primary|Secondary|High|Middle|First|Upper|Lower|Junior|Infants?|"
    r"Grammar|Nursery|Special|Boarding|State|Private|Independent|Public|Comprehensive|Academy|"
    r"School|College|Sixth|Form|Further|Higher|Old|New|Local|Virtual|Free|Community|Mainstream|"
    r"Alternative|Missing|Leaving|Skipping|Whole|Safer|Youth|Football|Dance|Art|Drama|Medical|"
    r"Police|Royal|Training|Staff|Year|Home|Night|Out|Head|Faith|Church|Catholic|Parish|Trust|"
    r"Ofsted|Oxfordshire|Wiltshire|County|City|Town|Same|Other|Their|Primary|Sports?"
)
_KINDS_OF_SCHOOL = (
    r"(?:School|Academy|College|Primary(?! Care\b| Need\b| Concern\b)|Secondary|Grammar|"
    r"Comprehensive|Infants|Juniors|Sixth Form)"
)
#: What such a name may have between its first word and the kind: "St Mary’s C of E", "King of".
_IN_A_NAME = rf"(?:{_NAME}|C ?of ?E|RC|CE|of|and|the|&)"
_TITLES = (
    r"(?:mr|mrs|ms|mx|dr|prof|(?-i:Doctor)|(?-i:Miss)|(?-i:Sir)|(?-i:Lady)|(?-i:Lord)|professor|councillor|cllr|"
    r"pastor|reverend|rev|vicar|imam|rabbi|canon|archdeacon|bishop|headteacher|head ?teacher|"
    r"headmaster|headmistress|teacher|coach|(?-i:PC|DC|DS|DI|PS|DCI|WPC)|pcso|sgt|sergeant|"
    r"inspector|constable|detective|(?-i:Judge)|(?-i:Nurse)|(?-i:Auntie?|Uncle|Nan|Granny))"
)
#: What stands behind such a word and is no name: "the teacher She", "PC World" aside.
_NO_PERSON = (
    rf"{_SMALL_WORDS}|{_CALENDAR}|Training|Team|Service|Council|Police|Station|Assistant|Lead|"
    r"Association|Support|Centre|Practitioner|School|Academy|College|Year|Advisor|Adviser|Office|"
    r"Thames|Wiltshire|Oxfordshire|Ofsted|Maths|English|Science|French|Spanish|German|History|"
    r"Geography|Music|Drama|Art|World"
)
#: Whose name may follow: "her dad is David Hughes", "his twin brother Tom".
_RELATIONS = (
    r"(?:mum|mother|mummy|dad|father|daddy|(?:step|half|foster|twin)?[ -]?"
    r"(?:brother|sister|mum|dad|mother|father)|twin|(?:boy|girl)?friend|cousin|niece|nephew|gran(?:dad|ny|dma|dpa)?|"
    r"grand(?:mother|father)|partner|son|daughter|carer|neighbour|uncle|aunt(?:ie|y)?)"
)
_CALLED = r"(?:called|named|(?:first |real |full |sur)?name(?:[^\S\n]+(?:is|was)|[’']s|[^\S\n]*:))"
#: What is called so and is nobody: a plan, a project, a place that helps.
_NO_CALLED = (
    r"Early|Childline|Kingfisher|Ask|Operation|Project|Child|Children|Young|Family|Families"
)
_TWO_NAMES = (
    rf"(?!(?:{_NO_PERSON}|{_NO_CALLED})\b)"
    rf"(?:{_NAME}[^\S\n]+{_NAME}|[A-ZÀ-ÖØ-Þ]{{3,}}[^\S\n]+[A-ZÀ-ÖØ-Þ]{{3,}})"
)
_SERVICES = (
    r"(?:snapchat|snap|instagram|insta|tik ?tok|whats ?app|discord|telegram|facebook|kik|roblox|"
    r"xbox|twitch|youtube|fortnite|playstation|psn)"
)
_HANDLES = r"(?:user ?name|handle|gamer ?tag|screen ?name)"
#: "name", "is", a colon: what may stand between the service and the name.
_JOINT = (
    r"(?:[^\S\n]*[:=–-]?[^\S\n]*\b(?:user|user ?name|name|account|handle|id|is|was|as|called)\b)*"
)
_QUOTE = r"[^\S\n]*[:=–-]?[^\S\n]*[“‘\"'@]?"
#: A made-up name: letters with a figure or an underscore among them; "2nd" and "14yrs" are none.
_MADE_UP = (
    r"(?!\d+(?:st|nd|rd|th|am|pm|x|k|hrs?|mins?|yrs?|years?|times|days?|weeks?)\b)"
    r"(?=[\w.]*[a-z]{2})(?=[\w.]*[\d_])[a-z0-9_][\w.]{2,}\w"
)
#: Behind "username is": any word that does not speak of the name.
_ANY_NAME = (
    r"(?!(?:not|never|un\w+|known|the|an?|her|his|their|its|no|none|private|public|hidden|same|of|"
    r"and|or|but|for|on|in|at|to|by|with|was|is|has|had|that|which|who|we|he|she|they|it|changed|"
    r"deleted|blocked|given|shared|new|old|fake|false|real|like|similar|very|here|there|seen|on|"
    r"only|from|often|still|now|being|been|also|made|used|taken)\b)[\w][\w.]{2,}\w"
)
#: Words that stand in no street's name: "2 people in a close group" is no address.
_NO_NAME = r"(?!(?:a|an|the|in|on|of|at|by|to|his|her|their|and|or|am|pm|is|are|was|were|from)\b)"
PATTERNS: Final = (
    ("an e-mail address", re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")),
    (
        "a date, which may be a date of birth",
        re.compile(
            r"\b\d{1,2}\s*[./-]\s*\d{1,2}\s*[./-]\s*(?:\d{4}|\d{2})\b"
            r"|\b(?:19|20)\d{2}-\d{2}-\d{2}\b"
            rf"|\b\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH}\.?,?\s+(?:19|20)?\d{{2}}\b"
            rf"|\b{_MONTH}\.?\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+(?:19|20)\d{{2}}\b",
            re.IGNORECASE,
        ),
    ),
    (
        "a date of birth",
        re.compile(
            rf"\b(?:born|birthday|birth|dob)\b(?:\W+(?!at\b)[a-z]+){{0,3}}?"
            rf"\W+(?:{_MONTH}(?:\s+(?:19|20)\d{{2}})?|(?:19|20)\d{{2}}"
            r"|\d{1,2}\s*[./-]\s*\d{1,2})\b",
            re.IGNORECASE,
        ),
    ),
    (
        "a day of birth",
        re.compile(
            rf"\b{_BIRTH}(?:[ ,:–-]+(?!{_MONTH}\b|{_DAY}\b)[\w’']+){{0,4}}?[ ,:–-]+"
            rf"(?:the\s+)?(?:{_DAY_OF_MONTH}|{_FEAST}\b)"
            rf"|\b{_DAY_OF_MONTH}[ ,]+(?:is|was|being)[ ,]+(?:[\w’']+[ ,]+){{0,3}}?birthday\b",
            re.IGNORECASE,
        ),
    ),
    # Ten digits in threes and a four come before telephone numbers: both would match.
    ("an NHS number", re.compile(r"(?<!\d)\d{3}[ -]?\d{3}[ -]?\d{4}(?!\d)")),
    (
        "a telephone number",
        re.compile(
            r"(?<!\d)(?:\+44|0044|0)[\s()-]*(?:\d[\s()-]*){9,10}(?!\d)"
            r"|(?<![\d.,/-])0(?:[ -]?\d){6,8}(?![\d.,/-]*\d)"
        ),
    ),
    (
        "a postcode",
        re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]?\s*\d[A-Z]{2}\b", re.IGNORECASE),
    ),
    (
        "an address",
        re.compile(
            rf"\b\d{{1,4}}[a-z]?,?\s+(?:{_NO_NAME}[\w’'-]+\s+){{1,3}}{_STREET}\b"
            rf"|(?-i:\b(?:(?!The\b|A\b|In\b|On\b)[A-Z][\w’'-]+\s+){{1,3}}{_TITLED}\b)"
            r"|\b(?:flat|apartment|apt\.?|caravan)\s+(?:no\.?\s*|number\s+)?\d{1,4}[a-z]?\b"
            r"(?!\s+(?:streets?|doors?|bed\w*|floors?|people|rooms?|miles?|minutes?)\b)",
            re.IGNORECASE,
        ),
    ),
    (
        "a vehicle’s registration",
        re.compile(r"\b[A-Z]{2}\d{2}\s?[A-Z]{3}\b", re.IGNORECASE),
    ),
    (
        "an address on the web",
        re.compile(
            r"\bhttps?://\S+|\bwww\.\S+|\b[\w-]+\.(?:com|co\.uk|org|net|me|tv)/\S+",
            re.IGNORECASE,
        ),
    ),
    (
        "the name of a school",
        re.compile(
            rf"\b(?:(?!(?:{_NO_SCHOOL})\b)(?!St\b){_NAME}|St\.?\s+{_NAME})"
            rf"(?:\s+{_IN_A_NAME}){{0,4}}?\s+{_KINDS_OF_SCHOOL}\b"
            rf"|\b(?:at|to|from|attends|of|in)\s+(?:St\.?\s+)?(?!(?:{_NO_SCHOOL})\b){_NAME}"
            r"\s+(?:school|academy|college|primary(?! care| need)|secondary)\b(?!\s+nurs)"
        ),
    ),
    (
        "a user name",
        re.compile(
            rf"(?<![\w@.])@[a-z_][\w.]{{2,}}"
            rf"|\b{_SERVICES}\b{_JOINT}{_QUOTE}(?<![\w]){_MADE_UP}"
            rf"|\b{_HANDLES}\b[^\S\n]*(?:[:=–]|\b(?:is|was|called)\b)*{_QUOTE}(?<![\w]){_ANY_NAME}"
            rf"|\b{_SERVICES}[^\S\n]+(?:user ?name|name|account|handle|id)[^\S\n]*"
            rf"(?:[:=–]|is\b|called\b){_QUOTE}(?<![\w]){_ANY_NAME}",
            re.IGNORECASE,
        ),
    ),
    (
        "the name of somebody",
        re.compile(
            rf"\b{_TITLES}\.?[^\S\n]+(?-i:(?!(?:{_NO_PERSON})\b)(?:{_NAME}|[A-ZÀ-ÖØ-Þ]{{5,}}\b))"
            rf"|\b{_CALLED}[^\S\n]+(?!{_SERVICES}\b)"
            rf"(?-i:(?!(?:{_NO_PERSON}|{_NO_CALLED})\b){_NAME}(?:[^\S\n]+{_NAME})?)"
            # "is" alone may say what somebody is: "his mum is Polish". Two names are a name.
            rf"|\b{_RELATIONS}(?:,?[^\S\n]+|[^\S\n]*[:(][^\S\n]*)"
            rf"(?-i:(?!(?:{_NO_PERSON}|{_NO_CALLED})\b){_NAME})"
            rf"|\b{_RELATIONS}[^\S\n]+(?:is|was)[^\S\n]+(?-i:{_TWO_NAMES})"
            rf"|\b(?-i:{_TWO_NAMES})[^\S\n]+(?:is|was)[^\S\n]+(?:her|his|their)[^\S\n]+"
            rf"(?:\w+[^\S\n]+)?{_RELATIONS}\b",
            re.IGNORECASE,
        ),
    ),
    ("a reference of a child", re.compile(r"\bC-[0-9A-Z]{7}\b", re.IGNORECASE)),
)
"""What a text is searched for beside names; the first that matches a place names it."""
#: Characters that no reader sees; pasted text brings them along, inside a name too.
_UNSEEN: Final = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u180b-\u180e\u200b-\u200f\u2060-\u2064\u3164\ufe00-\ufe0f\ufeff\uffa0]"
)
LONG_IN_ONE: Final = 8
"""Letters of a given and a family name written as one word: a shorter one needs its capital."""
SHORTEST_NAME: Final = 3
"""Letters of a name that is searched for: shorter ones are words of every sentence."""
_BETWEEN: Final = re.compile(r"[\W_]+")
"""What stands between two parts of a name, however it is joined: Anne-Marie, J_Smith, O’Neill."""
#: "J.S.", "J. S.", "J_S", "J S", "JS"; and "J_Smith", whose name nobody here need know.
_INITIALS: Final = re.compile(
    r"(?<![\w.@])(?:"
    r"[a-z](?:\.[a-z]){1,2}\.?|(?-i:[A-Z]\. [A-Z]\.)|(?-i:[A-Z](?:[_-][A-Z]){1,2})"
    r"|(?-i:[B-HJ-Z] [B-HJ-Z])|(?-i:[A-Z]{2})|(?-i:[A-Z][._][A-Z][a-z]+)"
    r")(?![\w@])",
    re.IGNORECASE,
)

#: A name letter by letter: "T-e-s-s", "T E S S".
_SPELT: Final = re.compile(r"(?<![^\W_])[^\W\d_](?:([-._ *])[^\W\d_])(?:\1[^\W\d_])+(?![^\W_])")
#: Two or three letters of which the text says that they are initials.
_SAID_INITIALS: Final = re.compile(
    r"\b(?i:initials?)\W+(?:(?:are|is|were|was)\W+)?([A-Z]{2,3})(?![\w@])"
)
#: Three or more in a row are an abbreviation more often than initials: only a child's own count.
_CAPITALS: Final = re.compile(r"(?<![\w@])[A-Z]{3,5}(?![\w@])")


def identifying(text: str, names: Iterable[str] = (), schools: Iterable[str] = ()) -> list[Found]:
    """Everything in ``text`` that could identify, in its order, each once.

    ``names`` are those of the children that the writer sees: any word of one of them, whatever
    its case and accents and what joins it to the next, counts. A name that is an everyday word is
    found only with a capital. Two initials count, whoever's they are, and three or more in a row
    where a name of ``names`` has them; an abbreviation of the field does not. ``schools`` count by
    their whole name and by a first word that is theirs alone: there a child may be found by age
    and worry alone. Another school counts where its kind follows its name.
    """
    names, schools = list(names), list(schools)
    found: dict[int, tuple[int, Found]] = {}
    for read, places in _readings(text):
        for start, end, looks_like in _marks(read, names, schools):
            at, behind = places[start], places[end - 1] + 1
            if not any(one <= at < other for one, (other, _) in found.items()):
                found[at] = behind, Found(text[at:behind].strip(), looks_like)
    return list(dict.fromkeys(each for _, (_, each) in sorted(found.items())))


def _readings(text: str) -> Iterator[tuple[str, Sequence[int]]]:
    """The text as it is read, and where each of its characters stands.

    A character that nobody sees stands in a name or between two: it is left out, and read as a
    space.
    """
    if not _UNSEEN.search(text):
        yield text, range(len(text))
        return
    seen = [at for at, each in enumerate(text) if not _UNSEEN.match(each)]
    yield "".join(text[at] for at in seen), seen
    yield _UNSEEN.sub(" ", text), range(len(text))


def _marks(text: str, names: list[str], schools: list[str]) -> Iterator[tuple[int, int, str]]:
    """Where something stands that may identify, what names it best first."""
    for looks_like, pattern in PATTERNS:
        for match in pattern.finditer(text):
            yield *match.span(), looks_like
    plain = _plain(text)
    for words in schools:
        if _plain((words.removeprefix("The ").split() or [""])[0]) not in plain:
            continue  # of hundreds of schools a text names few, and each would be searched for
        for pattern in _school_patterns(words):
            for match in pattern.finditer(text):
                yield *match.span(), "the name of a school"
    for at, word in _named(text, names):
        yield at, at + len(word), "the name of a child you can see"
    for match in _INITIALS.finditer(text):
        letters = _BETWEEN.sub("", match.group()).upper()
        in_one = letters == match.group()
        if letters not in ABBREVIATIONS and not (in_one and letters in SMALL_WORDS):
            yield *match.span(), "the initials of somebody"
    for match in _SAID_INITIALS.finditer(text):
        yield *match.span(1), "the initials of somebody"
    theirs = {initials for name in names if len(initials := _initials_of(name)) >= 3}
    for match in _CAPITALS.finditer(text):
        if match.group() in theirs - ABBREVIATIONS:
            yield *match.span(), "the initials of a child you can see"


def _school_patterns(name: str) -> Iterator[re.Pattern[str]]:
    """A school's whole name in any case; what stands before its kind; its first word of its own."""
    yield re.compile(rf"\b{re.escape(name)}\b", re.IGNORECASE)
    words = name.removeprefix("The ").split()
    head = list(takewhile(lambda word: word not in KINDS, words))
    if len(head) > 1:
        yield re.compile(rf"\b{re.escape(' '.join(head))}\b")
    first = _plain(head[0]) if head else ""
    if len(first) > SHORTEST_NAME and first.isalpha() and first not in OF_MANY | EVERYDAY:
        yield re.compile(rf"\b{re.escape(head[0])}\b", re.IGNORECASE)


def apart(text: str) -> str:
    """Its words with one space between them, whatever joined them, as names are compared."""
    return " ".join(_BETWEEN.sub(" ", _plain(text)).split())


def _named(text: str, names: Iterable[str]) -> Iterator[tuple[int, str]]:
    parts = {part for name in names for part in _parts_of(name) if len(part) >= SHORTEST_NAME}
    joined = {each for name in names for each in _in_one(name)}
    for match in _SPELT.finditer(text):
        if _plain(_BETWEEN.sub("", match.group())) in parts:
            yield match.start(), match.group()
    for match in re.finditer(r"[^\W\d_](?:[^\W\d_]|[’'])*", text):
        word = re.sub(r"[’']s?$", "", match.group())
        plain, capital = _plain(word), word[:1].isupper()
        if (plain in parts and (plain not in EVERYDAY or capital)) or (
            plain in joined and (capital or len(plain) >= LONG_IN_ONE)
        ):
            yield match.start(), word


def _parts_of(name: str) -> Iterator[str]:
    """The words of a name, and what is joined in it as one: Anne, Marie and AnneMarie."""
    for joined in name.split():
        yield _plain(_BETWEEN.sub("", joined))
        yield from map(_plain, _BETWEEN.split(joined))


def _in_one(name: str) -> Iterator[str]:
    """Two words of a name that follow each other, written as one: MiaTrent, TrentMia."""
    words = apart(name).split()
    for one, other in pairwise(words):
        yield one + other
        yield other + one


def _initials_of(name: str) -> str:
    return "".join(part[0] for part in apart(name).split()).upper()


def _plain(word: str) -> str:
    """Without case, accents, apostrophes and what nobody sees: "Zoë" is found as "zoe"."""
    seen = re.sub("[’']", "", _UNSEEN.sub("", word))
    marked = unicodedata.normalize("NFKD", seen)
    return "".join(each for each in marked if not unicodedata.combining(each)).casefold()


EVERYDAY: Final = frozenset(
    {
        *("amber", "april", "art", "august", "autumn", "bay", "bill", "brook", "brown", "carol"),
        *("chance", "christian", "church", "clay", "dale", "dawn", "day", "destiny", "drew"),
        *("faith", "field", "fields", "ford", "forest", "frank", "gene", "grace", "grant", "gray"),
        *("green", "hall", "heath", "heather", "hill", "holly", "hope", "iris", "ivy", "jack"),
        *("jade", "joy", "june", "king", "lane", "lily", "long", "love", "mark", "marsh", "may"),
        *("melody", "mercy", "miles", "mill", "miller", "nick", "olive", "page", "park", "pat"),
        *("pearl", "penny", "pope", "price", "rich", "river", "rob", "robin", "rose", "ruby"),
        *("sandy", "short", "sky", "stone", "street", "summer", "sunny", "sue", "taylor", "tom"),
        *("victor", "violet", "walker", "ward", "water", "waters", "west", "white"),
        *("will", "win", "winter", "wood", "woods", "young"),
    }
)
"""Names that are also words: in lower case they are taken for the word."""
KINDS: Final = frozenset(
    {
        *("School", "Academy", "College", "Primary", "Secondary", "High", "Middle", "First"),
        *("Infant", "Infants", "Junior", "Juniors", "Grammar", "Comprehensive", "Nursery"),
        *("Community", "Catholic", "C", "CE", "CofE", "RC", "VA", "VC", "Church", "Free"),
        *("Special", "Sixth", "Upper", "Lower", "UTC", "PRU"),
    }
)
"""Words of a school's name that say what kind of school it is: before them stands its own."""
OF_MANY: Final = frozenset(
    {
        # At the head of many schools' names, and words of any text.
        *("saint", "saints", "our", "lady", "holy", "blessed", "sacred", "christ", "trinity"),
        *("cross", "all", "royal", "kings", "queen", "queens", "prince", "princess", "bishop"),
        *("north", "south", "east", "upper", "lower", "great", "little", "new", "old", "high"),
        *("abbey", "castle", "manor", "priory", "bridge", "riverside", "hillside", "parkside"),
        *("meadow", "meadows", "orchard", "valley", "woodland", "woodlands", "oaks", "beech"),
        *("chestnut", "willow", "maple", "spring", "springs", "sunrise", "phoenix", "pathways"),
        *("community", "county", "city", "town", "village", "central", "first", "free", "future"),
        *("endeavour", "excel", "inspire", "aspire", "aspirations", "discovery", "unity"),
        *("harbour", "island", "rainbow", "horizon", "victoria", "albert", "george", "james"),
        *("john", "thomas", "william", "henry", "school", "academy", "college", "agency", "team"),
        # Towns of the counties that the handbooks are of: a text may say where.
        *("oxford", "oxfordshire", "abingdon", "banbury", "bicester", "carterton", "didcot"),
        *("henley", "kidlington", "thame", "wallingford", "wantage", "witney", "wiltshire"),
        *("swindon", "salisbury", "trowbridge", "chippenham", "devizes", "marlborough", "calne"),
        *("warminster", "westbury", "melksham", "corsham", "amesbury", "malmesbury", "bradford"),
    }
)
"""First words of a school's name that are not that school's alone: they say where nobody is."""
ABBREVIATIONS: Final = frozenset(
    {
        # Of the field, of schools and of the police: two letters, or more where dots stand between.
        *("CSE", "CCE", "CE", "CIN", "CP", "CPP", "LAC", "CLA", "MASH", "DSL", "CSC", "SW", "YP"),
        *("DA", "DV", "FGM", "HSB", "LADO", "DO", "EH", "CAF", "TAC", "TAF", "IRO", "RO", "LA"),
        *("A&E", "AE", "GP", "NHS", "MH", "HV", "OT", "STI", "CAMHS", "SEN", "EHCP", "EP", "TA"),
        *("PE", "RE", "DT", "IT", "ICT", "HT", "FE", "HE", "HR"),
        *("PC", "DC", "DS", "DI", "PS", "CPS"),
        # Of every text.
        *("EG", "IE", "NB", "AM", "PM", "AKA", "DOB", "UK", "GB", "EU", "US", "USA", "TV", "PA"),
        *("ID", "OK", "MP", "DJ", "CV", "CD", "DM", "IP", "NA", "VS", "QA", "AZ", "AI", "XR"),
        *("MR", "MS", "DR", "ST"),
    }
)
"""What looks like initials and is none: a text may say GP, PC and e.g."""
SMALL_WORDS: Final = frozenset(
    {
        *("AN", "AS", "AT", "BE", "BY", "GO", "IF", "IN", "IS", "ME", "MY", "NO", "OF", "ON", "OR"),
        *("SO", "TO", "UP", "WE", "OH"),
    }
)
"""Words, where everything is written in capitals; with a stop between them they are initials."""
