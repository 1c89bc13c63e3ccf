"""Which decisions are open to somebody, and what each of them does, in words."""

from referrals.addressees import specialists_of
from referrals.policies import acts_open_to
from referrals.transitions import Act, second_person_needed

TITLES = {
    Act.ACCEPT: "Accept it: my team takes responsibility",
    Act.PASS_ON: "Pass it to {specialists}",
    Act.OTHER_OUTCOME: "Another outcome",
    Act.SEND_BACK: "Send it back to whoever referred",
}


def choices_of(user, delivery):
    """(act, words) of each decision that the state leaves to this person now."""
    acts = acts_open_to(user, delivery)
    left = []
    for act in TITLES:
        proposed = second_person_needed(delivery.obligation, act)
        if (Act.PROPOSE if proposed else act) in acts:
            words = TITLES[act].format(specialists=delivery.authority.cse_team_name)
            left.append((act.value, words))
    return left


def offered_of(choices, delivery):
    """Of these choices those that can be carried out: nothing is passed to a team with nobody in
    it. One query where passing on is among them.
    """
    passing = any(act == Act.PASS_ON.value for act, _ in choices)
    if not passing or specialists_of(delivery.authority, delivery.referral.child_id):
        return choices
    return [(act, words) for act, words in choices if act != Act.PASS_ON.value]


def effects_of(delivery):
    """What follows from each decision for responsibility and access, by act."""
    specialists = delivery.authority.cse_team_name
    ends = (
        "Your team’s access to the child ends, unless another referral of the child needs it. "
        "Whoever referred reads your reasons, and may disagree."
    )
    second = "A rule makes this referral mandatory: somebody else of your team has to agree first. "
    before = second if second_person_needed(delivery.obligation, Act.SEND_BACK) else ""
    return {
        Act.ACCEPT.value: "Your team is responsible from now on and keeps seeing the child.",
        Act.PASS_ON.value: f"{specialists} receives it and sees the child. Your team stays "
        "responsible until they have claimed or acknowledged it; then its access ends.",
        Act.OTHER_OUTCOME.value: before + "Say what happens instead, and who does it. " + ends,
        Act.SEND_BACK.value: before + "Say what is missing, or why it is not for you. " + ends,
    }
