"""One account's whole behaviour as a step machine: `step(inputs, now) -> effects`, without async, clock or I/O.

`machine` is the way in. `state` is what it knows, `box` one trade in its hands. Facts go through `folding` and `cuts`,
answers of the venue through `answers`, requests through `opening`, operators and leaders through `acting`; then
`deciding` turns every touched trade into commands, with `rounds` (C5) and `protection` (B4) watching over it.
"""
