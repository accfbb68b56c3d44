"""Who works here: brands, people, rights, audit, switches, heartbeats, notices."""
