// Section 24: what a rule sees.

import { datedAt, kindName, words } from "./attestation.mjs";
import { DOCUMENTS, PROGRAMMES } from "./credential.mjs";
import { isoDay } from "./fields.mjs";

const issuerOf = ({ name, country }) => ({ name, country });

function about({ holder, company, vehicle, employer }) {
  if (company) return { company: { id: company.id, country: company.country } };
  if (vehicle) return { vehicle: { country: vehicle.country, plate: vehicle.plate } };
  const { type, country } = holder.document;
  return {
    holder: {
      birth_date: holder.birth_date,
      nationality: holder.nationality,
      document: { type: DOCUMENTS[type] ?? type, country },
    },
    ...(employer && { employer: { id: employer.id } }),
  };
}

// The newest first; then by serial, and by who attested.
function compare(a, b) {
  return datedAt(b.said) - datedAt(a.said) || b.said.serial - a.said.serial || (a.record.id < b.record.id ? -1 : 1);
}

function attested(shown) {
  const kinds = {};
  for (const { said, record } of [...shown].sort(compare)) {
    const list = kinds[kindName(said)] ??= [];
    list.push({ ...words(said, true), issuer: issuerOf(record) });
  }
  return kinds;
}

// `shown` is what of attestations the rule may see.
export function view(lane, { said, record, shown }, now) {
  return {
    ...(now !== null && now >= 0 && now < 253402300800 && { now: new Date(now * 1000).toISOString() }),
    lane: { name: lane.name, ...(lane.country && { country: lane.country }) },
    credential: {
      programme: PROGRAMMES[said.programme]?.[0] ?? said.programme,
      about: said.about,
      issuer: issuerOf(record),
      not_before: isoDay(said.notBefore),
      expires: isoDay(said.expires),
      ...about(said),
    },
    attestations: attested(shown),
  };
}
