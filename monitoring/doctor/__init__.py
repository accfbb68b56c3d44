"""`manage.py doctor`: is everything that publishing needs as it should be?

findings    what a check found          database    durability and connections
processes   broker, workers, beat       secrets     encryption keys and tokens
machine     clock, zones, disk, media   posts       what is late or stopped
mail        the mail server             model       the language model
examination the checks in their order
"""
