"""The child at the head of a page, for whoever was sent a referral of theirs."""

from dataclasses import replace

from cse.access.capabilities import Capability
from cse.access.principals import principals_of
from cse.children.pages import frame


def child_head(child, user, current=""):
    """As ``frame``; without a link to the child for those whose post sees referrals only."""
    found = frame(child, user, current)
    if Capability.SEE_CHILD not in principals_of(user).acts:
        found["identity"] = replace(found["identity"], href="")
    return found
