"""Schedule templates and bulk scheduling: the forms, and what their pages show."""
