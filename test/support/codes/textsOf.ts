import ts from 'typescript';
import { type Expressions, expressionsIn } from './expressions.ts';
import type { CallsOf, Sources } from './sources.ts';

/**
 * What texts an expression can be, as far as the source says: through constants, tables, choices, and the arguments of
 * whoever calls. What only the run decides is a hole, `<name>`. A `code` that is read from another error is no text: it
 * is found where that error is made.
 */
export const textsIn = (sources: Sources, callsOf: CallsOf): ((expression: ts.Node) => readonly string[]) => {
  const behind = expressionsIn(sources, callsOf);
  return (expression) => textsOf(expression, behind);
};

const textsOf = (expression: ts.Node, behind: Expressions): readonly string[] =>
  behind(expression).flatMap((node) => {
    if (ts.isStringLiteralLike(node)) return [node.text];
    if (ts.isTemplateExpression(node)) return written(node, behind);
    if (ts.isPropertyAccessExpression(node) && node.name.text === 'code') return [];
    return replaced(node, behind) ?? [`<${/^\w+/.exec(node.getText())?.[0] ?? ''}>`];
  });

const written = ({ head, templateSpans }: ts.TemplateExpression, behind: Expressions): readonly string[] =>
  templateSpans.reduce<readonly string[]>(
    (begun, { expression, literal }) => {
      const texts = textsOf(expression, behind);
      return begun.flatMap((start) => texts.map((text) => start + text + literal.text));
    },
    [head.text],
  );

/** `what.replaceAll(' ', '-')`. */
const replaced = (node: ts.Node, behind: Expressions): readonly string[] | undefined => {
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return undefined;
  const [from, to] = node.arguments;
  if (node.expression.name.text !== 'replaceAll' || !from || !to) return undefined;
  if (!ts.isStringLiteral(from) || !ts.isStringLiteral(to)) return undefined;
  return textsOf(node.expression.expression, behind).map((text) => text.replaceAll(from.text, to.text));
};
