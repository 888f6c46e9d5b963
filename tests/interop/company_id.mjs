// Section 21, "Ids of companies": what of an id is compared.

// Code points by what they are compared as; – is nothing.
const LETTERS = `
  – 042C 044C 0640; a 00C0-00C3 00E0-00E3 0100-0105 0410 0430 0627; aa 00C5 00E5; ae 00C4 00C6 00E4 00E6;
  b 0411 0431 0628; c 00C7 00E7 0106-010D 04BA-04BB; ch 0427 0447;
  d 00D0 00F0 010E-0111 0402 0414 0434 0452 062F; dz 0405 040F 0455 045F;
  e 00C8-00CB 00E8-00EB 0112-011B 0401 0415 042D 0435 044D 0451 0639; f 0424 0444 0641;
  g 011C-0123 0403 0413 0433 0453 0490-0493 063A; h 0124-0127 0647;
  i 00CC-00CF 00EC-00EF 0128-0131 0406-0407 0418-0419 0438-0439 0456-0457 0625; ia 042F 044F;
  ie 0404 042A 044A 0454; ij 0132-0133; iu 042E 044E; j 0134-0135 0408 0458 062C;
  k 0136-0137 040C 041A 043A 045C 0643; kh 0425 0445; l 0139-0142 041B 043B 0644; lj 0409 0459;
  m 041C 043C 0645; n 00D1 00F1 0143-0148 014A-014B 041D 043D 0646; nj 040A 045A;
  o 00D2-00D5 00F2-00F5 014C-0151 041E 043E; oe 00D6 00D8 00F6 00F8 0152-0153; p 041F 043F 067E; q 0642;
  r 0154-0159 0420 0440 0631; s 015A-0161 017F 0218-0219 0421 0441 0633; sh 0428 0448; shch 0429 0449;
  ss 00DF 1E9E; t 0162-0167 021A-021B 0422 0442 062A; th 00DE 00FE; ts 0426 0446;
  u 00D9-00DB 00F9-00FB 0168-0173 040E 0423 0443 045E 046A-046B 0624; ue 00DC 00FC; v 0412 0432;
  w 0174-0175 0648; xaa 0622; xae 0623; xay 0649; xbe 06D3; xc 0686; xdh 0630; xdo 06BE; xdr 0689; xdz 0636;
  xe 0621; xge 06C2; xgg 06AF; xh 062D; xi 0626; xj 0698; xke 0681; xkh 062E; xkk 06A9; xng 06AD; xnn 06BA;
  xrr 0693; xrt 067C; xrx 0696; xsh 0634; xss 0635; xta 0629; xtg 06C3; xth 062B; xtt 0637; xxa 0671;
  xxd 0688; xxg 06C1; xxh 0685; xxk 06AB; xxn 06BC; xxr 0691; xxs 069A; xxt 0679; xxy 06CD; xya 06CC;
  xyb 06D2; xyh 06C0; xzz 0638; y 00DD 00FD 00FF 0176-0178 042B 044B 0474-0475 064A 06D0;
  z 0179-017E 0417 0437 0632; zh 0416 0436`;

const SKIPPED = /[\u00a0\u00ad\u0300-\u036f\u2000-\u206f\u3000\ufeff]/;

const codePoints = (ranges) => ranges.flatMap((range) => {
  const [first, last = first] = range.split("-").map((digits) => parseInt(digits, 16));
  return Array.from({ length: last - first + 1 }, (_, i) => String.fromCodePoint(first + i));
});

const spelling = new Map(LETTERS.split(";").flatMap((group) => {
  const [letters, ...ranges] = group.trim().split(/\s+/);
  return codePoints(ranges).map((letter) => [letter, letters === "–" ? "" : letters]);
}));

const isWide = (character) => character >= "\uff01" && character <= "\uff5e";

// What a mark adds to the letter before it.
function mark(character, before) {
  if (character === "\u0308" && /[aou]$/.test(before)) return "e";
  return character === "\u030a" && before.endsWith("a") ? "a" : "";
}

// The id as it is compared: letters a-z, digits, and characters that stand for themselves.
export function plain(id) {
  let out = "";
  for (const given of id) {
    const character = isWide(given) ? String.fromCodePoint(given.codePointAt(0) - 0xff01 + 0x21) : given;
    if (character <= "\u007f") out += character.replace(/[A-Z]/, (c) => c.toLowerCase()).replace(/[^a-z0-9]/, "");
    else if (SKIPPED.test(character)) out += mark(character, out);
    else out += spelling.get(character) ?? character;
  }
  return out;
}

export const isSameCompany = (a, b) => plain(a) !== "" && plain(a) === plain(b);
