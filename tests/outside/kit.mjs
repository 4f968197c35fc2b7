// fhir-kit-client: create, search, page, patch, delete.
import Client from "fhir-kit-client";
import { amendment, assert, base, idsOf, patient, sameIds, tell, token, weight } from "./story.mjs";

const client = new Client({ baseUrl: base, bearerToken: token });

const statement = await client.capabilityStatement();
assert.equal(statement.fhirVersion, "4.0.1");

const made = [];
for (const value of [1, 2, 3, 4, 5]) made.push(await client.create({ resourceType: "Observation", body: weight(value) }));

const found = [];
let page = await client.search({
  resourceType: "Observation",
  searchParams: { patient, code: "http://loinc.org|29463-7", _count: 2 },
});
let pages = 0;
while (page) {
  pages += 1;
  found.push(...idsOf(page));
  page = await client.nextPage({ bundle: page });
}
sameIds(found, made.map((one) => one.id));

const [first] = made;
const patched = await client.patch({ resourceType: "Observation", id: first.id, JSONPatch: amendment });
assert.equal(patched.status, "amended");
const again = await client.read({ resourceType: "Observation", id: first.id });
assert.equal(again.meta.versionId, "2");
const old = await client.vread({ resourceType: "Observation", id: first.id, version: "1" });
assert.equal(old.status, "final");

await client.delete({ resourceType: "Observation", id: first.id });
const gone = await client.read({ resourceType: "Observation", id: first.id }).catch((error) => error.response.status);
tell({ made: made.length, pages, patched: patched.status, afterDelete: gone });
