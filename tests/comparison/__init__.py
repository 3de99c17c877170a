"""Two sides held side by side: decisions measured on runs that are made up."""
