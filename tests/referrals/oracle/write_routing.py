"""Writes ``routing.csv``: the outcome of every case, worked out from the decisions' own text.

It shares no code with the product: ages are counted here on written dates, and each rule is
a line of section 0 read again. ``python -m tests.referrals.oracle.write_routing`` writes the file;
a reviewer reads the rows, and the tests hold the engine against them.
"""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

from tests.referrals.oracle.cases import COLUMNS, Case, all_cases

FILE = Path(__file__).with_name("routing.csv")
OUTCOMES = (
    "age_now", "age_at_activity", "band", "rules", "obligations", "not_refer", "exception",
    "no_names", "screen_outstanding",
)  # fmt: skip
STRICT = ("mandatory", "should", "consider", "record", "may")
DEC_12 = {13: 4, 14: 5, 15: 6}
NEVER_IN_THE_WAY = {"R13", "R14"}


def age(born: str, day: str) -> int:
    """Whole years. "02-29" comes before "03-01" in a common year as well: DEC-02's later day."""
    return max(0, int(day[:4]) - int(born[:4]) - (day[5:] < born[5:]))


def youngest_birth(case: Case) -> str:
    """The date of birth, or the latest that agrees with the estimate."""
    if case.born or not case.estimate:
        return case.born
    year = int(case.on[:4]) - int(case.estimate)
    on = "02-28" if case.on[5:] == "02-29" and year % 4 else case.on[5:]
    return f"{year}-{on}"


def outcome(case: Case) -> tuple[str, ...]:
    """The outcome columns of one case."""
    said = set(case.flags.split())
    born = youngest_birth(case)
    now = age(born, case.on) if born else None
    active = case.began != "none" or "pregnant" in said
    began = case.began if case.began[0] == "2" else ""
    shown = age(born, began) if born and began else None
    on = dt.date.fromisoformat(case.on)
    # No pregnancy is known of within two weeks: a day in them is not when it began.
    if "pregnant" in said and began and (on - dt.date.fromisoformat(began)).days < 14:
        began = ""
    if "pregnant" in said and case.began != "unknown" and not began:
        began = (on - dt.timedelta(weeks=42)).isoformat()
    then = age(born, began) if born and began else None

    adult = now is not None and now >= 18
    relevant = then if active else now
    band = "adult" if adult else band_of(relevant)
    found = rules_of(case, said, active, then, now)
    if adult:
        found = {rule: owed for rule, owed in found.items() if rule in {"R1", "R10", "R11", "17"}}
    fired = set(found)
    screened = case.level or {"concerns_confirmed", "any_one_high"} & said
    return (
        written(now), written(shown), band,
        " ".join("DEC-17" if rule == "17" else rule for rule in found),
        " ".join(f"{name}:{how}" for name, how in sorted(strictest(found).items())),
        yes("R8" in fired and fired <= {"R8"} | NEVER_IN_THE_WAY),
        yes("R3" in fired and fired <= {"R3"} | NEVER_IN_THE_WAY),
        yes(band == "13_15" and now is not None and now <= 15),
        yes((now is None or 10 <= now < 18) and not screened),
    )  # fmt: skip


def band_of(years: int | None) -> str:
    """DEC-11, and DEC-02 for an age that is not known."""
    if years is None or years < 13:
        return "under_13"
    return "13_15" if years < 16 else "16_17" if years < 18 else "adult"


def difference(case: Case, then: int | None) -> int | None:
    """DEC-12: from dates of birth when both are known, else from whole ages."""
    if "-" in case.other and case.born:
        return age(min(case.born, case.other), max(case.born, case.other))
    if not case.other or then is None:
        return None
    return abs(int(case.other) - then)


def rules_of(
    case: Case, said: set[str], active: bool, then: int | None, now: int | None
) -> dict[str, dict[str, str]]:
    """Section 0, line by line: rule → what it owes to whom. Age limits at 18 are not read here."""
    must = "mandatory"
    wiltshire = case.authority == "wiltshire"
    door, team = ("mash", "cse_team") if wiltshire else ("assessment_team", "kingfisher")
    under_13 = active and (then is None or then < 13)
    teen = active and then is not None and 13 <= then <= 15
    gap = difference(case, then)
    ticked = set(case.ticked.split())
    if active and gap is not None and gap >= 3 and "W-CHK-06" not in case.unticked:
        ticked.add("W-CHK-06")
    danger = {"immediate_danger", "significant_harm"} & said
    at_risk = case.level in ("at_risk", "cse") or "concerns_confirmed" in said
    diverted = wiltshire and case.care_planning and "significant_harm" in said
    high = "any_one_high" in said and (now is None or now <= 13)

    found: dict[str, dict[str, str]] = {}
    if danger:
        found["R1"] = {"police": must, door: must}
        if "significant_harm" in said:
            found["R1"]["strategy_discussion"] = "should" if teen else "consider"
    if under_13 and "pregnant" in said:
        found["R2"] = {door: must, "police": must, "strategy_discussion": must}
    if under_13:
        found["R3"] = {
            "safeguarding_lead": must, door: must, "police": must, "strategy_discussion": must
        }  # fmt: skip
    if at_risk or diverted:
        found["R4"] = {"safeguarding_lead": must, door: must, team: must}
    if high:
        found["R5"] = {"childrens_social_care": must}
    if {"position_of_trust", "works_with_children", "foster_carer"} & said:
        found["R6"] = {"designated_officer": must, "childrens_social_care": must}
    if teen and gap is not None and gap >= DEC_12[then or 0]:
        found["R7"] = {"safeguarding_lead": must, door: must}
    if teen and ticked:
        found["R8"] = {"childrens_social_care": "should", "safeguarding_lead": "should",
                       "strategy_discussion": "consider"}  # fmt: skip
    if teen and not ticked:
        found["R9"] = {"childrens_social_care": "consider"}
    if "group_suspected" in said:
        found["R10"] = {"police": must, "strategy_discussion": must}
    if "trafficking" in said:
        found["R11"] = {"police": must}
    if (case.looked_after or case.care_planning == "lac") and (at_risk or danger):
        found["R12"] = (
            {"cse_team": must, "strategy_discussion": "consider"}
            if wiltshire
            else {"cse_meeting": "should"}
        )
    if case.level == "vulnerable":
        found["R13"] = {"safeguarding_lead": must, "early_help": must}
    by_form = case.level == "at_risk" and "professional_working" in said
    if wiltshire and (case.care_planning or (by_form and "significant_harm" not in said)):
        found["R14"] = {"wrmg": "may"}
    if "offence_recorded" in said:
        found["17"] = {"police": must}
    return found


def strictest(found: dict[str, dict[str, str]]) -> dict[str, str]:
    """The union of routes, each with its strictest obligation."""
    union: dict[str, str] = {}
    for owed in found.values():
        for name, how in owed.items():
            union[name] = min(how, union.get(name, how), key=STRICT.index)
    return union


def written(value: int | None) -> str:
    """A number, or nothing."""
    return "" if value is None else str(value)


def yes(value: object) -> str:
    """yes or no."""
    return "yes" if value else "no"


def write(path: Path) -> None:
    """The whole file."""
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow((*COLUMNS, *OUTCOMES))
        rows.writerows((*case.row(), *outcome(case)) for case in all_cases())


if __name__ == "__main__":
    write(FILE)
