"""FHIR as it is handed over in files: bundles of any type, single resources, ndjson. Pure: no Django.

contents = read_bundle(content)                  # what is in it, and what cannot be read
identify(contents.brought, source="cedar-lab", people={…})   # ids and references that are the same every time
"""
