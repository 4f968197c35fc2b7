"""HL7 v2 laboratory results (ORU^R01) to FHIR R4, and the frames and acknowledgements they travel in. Pure: no Django.

    message = read_message(frame)              # raises MessageRefused
    for result in results_of(message, zone_name="America/Chicago"):
        result.report, result.observations     # FHIR documents with stable ids, without their patient

The library `hl7` takes a message apart at its separators (decision 0037); bounds, character sets, escapes, values and
the meaning of every field are ours. Source: HL7 v2.5.1, chapters 2, 3, 4 and 7; HL7 v2-to-FHIR 1.0.
"""
