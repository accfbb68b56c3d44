"""Can the language model be asked that writes pieces?"""

from content.llm.client import models
from content.llm.endpoint import endpoint
from content.llm.errors import ModelError, NotAnApi
from monitoring.doctor.findings import Findings, ok, warn

ABOUT = "model"
PATIENCE = 5.0  # seconds


def check_model() -> Findings:
    """Its server answers, takes the key and knows the model. Nothing is written, nothing costs."""
    model = endpoint()
    if model is None:
        yield ok(ABOUT, "No language model is set up, so the offline writer writes pieces. "
                 "LLM_BASE_URL and LLM_MODEL set one up.")  # fmt: skip
        return
    try:
        known = models(model, seconds=PATIENCE)
    except NotAnApi:
        yield warn(ABOUT, f"{model.host} does not list its models, so {model.model} could not be "
                   "checked. Writing may work all the same.")  # fmt: skip
    except ModelError as error:
        yield warn(ABOUT, f"{error.sentence} Pieces that it should write fail until then.")
    else:
        if model.model in known:
            yield ok(ABOUT, f"{model.model} at {model.host} answers.")
        else:
            yield warn(ABOUT, f"{model.host} does not know the model {model.model}. It knows "
                       f"{', '.join(known[:8]) or 'none'}. Check LLM_MODEL.")  # fmt: skip
