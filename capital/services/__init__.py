"""Every change of state of capital in place. Import from the module of the noun."""
