"""What nobody would send on purpose: frames, bytes, addresses, forms, text and pictures, drawn by Hypothesis.

The chat has no OpenAPI schema from which schemathesis could work, since it answers with pages. What a schema would say is
taken from the code instead: addresses from the resolver, fields from the forms that the pages show to each role, words of the
socket from what the apps registered, and parameters and headers from what views read.

Each test draws the same examples in each run. `FUZZING_TIMES=200` draws that many times more, `FUZZING_SEED=5` draws others:

    FUZZING_TIMES=200 FUZZING_SEED=5 .venv/bin/python -m pytest -q tests/fuzzing -o timeout=7200

What fails is shown as it was drawn, with what to run to see it again, made as short as it can be (`FUZZING_SHRINK=1`). What was
found stays as a plain test: `tests/site/test_made_by_hand.py`, and what comes before the draws in `test_wire.py`.
"""
