// What both Node clients are asked to do, and how they say what they saw: one JSON object on standard output.
import assert from "node:assert/strict";

export const base = process.env.FHIR_BASE;
export const token = process.env.FHIR_TOKEN;
export const patient = process.env.FHIR_PATIENT;

export const weight = (value) => ({
  resourceType: "Observation",
  status: "final",
  category: [{ coding: [{ system: "http://terminology.hl7.org/CodeSystem/observation-category", code: "vital-signs" }] }],
  code: { coding: [{ system: "http://loinc.org", code: "29463-7", display: "Body weight" }] },
  subject: { reference: `Patient/${patient}` },
  effectiveDateTime: `2026-11-${String(10 + value).padStart(2, "0")}T08:00:00Z`,
  valueQuantity: { value: 60 + value / 2, unit: "kg", system: "http://unitsofmeasure.org", code: "kg" },
});

export const amendment = [{ op: "replace", path: "/status", value: "amended" }];

export const idsOf = (bundle) => (bundle.entry ?? []).map((one) => one.resource.id);

/** Fail unless two lists hold the same ids, each once. */
export function sameIds(found, made) {
  assert.deepEqual([...found].sort(), [...made].sort());
}

export function tell(seen) {
  process.stdout.write(`${JSON.stringify(seen)}\n`);
}

export { assert };
