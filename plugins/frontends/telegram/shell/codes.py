"""One-time codes (RFC 6238) for acts that a stolen phone must not do (S2). A code works once; tries are counted."""

from plugins.frontends.telegram.turn import Memory
from ports.secret import Secret

TRIES = 5
WITHIN = 900_000
"""Milliseconds: after so many wrong tries in this time no code is looked at."""
STEP = 30_000
USED, WRONG = "_codes_used", "_codes_wrong"


def refusal(secret: Secret, code: str, memory: Memory, now: int) -> str:
    """Why *code* is not accepted now, "" when it is. Remembers tries and the codes that were used."""
    import pyotp

    wrong = [at for at in memory.get(WRONG, []) if now - at < WITHIN]
    memory[WRONG] = wrong
    if len(wrong) >= TRIES:
        return f"{TRIES} wrong codes: none is looked at for 15 minutes. Nothing was done."
    clean = code.replace(" ", "")
    used: list[int] = memory.setdefault(USED, [])
    totp = pyotp.TOTP(secret.reveal())
    for window in (-1, 0, 1):
        step = now // STEP + window
        if clean.isascii() and clean.isdigit() and pyotp.utils.strings_equal(clean, totp.generate_otp(step)):
            if step in used:
                return "This code was used already. Wait for the next one. Nothing was done."
            memory[USED] = [*used, step][-10:]
            return ""
    wrong.append(now)
    return "That is not the code. Nothing was done."
