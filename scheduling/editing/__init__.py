"""One change of many posts at once: thought out, looked at, done, and taken back."""
