"""When: wall-clock times, zones and the verbs that give a post its time."""
