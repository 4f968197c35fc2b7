"""C-CDA documents, made up here for the tests: an R2.1 document and the parts to change it with."""

from __future__ import annotations

from bedside.intake.ccda.document import read_document

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<?xml-stylesheet type="text/xsl" href="CDA.xsl"?>
<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:sdtc="urn:hl7-org:sdtc"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <templateId root="2.16.840.1.113883.10.20.22.1.2" extension="2015-08-01"/>
  <id root="2.999.1" extension="doc-1"/>
  <code code="34133-9" codeSystem="2.16.840.1.113883.6.1" displayName="Summary of episode note"/>
  <title>Hillside Hospital: summary</title>
  <effectiveTime value="20261001120000-0500"/>
  <recordTarget><patientRole>
    <id root="2.999.2" extension="4711"/><id root="2.16.840.1.113883.4.1" extension="999-11-0000"/>
    <addr use="HP"><streetAddressLine>12 Cedar St</streetAddressLine><city>Austin</city><state>TX</state></addr>
    <telecom use="HP" value="tel:+1-512-555-0100"/>
    <patient><name use="L"><given>Ada</given><given>M</given><family>Reyes</family></name>
      <administrativeGenderCode code="F" codeSystem="2.16.840.1.113883.5.1"/><birthTime value="19850309"/>
      <raceCode code="2106-3" codeSystem="2.16.840.1.113883.6.238" displayName="White"/>
      <sdtc:raceCode code="2108-9" codeSystem="2.16.840.1.113883.6.238" displayName="European"/>
      <languageCommunication><languageCode code="es"/><preferenceInd value="true"/></languageCommunication>
    </patient></patientRole></recordTarget>
  <author><time value="20261001"/><assignedAuthor><assignedPerson><name><given>Henry</given><family>Seven</family>
    </name></assignedPerson></assignedAuthor></author>
  <custodian><assignedCustodian><representedCustodianOrganization><name>Hillside Hospital</name>
    </representedCustodianOrganization></assignedCustodian></custodian>
  <component><structuredBody>"""
TAIL = "</structuredBody></component></ClinicalDocument>"

LOINC, SNOMED, RXNORM = "2.16.840.1.113883.6.1", "2.16.840.1.113883.6.96", "2.16.840.1.113883.6.88"


def section(code: str, title: str, *entries: str, text: str = "") -> str:
    """Return a section with its entries."""
    held = "".join(f"<entry>{one}</entry>" for one in entries)
    return (
        f'<component><section><code code="{code}" codeSystem="{LOINC}"/><title>{title}</title>'
        f"<text>{text or title + ' in words.'}</text>{held}</section></component>"
    )


def problem(
    value: str = f'<value xsi:type="CD" code="38341003" codeSystem="{SNOMED}" displayName="Hypertension"/>',
    when: str = '<low value="2019"/>',
    act: str = "active",
    negated: str = "",
    inner: str = "",
) -> str:
    """Return a problem in its concern act."""
    return f"""<act classCode="ACT" moodCode="EVN"><statusCode code="{act}"/>
      <effectiveTime><low value="20190105"/></effectiveTime>
      <entryRelationship typeCode="SUBJ"><observation classCode="OBS" moodCode="EVN" {negated}>
      <id root="2.999.3" extension="p1"/><code code="55607006" codeSystem="{SNOMED}"/>
      <effectiveTime>{when}</effectiveTime>{value}{inner}</observation></entryRelationship></act>"""


ALLERGY = f"""<act><statusCode code="active"/><entryRelationship typeCode="SUBJ"><observation>
  <id root="2.999.3" extension="a1"/><effectiveTime><low value="20190514"/></effectiveTime>
  <value xsi:type="CD" code="416098002" codeSystem="{SNOMED}"/>
  <participant typeCode="CSM"><participantRole><playingEntity>
    <code code="7980" codeSystem="{RXNORM}" displayName="Penicillin G"/></playingEntity></participantRole></participant>
  <entryRelationship typeCode="MFST" inversionInd="true"><observation>
    <value xsi:type="CD" code="247472004" codeSystem="{SNOMED}" displayName="Hives"/>
    <entryRelationship typeCode="SUBJ"><observation><code code="SEV" codeSystem="2.16.840.1.113883.5.4"/>
    <value xsi:type="CD" code="24484000" codeSystem="{SNOMED}"/></observation></entryRelationship>
  </observation></entryRelationship></observation></entryRelationship></act>"""

MEDICINE = f"""<substanceAdministration moodCode="EVN"><id root="2.999.3" extension="m1"/>
  <text><reference value="#sig1"/></text><statusCode code="active"/>
  <effectiveTime xsi:type="IVL_TS"><low value="20260103"/></effectiveTime>
  <effectiveTime xsi:type="PIVL_TS" operator="A"><period value="12" unit="h"/></effectiveTime>
  <routeCode code="C38288" codeSystem="2.16.840.1.113883.3.26.1.1" displayName="ORAL"/>
  <doseQuantity value="1" unit="{{tablet}}"/>
  <consumable><manufacturedProduct><manufacturedMaterial>
    <code code="860975" codeSystem="{RXNORM}" displayName="metformin 500 MG"><originalText>
    <reference value="#med1"/></originalText>
    <translation code="0093-1048" codeSystem="2.16.840.1.113883.6.69"/></code>
  </manufacturedMaterial></manufacturedProduct></consumable></substanceAdministration>"""
MEDICINE_TEXT = """<table><thead><tr><th>Medicine</th><th>How</th></tr></thead><tbody><tr>
  <td ID="med1">Metformin 500 mg</td><td><content ID="sig1">1 tablet twice a day</content></td></tr></tbody></table>"""


def observation(code: str, value: str, when: str = "20260901083000-0500", id: str = "o1", more: str = "") -> str:
    """Return an observation."""
    return f"""<observation><id root="2.999.3" extension="{id}"/><code code="{code}" codeSystem="{LOINC}"/>
      <statusCode code="completed"/><effectiveTime value="{when}"/>{value}{more}</observation>"""


def organizer(*observations: str, code: str = "24323-8") -> str:
    """Return observations gathered in an organizer."""
    inside = "".join(f"<component>{one}</component>" for one in observations)
    return f"""<organizer><id root="2.999.3" extension="org"/><code code="{code}" codeSystem="{LOINC}"
      displayName="Panel"/><statusCode code="completed"/>{inside}</organizer>"""


def quantity(value: str, unit: str) -> str:
    """Return a value of the type PQ."""
    return f'<value xsi:type="PQ" value="{value}" unit="{unit}"/>'


def document(*sections: str) -> bytes:
    """Return a whole document."""
    return (HEAD + "".join(sections) + TAIL).encode()


def brought(*sections: str, kind: str = ""):
    """Return what a document of these sections brings, without what every document brings unless it is asked for."""
    found = read_document(document(*sections)).brought
    return [
        one.document
        for one in found
        if (one.kind == kind if kind else one.kind not in ("Patient", "DocumentReference"))
    ]
