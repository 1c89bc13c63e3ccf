"""Pages on which a referral is made, sent, and followed by the agency that made it."""
