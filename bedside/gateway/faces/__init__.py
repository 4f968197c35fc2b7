"""What other rooms own, drawn as FHIR: the calendar, the directory, visits and people. Drawn, never written back.

One writer per fact: the rooms keep their tables, triggers note what changed, and the face is drawn anew before
anyone reads it. A face stands in the resource store, so that it is read and searched like everything else.
"""
