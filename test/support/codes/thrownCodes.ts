import { join, relative } from 'node:path';
import ts from 'typescript';
import { root } from '../shared.ts';
import { type CallsOf, nodesOf, readSources, type Sources } from './sources.ts';
import { textsIn } from './textsOf.ts';

/** A code that people can meet, and where it is made. */
export type ThrownCode = {
  /** With `<name>` where only the run decides. */
  readonly code: string;
  /** `bad-<name>`, where the code was put together; then an entry for the family is enough. */
  readonly family?: string;
  /** `src/cli/numbers.ts:12`. */
  readonly place: string;
};

/**
 * All codes that the source gives to people: those of errors, those of the faults that the studio answers with
 * (`{ code, message }`), and those that the command line writes itself (`error bad-usage: …`).
 */
export const thrownCodes = (folder = join(root, 'src')): readonly ThrownCode[] => {
  const sources = readSources(folder);
  const nodes = [...nodesOf(sources.files)];
  const texts = textsIn(sources, callsIn(sources, nodes));
  return nodes.flatMap((node) => {
    const said = /^error ([a-z-]+): /.exec(ts.isTemplateExpression(node) ? node.head.text : '')?.[1];
    const given = codeOf(node, sources);
    const codes = said ? [said] : given ? texts(given) : [];
    const family = given && ts.isTemplateExpression(given) ? { family: patternOf(given) } : {};
    return codes.map((code) => ({ code, ...family, place: placeOf(node) }));
  });
};

/** The expression that a code is made of, if a node makes one. */
const codeOf = (node: ts.Node, sources: Sources): ts.Expression | undefined => {
  if (ts.isNewExpression(node)) {
    const made = errorClass(node.expression, sources);
    return made && (isBase(made) || !constructorOf(made)) ? node.arguments?.[0] : undefined;
  }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.SuperKeyword) {
    const inside = ts.findAncestor(node, ts.isClassDeclaration);
    return inside && !isBase(inside) && errorClass(inside.name, sources) ? node.arguments[0] : undefined;
  }
  if (!ts.isObjectLiteralExpression(node)) return undefined;
  const [code, message] = ['code', 'message'].map((name) =>
    node.properties.find((one) => one.name?.getText() === name),
  );
  if (!code || !message) return undefined;
  if (ts.isShorthandPropertyAssignment(code)) return code.name;
  return ts.isPropertyAssignment(code) ? code.initializer : undefined;
};

const isBase = ({ name }: ts.ClassDeclaration): boolean => name?.text === 'BoomerangError';
const constructorOf = ({ members }: ts.ClassDeclaration): ts.Node | undefined =>
  members.find(ts.isConstructorDeclaration);

/** The class that a name stands for, if its objects are errors with codes. */
const errorClass = (name: ts.Node | undefined, sources: Sources): ts.ClassDeclaration | undefined => {
  const declared = name && ts.isIdentifier(name) ? sources.symbolOf(name)?.valueDeclaration : undefined;
  if (!declared || !ts.isClassDeclaration(declared)) return undefined;
  const above = declared.heritageClauses?.[0]?.types[0]?.expression;
  return isBase(declared) || errorClass(above, sources) ? declared : undefined;
};

const callsIn = ({ symbolOf }: Sources, nodes: readonly ts.Node[]): CallsOf => {
  const calls = nodes.filter((node) => ts.isCallExpression(node) || ts.isNewExpression(node));
  const named = new Map<string, ReturnType<CallsOf>[number][]>();
  for (const call of calls) {
    const name = ts.isIdentifier(call.expression) ? call.expression.text : undefined;
    if (name !== undefined && !named.get(name)?.push(call)) named.set(name, [call]);
  }
  return (callee) => {
    const name = ts.isConstructorDeclaration(callee) ? callee.parent.name : nameOf(callee);
    const symbol = name && symbolOf(name);
    return symbol ? (named.get(name.text) ?? []).filter(({ expression }) => symbolOf(expression) === symbol) : [];
  };
};

const nameOf = (callee: ts.Node): ts.Identifier | undefined => {
  const named = ts.isFunctionDeclaration(callee) ? callee : callee.parent;
  if (!ts.isFunctionDeclaration(named) && !ts.isVariableDeclaration(named)) return undefined;
  return named.name && ts.isIdentifier(named.name) ? named.name : undefined;
};

const patternOf = ({ head, templateSpans }: ts.TemplateExpression): string =>
  head.text + templateSpans.map(({ literal }) => `<>${literal.text}`).join('');

const placeOf = (node: ts.Node): string => {
  const file = node.getSourceFile();
  return `${relative(root, file.fileName)}:${file.getLineAndCharacterOfPosition(node.getStart()).line + 1}`;
};
