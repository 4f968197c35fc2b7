"""The rehearsal hospital: a made-up clinic to try Bedside in. Nobody in it is real.

It writes straight into the tables of every room, in bulk, and so stands above them all beside the portal.
It must never run on a database that holds real people: `generate.rehearse` refuses one that is not empty.
"""
