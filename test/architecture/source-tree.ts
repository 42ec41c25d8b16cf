// Reads the program's sources into a plain description: what each file imports and which of a few telling things it does.
import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import ts from "typescript";

/** Sources by path, e.g. `app/speech/index.ts`. */
export type Sources = ReadonlyMap<string, string>;

export interface Import {
  /** path of a file of the tree, or the name of a package or of a built-in module such as `node:fs` */
  target: string;
  isFile: boolean;
  /** erased by the compiler: it starts nothing */
  isType: boolean;
  line: number;
}

export interface SourceFile {
  path: string;
  lines: number;
  imports: Import[];
  /** `process.env`, `process.exit` and calls of the global `fetch`, with their lines */
  uses: { what: "process.env" | "process.exit" | "fetch()"; line: number }[];
}

/** @param root folder of the installation @param folders below it, e.g. `["app"]` */
export function readSources(root: string, folders: readonly string[]): Sources {
  const found = new Map<string, string>();
  for (const folder of folders) {
    for (const entry of readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })) {
      if (entry.endsWith(".ts") && !entry.endsWith(".d.ts")) found.set(posix.join(folder, entry), readFileSync(join(root, folder, entry), "utf8"));
    }
  }
  return found;
}

/** @returns one description a file, sorted by path */
export function describe(sources: Sources): SourceFile[] {
  return [...sources].sort(([a], [b]) => (a < b ? -1 : 1)).map(([path, text]) => describeFile(path, text));
}

function describeFile(path: string, text: string): SourceFile {
  const tree = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS);
  const file: SourceFile = { path, lines: text.split("\n").length - 1, imports: [], uses: [] };
  const lineOf = (node: ts.Node): number => tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1;
  const take = (specifier: ts.Expression | undefined, isType: boolean, node: ts.Node): void => {
    if (specifier === undefined || !ts.isStringLiteralLike(specifier)) return;
    const isFile = specifier.text.startsWith(".");
    file.imports.push({ target: isFile ? posix.normalize(posix.join(posix.dirname(path), specifier.text)) : specifier.text, isFile, isType, line: lineOf(node) });
  };
  const walk = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) take(node.moduleSpecifier, isTypeImport(node.importClause), node);
    else if (ts.isExportDeclaration(node)) take(node.moduleSpecifier, node.isTypeOnly, node);
    else if (ts.isCallExpression(node) && (node.expression.kind === ts.SyntaxKind.ImportKeyword || isNamed(node.expression, "require"))) take(node.arguments[0], false, node);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) take(node.argument.literal, true, node);
    if (ts.isCallExpression(node) && isNamed(node.expression, "fetch")) file.uses.push({ what: "fetch()", line: lineOf(node) });
    if (ts.isPropertyAccessExpression(node) && isNamed(node.expression, "process") && (node.name.text === "env" || node.name.text === "exit")) {
      file.uses.push({ what: `process.${node.name.text}`, line: lineOf(node) });
    }
    ts.forEachChild(node, walk);
  };
  walk(tree);
  return file;
}

/** `import type …`, or braces in which every name is a type. */
function isTypeImport(clause: ts.ImportClause | undefined): boolean {
  if (clause === undefined) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const named = clause.namedBindings;
  return clause.name === undefined && named !== undefined && ts.isNamedImports(named) && named.elements.length > 0 && named.elements.every((element) => element.isTypeOnly);
}

function isNamed(node: ts.Node, name: string): boolean {
  return ts.isIdentifier(node) && node.text === name;
}
