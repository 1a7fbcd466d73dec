"""How people's taps and words get in, and screens get out: polling, who is served, buttons, memory, messages."""
