"""Why a message of HL7 v2 was not taken."""

from __future__ import annotations

from bedside.kernel.errors import Invalid


class MessageRefused(Invalid):
    """This message cannot be read: {words}"""

    def __init__(self, words: str, *, error: str = "102", is_rejected: bool = True, control_id: str = "") -> None:
        """Keep why. Shape: `error` is of table 0357; rejected is AR, else AE: the same message may do later."""
        self.words, self.error, self.is_rejected, self.control_id = words, error, is_rejected, control_id
        super().__init__(words=words)
