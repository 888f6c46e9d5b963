// Draws a terminal's output as SVG, for the README: reads it with its colors from standard input.
//   script -qec 'stty cols 80; garita scan --lane pedestrian card.png vaccination.png' /dev/null \
//       </dev/null | node cli/man/picture.mjs >cli/man/verdict.svg
// in a home with the policy fixtures/policies/pandemic-us.json, of codes of fixtures/claims.
import { readFileSync } from 'node:fs';

const CELL = 9, LINE = 18, PAD = 14, COLUMNS = 80;
const GROUND = '#101418', INK = '#e6e6e6';

// The xterm colors that `garita scan` uses are of the 6 x 6 x 6 cube.
const level = (n) => (n === 0 ? 0 : 55 + 40 * n);
const cube = (n) => {
  const i = n - 16;
  return `rgb(${level(Math.floor(i / 36))},${level(Math.floor(i / 6) % 6)},${level(i % 6)})`;
};

const escapeXml = (s) => s.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

// Applies one SGR sequence, such as "38;5;231;48;5;22".
const restyle = (style, codes) => {
  const list = codes === '' ? [0] : codes.split(';').map(Number);
  let next = { ...style };
  for (let i = 0; i < list.length; i++) {
    if (list[i] === 0) next = {};
    else if (list[i] === 1) next.bold = true;
    else if (list[i] === 38) next.ink = cube(list[(i += 2)]);
    else if (list[i] === 48) next.ground = cube(list[(i += 2)]);
  }
  return next;
};

const drawRun = (text, style, column, row) => {
  const x = PAD + column * CELL, y = PAD + row * LINE;
  const out = [];
  if (style.ground)
    out.push(`<rect x="${x}" y="${y}" width="${text.length * CELL}" height="${LINE + 0.5}" fill="${style.ground}"/>`);
  for (const block of text.matchAll(/█+|▀+|▄+/g)) {
    const height = block[0][0] === '█' ? LINE + 0.5 : LINE / 2 + 0.5;
    const top = block[0][0] === '▄' ? y + LINE / 2 : y;
    out.push(`<rect x="${x + block.index * CELL}" y="${top}" width="${block[0].length * CELL}" height="${height}" fill="${style.ink ?? INK}"/>`);
  }
  const letters = text.replace(/[█▀▄]/g, ' ');
  if (letters.trim() !== '')
    out.push(`<text x="${x}" y="${y + 13.5}" fill="${style.ink ?? INK}"${style.bold ? ' font-weight="bold"' : ''} xml:space="preserve" textLength="${letters.length * CELL}">${escapeXml(letters)}</text>`);
  return out;
};

const lines = readFileSync(0, 'utf8').replace(/\r/g, '').replace(/\n+$/, '').split('\n');
const shapes = [];
lines.forEach((line, row) => {
  let style = {}, column = 0;
  for (const part of line.split(/(\x1b\[[0-9;]*m)/)) {
    const sgr = /^\x1b\[([0-9;]*)m$/.exec(part);
    if (sgr) {
      style = restyle(style, sgr[1]);
    } else if (part !== '') {
      shapes.push(...drawRun(part, style, column, row));
      column += part.length;
    }
  }
});
const width = COLUMNS * CELL + 2 * PAD, height = lines.length * LINE + 2 * PAD;
process.stdout.write(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="14.5">
<rect width="100%" height="100%" rx="8" fill="${GROUND}"/>
${shapes.join('\n')}
</svg>
`);
