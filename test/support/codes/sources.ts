import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';

/** The calls of a function, or of a constructor, in all of the source. */
export type CallsOf = (callee: ts.Node) => readonly (ts.CallExpression | ts.NewExpression)[];

/** All source of a folder, bound by its own imports alone: neither packages nor the types of the language are read. */
export type Sources = {
  readonly files: readonly ts.SourceFile[];
  /** What a name stands for, wherever it was imported to. */
  readonly symbolOf: (name: ts.Node) => ts.Symbol | undefined;
};

const OPTIONS: ts.CompilerOptions = {
  noLib: true,
  types: [],
  allowImportingTsExtensions: true,
  noEmit: true,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  jsx: ts.JsxEmit.Preserve,
};

export const readSources = (folder: string): Sources => {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => join(folder, name));
  const host: ts.CompilerHost = {
    ...ts.createCompilerHost(OPTIONS, true),
    jsDocParsingMode: ts.JSDocParsingMode.ParseNone,
    resolveModuleNameLiterals: (literals, from) =>
      literals.map(({ text }) => ({ resolvedModule: ownModule(from, text) })),
  };
  const program = ts.createProgram(names, OPTIONS, host);
  const checker = program.getTypeChecker();
  return {
    files: names.map((name) => program.getSourceFile(name) as ts.SourceFile),
    symbolOf: (name) => {
      const symbol = ts.isShorthandPropertyAssignment(name.parent)
        ? checker.getShorthandAssignmentValueSymbol(name.parent)
        : checker.getSymbolAtLocation(name);
      return symbol && symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    },
  };
};

const ownModule = (from: string, specifier: string): ts.ResolvedModuleFull | undefined => {
  if (!/^\..*\.tsx?$/.test(specifier)) return undefined;
  const extension = specifier.endsWith('x') ? ts.Extension.Tsx : ts.Extension.Ts;
  return { resolvedFileName: join(dirname(from), specifier), extension };
};

/** Every node of some sources, in their order. */
export function* nodesOf(files: readonly ts.Node[]): Generator<ts.Node> {
  for (const file of files) {
    yield file;
    const inner: ts.Node[] = [];
    ts.forEachChild(file, (node) => {
      inner.push(node);
    });
    yield* nodesOf(inner);
  }
}
