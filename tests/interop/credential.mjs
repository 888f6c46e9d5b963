// Section 5.

import { createHash } from "node:crypto";
import { plain } from "./company_id.mjs";
import * as fields from "./fields.mjs";
import { flaw } from "./flaw.mjs";
import { FIRST, decode } from "./statement.mjs";

// By code: the name, and the countries whose anchors have it by default.
export const PROGRAMMES = {
  1: ["sentri", ["USA", "MEX"]],
  2: ["global-entry", ["USA", "MEX"]],
  3: ["nexus", ["USA", "CAN"]],
  4: ["fast", ["USA", "MEX", "CAN"]],
  5: ["ctpat", ["USA"]],
  6: ["oea", ["MEX"]],
  7: ["viajero-confiable", ["MEX"]],
  8: ["essential-worker", ["USA", "MEX", "CAN"]],
  9: ["labor-cert", ["USA", "MEX", "CAN"]],
  10: ["health", ["USA", "MEX", "CAN"]],
};

// By which nobody travels: it stands for attestations alone.
export const HEALTH = 10;

export const DOCUMENTS = {
  1: "passport",
  2: "passport-card",
  3: "identity-card",
  4: "permanent-resident-card",
  5: "visa",
  6: "border-crossing-card",
  7: "travel-document",
  8: "crew-certificate",
  9: "driver-licence",
  10: "trusted-traveler-card",
  11: "consular-id",
};

const readDocument = fields.map({
  0: ["type", true, fields.unsigned(1, 63)],
  1: ["country", true, fields.country],
  2: ["number", true, fields.text(24, /^[A-Z0-9 \-./<]*$/)],
}, true);

const readHolder = fields.map({
  0: ["name", true, fields.text(200)],
  1: ["birth_date", true, fields.birthDate],
  2: ["nationality", true, fields.country],
  3: ["document", true, readDocument],
}, true);

const readEmployer = fields.map({
  0: ["id", true, fields.text(64)],
  1: ["name", false, fields.text(128)],
}, true);

const readCompany = fields.map({
  0: ["id", true, fields.text(64)],
  1: ["name", true, fields.text(128)],
  2: ["country", true, fields.country],
}, true);

const readVehicle = fields.map({
  0: ["country", true, fields.country],
  1: ["plate", true, fields.text(16, /^[A-Z0-9 -]*$/)],
  2: ["description", false, fields.text(64)],
}, true);

const readFields = fields.map({
  ...FIRST,
  4: ["serial", true, fields.serial],
  5: ["notBefore", true, fields.day],
  6: ["expires", true, fields.expiry],
  7: ["programme", true, fields.unsigned(0, 62)],
  8: ["holder", false, readHolder],
  9: ["employer", false, readEmployer],
  10: ["company", false, readCompany],
  11: ["vehicle", false, readVehicle],
}, true);

// What a credential can be about; bit n of a set of subjects for the nth.
export const SUBJECTS = ["holder", "company", "vehicle"];

export function read(statement) {
  let about = null;
  const said = decode(statement, readFields, (fields) => {
    const named = SUBJECTS.filter((name) => name in fields);
    if (named.length === 0) flaw("missing-key", "8, holder");
    about = named;
  });
  if (about.length > 1) flaw("shape", about.join(" and "));
  if (said.employer && about[0] !== "holder") flaw("shape", `the employer of a ${about[0]}`);
  return { ...said, about: about[0] };
}

// What counts of a document's number, and of a plate.
const capitalsAndDigits = (text) => text.replace(/[^A-Z0-9]/g, "");

// Whom an attestation names.
export function subjectOf({ about, holder, company, vehicle }) {
  const hash = createHash("sha256").update(`garita/v1/${about}\0`);
  if (company) hash.update(`${company.country}\0${plain(company.id)}`);
  else if (vehicle) hash.update(`${vehicle.country}\0${capitalsAndDigits(vehicle.plate)}`);
  else {
    const birth = Buffer.alloc(4);
    birth.writeUInt32BE(Number(holder.birth_date.replaceAll("-", "").padEnd(8, "0")));
    const { type, country, number } = holder.document;
    hash.update(Buffer.of(type)).update(`${country}\0${capitalsAndDigits(number)}\0`).update(birth);
  }
  return hash.digest("hex").slice(0, 32);
}

// Of two members of a party with the same, the second is the first once more.
export function memberOf(said) {
  if (said.about === "company") return `${subjectOf(said)} ${said.programme}`;
  if (said.about === "vehicle") return subjectOf(said);
  const { type, country, number } = said.holder.document;
  return `${type} ${country} ${capitalsAndDigits(number)}`;
}

function holderClaims({ name, birth_date, nationality, document: { type, country, number } }) {
  return { name, birth_date, nationality, document: { type: DOCUMENTS[type] ?? type, country, number } };
}

// What the credential says, in words.
export function claims({ programme, holder, company, vehicle, notBefore, expires, employer }) {
  return {
    programme: PROGRAMMES[programme]?.[0] ?? programme,
    ...(holder && { holder: holderClaims(holder) }),
    ...(company && { company }),
    ...(vehicle && { vehicle }),
    not_before: fields.isoDay(notBefore),
    expires: fields.isoDay(expires),
    ...(employer && { employer }),
  };
}
