"""Sign-in: passwords, second factors, the organisation's own sign-in, and a session's limits."""
