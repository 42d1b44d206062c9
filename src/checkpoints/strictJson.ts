/** A JSON document as it was written: members in order and with their doubles, numbers as their source text. */
export type JsonTree =
  | { readonly kind: 'object'; readonly members: readonly (readonly [name: string, value: JsonTree])[] }
  | { readonly kind: 'array'; readonly items: readonly JsonTree[] }
  | { readonly kind: 'string' | 'number' | 'literal'; readonly text: string };

const TOKEN = /[ \t\n\r:,]*("[^"\\]*(?:\\.[^"\\]*)*"|[-+.\w]+|[{}[\]])/gy;
const MAX_DEPTH = 127;

/**
 * Reads JSON without what `JSON.parse` throws away: doubled names, `1.0` against `1`, integers above 2^53. As strict
 * as Rust's serde_json, which wrote the files that we read: at most 127 levels, no unpaired surrogates, no number
 * beyond a double.
 *
 * @throws SyntaxError
 */
export const parseJsonTree = (text: string): JsonTree => {
  JSON.parse(text); // proves the grammar, so that the tokens below can be taken as they come
  const tokens = text.matchAll(TOKEN);
  const next = (): string => tokens.next().value?.[1] ?? '';
  return readValue(next(), next, 1);
};

const readValue = (token: string, next: () => string, depth: number): JsonTree => {
  if (token === '{' || token === '[') {
    if (depth > MAX_DEPTH) throw new SyntaxError(`more than ${MAX_DEPTH} levels of nesting`);
    return token === '{' ? readObject(next, depth + 1) : readArray(next, depth + 1);
  }
  if (token.startsWith('"')) return { kind: 'string', text: readString(token) };
  if (/^[tfn]/.test(token)) return { kind: 'literal', text: token };
  if (!Number.isFinite(Number(token))) throw new SyntaxError(`number ${token} out of range`);
  return { kind: 'number', text: token };
};

const readObject = (next: () => string, depth: number): JsonTree => {
  const members: [string, JsonTree][] = [];
  for (let token = next(); token !== '}'; token = next()) {
    members.push([readString(token), readValue(next(), next, depth)]);
  }
  return { kind: 'object', members };
};

const readArray = (next: () => string, depth: number): JsonTree => {
  const items: JsonTree[] = [];
  for (let token = next(); token !== ']'; token = next()) items.push(readValue(token, next, depth));
  return { kind: 'array', items };
};

const readString = (token: string): string => {
  const text: string = JSON.parse(token);
  if (/\p{Surrogate}/u.test(text)) throw new SyntaxError(`unpaired surrogate in ${token}`);
  return text;
};
