"""One account's whole behaviour as a step machine: `step(inputs, now) -> effects`, without async, clock or I/O.

`machine` is the way in. `state` is what it knows, `box` one trade in its hands. Facts go through `folding` and `cuts`,
executions on to `booking` and orders to `tracking`, into their trade's history by `remembering`. Answers of the venue
go through `answers`, to questions about orders in doubt through `asking`; requests through `opening`, operators and
leaders through `acting`. Then `deciding` turns every touched trade into commands, with `rounds` (C5) and `protection`
(B4) watching over it.
"""
