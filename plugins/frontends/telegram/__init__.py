"""Telegram as a front end: screens, buttons, the trade wizard. It decides nothing: `ports.frontend.Application` does.

`shell/` is how anything gets there and back: who is served, what a button means, which message is edited. The other
modules are screens: functions of a `Turn` that return a `Screen`, and know nothing of Telegram but its HTML.
"""
