"""A language model behind any server with OpenAI's API.

endpoint    which one, by the operator's settings, and what it costs
errors      what can go wrong with it, in sentences
events      what a stream of server-sent events says
client      one question and its whole answer, within bounds of time, bytes and tokens
"""
