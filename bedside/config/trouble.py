"""Why Bedside cannot go on: one sentence that says what to do, then an exit. Never a traceback for an operator."""

from __future__ import annotations


class Trouble(SystemExit):
    """Bedside cannot start or go on. The message is printed and the exit code is 1."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
