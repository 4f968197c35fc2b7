"""Where letters go: files in a folder, or a mail server. The setting `BEDSIDE_SMTP` decides."""

from __future__ import annotations

import os
import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from django.conf import settings


class CannotSend(Exception):
    """A letter could not be handed over now. The message names the kind of trouble, never the reader."""


class Backend(Protocol):
    """Something that takes a letter. `reference` is the same at every try, so a second try can be recognised."""

    def send(self, letter: EmailMessage, *, reference: str) -> None:
        """Hand the letter over, or raise CannotSend."""


@dataclass(frozen=True, slots=True)
class FileBackend:
    """One file for each letter, named by its reference: sending it again is sending it once."""

    folder: Path

    def send(self, letter: EmailMessage, *, reference: str) -> None:
        """Write `<reference>.eml`, whole or not at all."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            draft = self.folder / f".{reference}.part"
            with draft.open("wb") as file:
                file.write(letter.as_bytes())
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self.folder / f"{reference}.eml")
        except OSError as error:
            raise CannotSend(type(error).__name__) from error


@dataclass(frozen=True, slots=True)
class SmtpBackend:
    """A mail server: smtp://user:password@host:587 (STARTTLS when offered) or smtps://…:465."""

    url: str
    timeout_seconds: int = 20

    def send(self, letter: EmailMessage, *, reference: str) -> None:
        """Hand the letter to the server. The Message-ID stays the same at every try."""
        at = urlsplit(self.url)
        host, context = at.hostname or "localhost", ssl.create_default_context()
        try:
            if at.scheme == "smtps":
                server: smtplib.SMTP = smtplib.SMTP_SSL(
                    host, at.port or 465, timeout=self.timeout_seconds, context=context
                )
            else:
                server = smtplib.SMTP(host, at.port or 587, timeout=self.timeout_seconds)
            with server:
                server.ehlo()
                if at.scheme == "smtp" and server.has_extn("starttls"):
                    server.starttls(context=context)
                if at.username:
                    server.login(unquote(at.username), unquote(at.password or ""))
                server.send_message(letter)
        except (OSError, smtplib.SMTPException) as error:
            raise CannotSend(type(error).__name__) from error


def backend() -> Backend:
    """Return the backend the settings ask for."""
    if settings.SMTP_URL:
        return SmtpBackend(settings.SMTP_URL)
    return FileBackend(Path(settings.DATA_DIR) / "outbox")
