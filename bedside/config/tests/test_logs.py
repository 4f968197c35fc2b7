"""The log holds fixed words, codes and places in the code; never what was put into a message."""

import json
import logging
import sys

import pytest
from django.db import IntegrityError

from bedside.config.logs import KEYS, LineFormatter


def line(name="bedside.visits", message="visit %s ended for %s", args=("v1", "Ada Reyes"), **extra):
    record = logging.LogRecord(name, logging.WARNING, __file__, 1, message, args, None)
    record.__dict__.update(extra)
    return LineFormatter().format(record)


def test_values_put_into_a_message_are_left_out():
    told = json.loads(line())
    assert told["event"] == "visit %s ended for %s"
    assert told["logger"] == "bedside.visits"
    assert told["level"] == "WARNING"
    assert "Ada" not in json.dumps(told)


def test_messages_about_the_machine_are_whole():
    told = json.loads(line("bedside.config.serve", "the database does not start: %s", ("The disk is full.",)))
    assert told["event"] == "the database does not start: The disk is full."


def test_only_known_keys_pass():
    told = json.loads(line(args=(), code="taken", ms=12, patient="Ada", words="asthma", diagnosis="J45"))
    assert told["code"] == "taken"
    assert told["ms"] == 12
    assert not {"patient", "words", "diagnosis"} & set(told)
    assert set(told) - {"at", "level", "logger", "event"} <= set(KEYS)


def test_a_known_key_that_holds_something_else_does_not_pass():
    assert "code" not in json.loads(line(args=(), code={"diagnosis": "asthma"}))


def test_of_an_error_its_kind_and_place_are_told_and_not_its_words():
    try:
        raise IntegrityError("Key (words)=(asthma) already exists")
    except IntegrityError:
        told = json.loads(line(args=(), exc_info=sys.exc_info()))
    assert told["error"] == "IntegrityError"
    assert told["where"][-1].startswith("bedside/config/tests/test_logs.py:")
    assert "asthma" not in json.dumps(told)


@pytest.mark.parametrize("name", ["django.request", "django.security", "uvicorn.error", "bedside.record", "allauth"])
def test_every_logger_ends_in_the_one_formatter(name, settings):
    from logging.config import dictConfig

    kept = logging.root.handlers[:], logging.root.level
    try:
        dictConfig(settings.LOGGING)
        logger = logging.getLogger(name)
        handlers = []
        while logger:
            handlers += logger.handlers
            logger = logger.parent if logger.propagate else None
        formatters = {type(h.formatter) for h in handlers if isinstance(h, logging.StreamHandler)}
        assert LineFormatter in formatters
        assert all(isinstance(h.formatter, LineFormatter) for h in handlers if type(h) is logging.StreamHandler), (
            handlers
        )
    finally:
        logging.root.handlers[:], logging.root.level = kept[0], kept[1]
