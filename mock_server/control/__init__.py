"""The control plane: what `openapi/control.yaml` describes, as an ordinary Connexion application."""

import warnings

with warnings.catch_warnings():  # a program that makes warnings errors must be able to hold a double
    warnings.simplefilter("ignore")
    import connexion as _connexion  # noqa: F401
