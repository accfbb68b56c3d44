"""Writing pieces from sections of a source, for one channel each.

brief       what is to be written: the material, and what the channel takes
prompts     what a language model is told, in templates that staff may change
question    the messages: instructions and material apart
cleaning    only text comes out of an answer, and no link but the source's own
modelled    the writer that asks a language model, with one repair
offline     the writer that needs none: it takes sentences out of the section
estimating  how long it takes and what it costs, by what it took before
starting    runs: what is to be written, once for each form
queue       their items: claim, settle, stop, try again, put back
working     one item from claim to piece
"""
