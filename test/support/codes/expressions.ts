import ts from 'typescript';
import type { CallsOf, Sources } from './sources.ts';

/** The expressions that an expression can stand for; itself where the source does not say. */
export type Expressions = (expression: ts.Node) => readonly ts.Node[];

export const expressionsIn = ({ symbolOf }: Sources, callsOf: CallsOf): Expressions => {
  const behind = (node: ts.Node): readonly ts.Node[] => {
    if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node) || ts.isSatisfiesExpression(node)) {
      return behind(node.expression);
    }
    if (ts.isNonNullExpression(node)) return behind(node.expression);
    if (ts.isConditionalExpression(node)) return [node.whenTrue, node.whenFalse].flatMap(behind);
    if (isFallback(node)) return [node.left, node.right].flatMap(behind);
    if (ts.isElementAccessExpression(node)) return behind(node.expression).flatMap(valuesOf).flatMap(behind);
    if (!ts.isIdentifier(node)) return [node];
    const declared = symbolOf(node)?.valueDeclaration;
    return (declared && standing(declared)) ?? [node];
  };

  const standing = (declared: ts.Node): readonly ts.Node[] | undefined => {
    if (ts.isParameter(declared)) return passed(declared);
    if (ts.isBindingElement(declared)) return taken(declared);
    if (!ts.isVariableDeclaration(declared)) return undefined;
    const loop = declared.parent.parent;
    if (ts.isForOfStatement(loop)) return elementsOf(loop.expression).flatMap(behind);
    return declared.initializer && behind(declared.initializer);
  };

  const followed = new Set<ts.Node>();

  /** What is passed as a parameter, wherever its function is called; by itself it passes on what it was given. */
  const passed = (parameter: ts.ParameterDeclaration): readonly ts.Node[] | undefined => {
    if (followed.has(parameter)) return [];
    const place = parameter.parent.parameters.indexOf(parameter);
    const given = callsOf(parameter.parent).map((call) => call.arguments?.[place] ?? parameter.initializer);
    const known = given.filter((one) => one !== undefined);
    if (known.length === 0) return undefined;
    followed.add(parameter);
    const found = known.flatMap(behind);
    followed.delete(parameter);
    return found;
  };

  /** What a pattern takes out of a list or an object. */
  const taken = (element: ts.BindingElement): readonly ts.Node[] | undefined => {
    const pattern = element.parent;
    const name = (element.propertyName ?? element.name).getText();
    const part = ts.isArrayBindingPattern(pattern) ? pattern.elements.indexOf(element) : name;
    const parts = standing(pattern.parent)?.flatMap((whole) => partsOf(whole, part)) ?? [];
    if (parts.length > 0) return parts.flatMap(behind);
    return name === 'code' ? [] : undefined;
  };

  const elementsOf = (list: ts.Expression): readonly ts.Node[] => {
    const [table] = ts.isCallExpression(list) && list.expression.getText() === 'Object.entries' ? list.arguments : [];
    return table ? behind(table).flatMap(entriesOf) : behind(list).flatMap(valuesOf);
  };

  return behind;
};

const isFallback = (node: ts.Node): node is ts.BinaryExpression =>
  ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.QuestionQuestionToken;

const valuesOf = (node: ts.Node): readonly ts.Node[] => {
  if (ts.isArrayLiteralExpression(node)) return node.elements;
  if (!ts.isObjectLiteralExpression(node)) return [];
  return node.properties.flatMap((one) => (ts.isPropertyAssignment(one) ? [one.initializer] : []));
};

/** What `Object.entries` gives, as far as names go. */
const entriesOf = (node: ts.Node): readonly ts.Node[] => {
  if (!ts.isObjectLiteralExpression(node)) return [];
  const names = node.properties.map(({ name }) => ts.factory.createStringLiteral(name?.getText() ?? ''));
  return names.map((name) => ts.factory.createArrayLiteralExpression([name]));
};

const partsOf = (whole: ts.Node, part: number | string): readonly ts.Node[] => {
  if (ts.isArrayLiteralExpression(whole)) return whole.elements.slice(Number(part), Number(part) + 1);
  if (!ts.isObjectLiteralExpression(whole)) return [];
  const own = whole.properties.filter(({ name }) => name?.getText() === part);
  return own.flatMap((one) => {
    if (ts.isShorthandPropertyAssignment(one)) return [one.name];
    return ts.isPropertyAssignment(one) ? [one.initializer] : [];
  });
};
