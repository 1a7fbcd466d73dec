#!/bin/sh
# Makes the virtual environment $1 with the newest Python in range, or says in one line what to install.
# Plain sh: it has to run where no Python does. A name in PATH proves nothing (pyenv's shims), so each is tried.
set -eu

oldest=3.11
newest=3.13
venv=$1

in_range() { "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; }
has_venv() { "$1" -c 'import ensurepip, venv' 2>/dev/null; }
version() { "$1" -c 'import platform; print(platform.python_version())' 2>/dev/null || true; }

remedy() { # $1: the version to ask for
    if command -v apt-get >/dev/null 2>&1; then echo "sudo apt install python$1 python$1-venv"
    elif command -v dnf >/dev/null 2>&1; then echo "sudo dnf install python$1"
    elif command -v brew >/dev/null 2>&1; then echo "brew install python@$1"
    else echo "install Python $1 with its venv module"
    fi
}

found=
lacking=
for name in python3.13 python3.12 python3.11 python3 python; do
    python=$(command -v "$name") || continue
    found=${found:-$(version "$python")}
    in_range "$python" || continue
    if has_venv "$python"; then
        printf '\n\033[1m==> Making %s with Python %s\033[0m\n' "$venv" "$(version "$python")"
        "$python" -m venv --clear "$venv" && exit 0
        rm -rf "$venv" # half an environment would pass for a whole one
        exit 1
    fi
    lacking=${lacking:-$(version "$python" | cut -d. -f1,2)}
done

if [ -n "$lacking" ]; then
    echo "Tandem needs the venv module of Python $lacking, which is not installed: $(remedy "$lacking")" >&2
else
    echo "Tandem needs Python $oldest to $newest with venv, and found ${found:+only Python }${found:-none}: $(remedy "$oldest")" >&2
fi
exit 1
