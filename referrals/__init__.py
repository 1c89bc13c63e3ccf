"""Referrals: what is owed to a child, who is told, and who decides."""
