// fhirclient (SMART's own): create, search, page, patch, delete.
import FHIR from "fhirclient";
import { amendment, assert, base, idsOf, patient, sameIds, tell, token, weight } from "./story.mjs";

const none = { headers: {}, url: "/" };
const client = FHIR(none, {}).client({ serverUrl: base, tokenResponse: { access_token: token, patient } });

const who = await client.patient.read();
assert.equal(who.id, patient);

const made = [];
for (const value of [6, 7, 8, 9, 10]) made.push(await client.create(weight(value)));

let pages = 0;
const found = [];
await client.request(`Observation?patient=${patient}&code=http://loinc.org|29463-7&_count=2`, {
  pageLimit: 0,
  onPage: (bundle) => {
    pages += 1;
    found.push(...idsOf(bundle));
  },
});
sameIds(found, made.map((one) => one.id));

const [first] = made;
const patched = await client.patch(`Observation/${first.id}`, amendment);
assert.equal(patched.status, "amended");

await client.delete(`Observation/${first.id}`);
const gone = await client.request(`Observation/${first.id}`).catch((error) => error.status ?? error.statusCode);
tell({ made: made.length, pages, patched: patched.status, afterDelete: gone });
