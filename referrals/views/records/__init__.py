"""Pages of the records beside a referral."""
