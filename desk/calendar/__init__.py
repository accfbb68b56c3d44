"""The calendar: posts at the wall times of one zone, notes on days, and what waits for a time.

The server computes every wall time that is shown, and turns every wall time that a person chooses
into an instant; the browser only draws and never does arithmetic with zones.
"""
