// Section 5.

import * as fields from "./fields.mjs";
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
};

const DOCUMENTS = {
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

const readFields = fields.map({
  ...FIRST,
  4: ["serial", true, fields.serial],
  5: ["notBefore", true, fields.day],
  6: ["expires", true, fields.expiry],
  7: ["programme", true, fields.unsigned(0, 62)],
  8: ["holder", true, readHolder],
  9: ["employer", false, readEmployer],
}, true);

export function read(statement) {
  return decode(statement, readFields);
}

// What the credential says, in words.
export function claims({ programme, holder, notBefore, expires, employer }) {
  const { type, country, number } = holder.document;
  return {
    programme: PROGRAMMES[programme]?.[0] ?? programme,
    holder: {
      name: holder.name,
      birth_date: holder.birth_date,
      nationality: holder.nationality,
      document: { type: DOCUMENTS[type] ?? type, country, number },
    },
    not_before: fields.isoDay(notBefore),
    expires: fields.isoDay(expires),
    ...(employer && { employer }),
  };
}
