// What is wrong with a statement, by the page's name for it.

export class Flaw extends Error {
  constructor(error, detail = "", at = null) {
    super(detail ? `${error}: ${detail}` : error);
    this.error = error;
    this.at = at;
  }
}

export function flaw(error, detail, at) {
  throw new Flaw(error, detail, at);
}
