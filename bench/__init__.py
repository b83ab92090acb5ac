"""How fast Conferral is, on this machine, against goals and against a plain Django admin."""
