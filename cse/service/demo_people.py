"""The demonstration's agencies and people: one account for each role, all invented.

Each front door has a second one: what one proposes there another agrees to.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.utils import timezone

from cse.people.models import Agency, AgencyType, Authority, Post, Role, Team, TeamKind, User

#: Not a secret: it opens invented records on one machine, and the sign-in page prints it.
PASSWORD = "demonstration-only"  # noqa: S105


@dataclass(frozen=True)
class Person:
    """An invented account: who, in which post, of which agency.

    ``is_second``: a colleague of another account, for what takes two people of one team.
    """

    email: str
    given_name: str
    family_name: str
    job_title: str
    role: Role
    agency: str
    authority: str
    type: AgencyType
    team: str
    kind: TeamKind = TeamKind.WORKING
    telephone: str = "01632 960000"
    is_second: bool = False


_OX, _WI = "oxfordshire", "wiltshire"

PEOPLE: tuple[Person, ...] = (
    Person(
        "morgan.vale@thornmere.example.org",
        "Morgan",
        "Vale",
        "Pastoral support worker",
        Role.PRACTITIONER,
        "Thornmere Academy",
        _OX,
        AgencyType.SCHOOL,
        "Pastoral team",
        telephone="01632 960101",
    ),
    Person(
        "dana.whitcombe@thornmere.example.org",
        "Dana",
        "Whitcombe",
        "Designated safeguarding lead",
        Role.NAMED_LEAD,
        "Thornmere Academy",
        _OX,
        AgencyType.SCHOOL,
        "Safeguarding leads",
        TeamKind.LEADS,
        "01632 960102",
    ),
    Person(
        "ellis.marchbank@thornmere.example.org",
        "Ellis",
        "Marchbank",
        "Head teacher",
        Role.SENIOR_MANAGER,
        "Thornmere Academy",
        _OX,
        AgencyType.SCHOOL,
        "Leadership",
        telephone="01632 960103",
    ),
    Person(
        "noor.hartley@oxon-care.example.org",
        "Noor",
        "Hartley",
        "Assessment social worker",
        Role.FRONT_DOOR,
        "Oxfordshire children's social care",
        _OX,
        AgencyType.SOCIAL_CARE,
        "Assessment team",
        TeamKind.FRONT_DOOR,
        "01632 960104",
    ),
    Person(
        "perran.okafor@oxon-care.example.org",
        "Perran",
        "Okafor",
        "Assessment team manager",
        Role.FRONT_DOOR,
        "Oxfordshire children's social care",
        _OX,
        AgencyType.SOCIAL_CARE,
        "Assessment team",
        TeamKind.FRONT_DOOR,
        "01632 960115",
        is_second=True,
    ),
    Person(
        "jules.okonedo@oxon-care.example.org",
        "Jules",
        "Okonedo",
        "Kingfisher team manager",
        Role.CSE_TEAM,
        "Oxfordshire children's social care",
        _OX,
        AgencyType.SOCIAL_CARE,
        "Kingfisher",
        TeamKind.CSE_TEAM,
        "01632 960105",
    ),
    Person(
        "wren.castell@oxon-care.example.org",
        "Wren",
        "Castell",
        "Independent chair",
        Role.CHAIR,
        "Oxfordshire children's social care",
        _OX,
        AgencyType.SOCIAL_CARE,
        "Independent chairs",
        telephone="01632 960106",
    ),
    Person(
        "sacha.lindqvist@oxon-police.example.org",
        "Sacha",
        "Lindqvist",
        "Intelligence officer",
        Role.INTELLIGENCE,
        "Oxfordshire police",
        _OX,
        AgencyType.POLICE,
        "Intelligence",
        telephone="01632 960107",
    ),
    Person(
        "imran.birch@partnership.example.org",
        "Imran",
        "Birch",
        "Partnership analyst",
        Role.BOARD,
        "Oxfordshire safeguarding partnership",
        _OX,
        AgencyType.OTHER,
        "Partnership office",
        TeamKind.BOARD,
        "01632 960108",
    ),
    Person(
        "toni.ferreira@partnership.example.org",
        "Toni",
        "Ferreira",
        "Service administrator",
        Role.ADMINISTRATOR,
        "Oxfordshire safeguarding partnership",
        _OX,
        AgencyType.OTHER,
        "Service desk",
        telephone="01632 960109",
    ),
    Person(
        "avery.stroud@partnership.example.org",
        "Avery",
        "Stroud",
        "Auditor",
        Role.AUDITOR,
        "Oxfordshire safeguarding partnership",
        _OX,
        AgencyType.OTHER,
        "Audit",
        telephone="01632 960110",
    ),
    Person(
        "kit.ransome@ridgeway-youth.example.org",
        "Kit",
        "Ransome",
        "Youth worker",
        Role.PRACTITIONER,
        "Ridgeway Youth Project",
        _WI,
        AgencyType.VOLUNTARY,
        "Street team",
        telephone="01632 960111",
    ),
    Person(
        "lior.pemberton@ridgeway-youth.example.org",
        "Lior",
        "Pemberton",
        "Safeguarding lead",
        Role.NAMED_LEAD,
        "Ridgeway Youth Project",
        _WI,
        AgencyType.VOLUNTARY,
        "Safeguarding leads",
        TeamKind.LEADS,
        "01632 960112",
    ),
    Person(
        "robyn.adeyemi@wilts-care.example.org",
        "Robyn",
        "Adeyemi",
        "MASH social worker",
        Role.FRONT_DOOR,
        "Wiltshire children's social care",
        _WI,
        AgencyType.SOCIAL_CARE,
        "MASH",
        TeamKind.FRONT_DOOR,
        "01632 960113",
    ),
    Person(
        "tamsin.vaughan@wilts-care.example.org",
        "Tamsin",
        "Vaughan",
        "MASH manager",
        Role.FRONT_DOOR,
        "Wiltshire children's social care",
        _WI,
        AgencyType.SOCIAL_CARE,
        "MASH",
        TeamKind.FRONT_DOOR,
        "01632 960116",
        is_second=True,
    ),
    Person(
        "remi.castle@wilts-partnership.example.org",
        "Remi",
        "Castle",
        "Service administrator",
        Role.ADMINISTRATOR,
        "Wiltshire safeguarding partnership",
        _WI,
        AgencyType.OTHER,
        "Service desk",
        telephone="01632 960114",
    ),
)


def load_people(authorities: dict[str, Authority]) -> dict[str, User]:
    """Make the agencies, teams, accounts and posts; returns the accounts by e-mail address."""
    since = timezone.localdate() - dt.timedelta(days=400)
    accounts = {}
    password = make_password(PASSWORD)  # once: hashing is slow on purpose
    for person in PEOPLE:
        agency = _agency(person, authorities[person.authority], since)
        team = _team(agency, person)
        user = User(
            email=person.email,
            given_name=person.given_name,
            family_name=person.family_name,
            job_title=person.job_title,
            telephone=person.telephone,
            password=password,
        )
        user.save()
        Post(user=user, team=team, role=person.role, starts_on=since).save()
        accounts[person.email] = user
    return accounts


def _agency(person: Person, authority: Authority, since: dt.date) -> Agency:
    agency = Agency.objects.filter(name=person.agency, authority=authority).first()
    if agency is None:
        agency = Agency(
            name=person.agency,
            authority=authority,
            type=person.type,
            starts_on=since,
            protocol_signed_on=None if person.type == AgencyType.VOLUNTARY else since,
        )
        agency.save()
    return agency


def _team(agency: Agency, person: Person) -> Team:
    team = Team.objects.filter(agency=agency, name=person.team).first()
    if team is None:
        group = Group.objects.create(name=f"{agency.pk} {person.team}")
        team = Team(agency=agency, name=person.team, kind=person.kind, group=group)
        team.save()
    return team
