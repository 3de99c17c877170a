"""Whom a site knows: accounts and their logins, who is invited, and the address book of a host."""
