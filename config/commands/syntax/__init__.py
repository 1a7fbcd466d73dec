"""How each command is written on the command line: its words, options, defaults and help, by subject.

Nothing is done here, and nothing heavy imported: `app.py` reads all of it for `tandem --help`. What a command does is
in the modules above, which are imported when it is called.
"""
