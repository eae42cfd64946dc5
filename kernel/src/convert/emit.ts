import ts from 'typescript';
import { SharedBindings } from './bindings.js';
import type { TopLevelName } from './names.js';
import { SharedReferences } from './references.js';

/** What the emission of one cell found on its way. */
export interface EmittedCell {
  /** Shared names that the code touches: each is a box. */
  readonly boxes: Set<string>;
  /** Modules to load, in the order of `$$.modules`. */
  readonly imports: ts.StringLiteral[];
  resultExpression?: ts.Expression;
}

export interface EmitRequest {
  readonly checker: ts.TypeChecker;
  /** Names that the header and the cell declare. */
  readonly names: readonly TopLevelName[];
  /** The cell's own text within the file. */
  readonly span: { readonly start: number; readonly end: number };
  /** Starts no identifier of the cell: `$$`, or longer. */
  readonly prefix: string;
}

const { factory } = ts;

/**
 * The transformers that turn a cell into statements over boxes. Declarations stay as they are, so that functions and
 * classes keep their names and TypeScript compiles them as ever; after each one its value is put into the box, and every
 * other mention of the name becomes `$$name.v`.
 */
export function cellTransformers(request: EmitRequest): {
  transformers: ts.CustomTransformers;
  cell: EmittedCell;
} {
  const cell: EmittedCell = { boxes: new Set(), imports: [] };
  return {
    cell,
    transformers: {
      before: [(context) => (file) => new CellEmitter(request, cell, context).file(file)],
      // What is left of module syntax is TypeScript's own mark that the file was a module.
      after: [
        () => (file) =>
          factory.updateSourceFile(
            file,
            file.statements.filter(
              (statement) => !ts.isExportDeclaration(statement) && !ts.isImportDeclaration(statement),
            ),
          ),
      ],
    },
  };
}

class CellEmitter {
  readonly #request: EmitRequest;
  readonly #cell: EmittedCell;
  readonly #references: SharedReferences;

  constructor(request: EmitRequest, cell: EmittedCell, context: ts.TransformationContext) {
    this.#request = request;
    this.#cell = cell;
    const shared = new SharedBindings(request.checker, request.names);
    this.#references = new SharedReferences(shared, request.prefix, context);
  }

  file(file: ts.SourceFile): ts.SourceFile {
    const { start, end } = this.#request.span;
    const own = file.statements.filter((statement) => isWithinSpan(statement, start, end));
    const last = own.findLast((statement) => !ts.isExportDeclaration(statement));
    const hoisted: ts.Statement[] = [];
    const body = own.flatMap((statement) => this.#statement(statement, statement === last, hoisted));
    const vars = this.#request.names.filter(
      ({ form, node }) => form === 'nested var' && isWithinSpan(node, start, end),
    );
    for (const name of new Set(vars.map((variable) => variable.name)))
      hoisted.unshift(this.#declare(name, factory.createVoidZero()));
    for (const name of this.#references.boxes) this.#cell.boxes.add(name);
    return factory.updateSourceFile(file, [...hoisted, ...body]);
  }

  #statement(statement: ts.Statement, isLast: boolean, hoisted: ts.Statement[]): ts.Statement[] {
    if (ts.isImportDeclaration(statement)) {
      hoisted.push(...this.#import(statement));
      return [];
    }
    if (ts.isExportDeclaration(statement)) {
      if (statement.moduleSpecifier !== undefined && !statement.isTypeOnly)
        this.#module(statement.moduleSpecifier);
      return [];
    }
    if (ts.isExportAssignment(statement)) return [this.#result(statement.expression, statement)];
    if (ts.isExpressionStatement(statement) && isLast) return [this.#result(statement.expression, statement)];
    const plain = withoutExport(this.#references.visit(statement) as ts.Statement);
    const names = this.#request.names.filter(({ node, erased }) => !erased && isDeclaredBy(node, statement));
    const published = [...new Set(names.map(({ name }) => name))].map((name) =>
      this.#declare(name, factory.createIdentifier(name)),
    );
    if (ts.isFunctionDeclaration(statement)) {
      hoisted.push(...published);
      return [plain];
    }
    if (ts.isModuleDeclaration(statement) && !this.#isInstantiated(statement)) return [plain];
    return [plain, ...published];
  }

  #isInstantiated(declaration: ts.ModuleDeclaration): boolean {
    const symbol = this.#request.checker.getSymbolAtLocation(declaration.name);
    return symbol !== undefined && (symbol.flags & ts.SymbolFlags.Value) !== 0;
  }

  /** `return { value: … }`: the object keeps an async cell from awaiting a promise that is its value. */
  #result(expression: ts.Expression, statement: ts.Statement): ts.Statement {
    this.#cell.resultExpression = expression;
    const value = factory.createPropertyAssignment(
      'value',
      this.#references.visit(expression) as ts.Expression,
    );
    const result = factory.createReturnStatement(factory.createObjectLiteralExpression([value]));
    return ts.setSourceMapRange(result, statement);
  }

  #module(specifier: ts.Expression): number {
    const literal = specifier as ts.StringLiteral;
    const index = this.#cell.imports.findIndex(({ text }) => text === literal.text);
    return index >= 0 ? index : this.#cell.imports.push(literal) - 1;
  }

  #import(declaration: ts.ImportDeclaration): ts.Statement[] {
    const clause = declaration.importClause;
    if (clause === undefined) {
      this.#module(declaration.moduleSpecifier);
      return [];
    }
    const names = this.#request.names.filter(
      ({ node, erased }) => !erased && isWithinImport(node, declaration) && this.#isValue(node),
    );
    if (names.length === 0) return [];
    const index = this.#module(declaration.moduleSpecifier);
    return names.map(({ name, node }) => {
      const module = factory.createElementAccessExpression(this.#references.special('modules'), index);
      if (ts.isNamespaceImport(node)) return this.#declare(name, module);
      const key = ts.isImportSpecifier(node) ? (node.propertyName ?? node.name).text : 'default';
      return factory.createExpressionStatement(
        factory.createCallExpression(this.#references.special('importName'), undefined, [
          this.#references.boxOf(name),
          module,
          factory.createStringLiteral(key),
        ]),
      );
    });
  }

  /** What an import brings exists at run time; when nothing is known of it, it does. */
  #isValue(node: ts.Declaration): boolean {
    const name = (node as ts.ImportClause | ts.ImportSpecifier | ts.NamespaceImport).name;
    const { checker } = this.#request;
    const alias = name === undefined ? undefined : checker.getSymbolAtLocation(name);
    if (alias === undefined || (alias.flags & ts.SymbolFlags.Alias) === 0) return true;
    const target = checker.getAliasedSymbol(alias);
    return (target.flags & ts.SymbolFlags.Value) !== 0 || target.declarations === undefined;
  }

  #declare(name: string, value: ts.Expression): ts.Statement {
    const call = factory.createCallExpression(this.#references.special('declare'), undefined, [
      this.#references.boxOf(name),
      value,
    ]);
    return factory.createExpressionStatement(call);
  }
}

function isDeclaredBy(node: ts.Node, statement: ts.Statement): boolean {
  if (node === statement) return true;
  if (!ts.isVariableStatement(statement)) return false;
  for (let at = node; at !== undefined && !ts.isSourceFile(at); at = at.parent)
    if (at === statement) return true;
  return false;
}

export function isWithinSpan(node: ts.Node, start: number, end: number): boolean {
  const at = node.getStart();
  return at >= start && at < end;
}

const isWithinImport = (node: ts.Node, declaration: ts.ImportDeclaration): boolean =>
  node.pos >= declaration.pos && node.end <= declaration.end;

/** A cell exports nothing: `export` and `default` before a declaration are dropped. */
function withoutExport(statement: ts.Statement): ts.Statement {
  if (!ts.canHaveModifiers(statement)) return statement;
  const kept = statement.modifiers?.filter(
    ({ kind }) => kind !== ts.SyntaxKind.ExportKeyword && kind !== ts.SyntaxKind.DefaultKeyword,
  );
  if (kept === undefined || kept.length === statement.modifiers?.length) return statement;
  const unnamed = 'default_1';
  if (ts.isVariableStatement(statement))
    return factory.updateVariableStatement(statement, kept as ts.Modifier[], statement.declarationList);
  if (ts.isFunctionDeclaration(statement))
    return factory.updateFunctionDeclaration(
      statement,
      kept as ts.Modifier[],
      statement.asteriskToken,
      statement.name ?? factory.createIdentifier(unnamed),
      statement.typeParameters,
      statement.parameters,
      statement.type,
      statement.body,
    );
  if (ts.isClassDeclaration(statement))
    return factory.updateClassDeclaration(
      statement,
      kept,
      statement.name ?? factory.createIdentifier(unnamed),
      statement.typeParameters,
      statement.heritageClauses,
      statement.members,
    );
  if (ts.isEnumDeclaration(statement))
    return factory.updateEnumDeclaration(statement, kept as ts.Modifier[], statement.name, statement.members);
  if (ts.isModuleDeclaration(statement))
    return factory.updateModuleDeclaration(statement, kept as ts.Modifier[], statement.name, statement.body);
  return statement;
}
