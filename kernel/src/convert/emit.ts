import ts from 'typescript';
import { SharedBindings } from './bindings.js';
import { boundNames, type TopLevelName } from './names.js';

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
export function cellTransformers(request: EmitRequest): { transformers: ts.CustomTransformers; cell: EmittedCell } {
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
            file.statements.filter((statement) => !ts.isExportDeclaration(statement) && !ts.isImportDeclaration(statement)),
          ),
      ],
    },
  };
}

class CellEmitter {
  readonly #request: EmitRequest;
  readonly #cell: EmittedCell;
  readonly #context: ts.TransformationContext;
  readonly #shared: SharedBindings;

  constructor(request: EmitRequest, cell: EmittedCell, context: ts.TransformationContext) {
    this.#request = request;
    this.#cell = cell;
    this.#context = context;
    this.#shared = new SharedBindings(request.checker, request.names);
  }

  file(file: ts.SourceFile): ts.SourceFile {
    const { start, end } = this.#request.span;
    const own = file.statements.filter((statement) => isWithinSpan(statement, start, end));
    const last = own.findLast((statement) => !ts.isExportDeclaration(statement));
    const hoisted: ts.Statement[] = [];
    const body = own.flatMap((statement) => this.#statement(statement, statement === last, hoisted));
    const vars = this.#request.names.filter(({ form, node }) => form === 'nested var' && isWithinSpan(node, start, end));
    for (const name of new Set(vars.map((variable) => variable.name)))
      hoisted.unshift(this.#declare(name, factory.createVoidZero()));
    return factory.updateSourceFile(file, [...hoisted, ...body]);
  }

  #statement(statement: ts.Statement, isLast: boolean, hoisted: ts.Statement[]): ts.Statement[] {
    if (ts.isImportDeclaration(statement)) {
      hoisted.push(...this.#import(statement));
      return [];
    }
    if (ts.isExportDeclaration(statement)) {
      if (statement.moduleSpecifier !== undefined && !statement.isTypeOnly) this.#module(statement.moduleSpecifier);
      return [];
    }
    if (ts.isExportAssignment(statement)) return [this.#result(statement.expression, statement)];
    if (ts.isExpressionStatement(statement) && isLast) return [this.#result(statement.expression, statement)];
    const plain = withoutExport(this.#visit(statement) as ts.Statement);
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
    const value = factory.createPropertyAssignment('value', this.#visit(expression) as ts.Expression);
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
      const module = factory.createElementAccessExpression(this.#special('modules'), index);
      if (ts.isNamespaceImport(node)) return this.#declare(name, module);
      const key = ts.isImportSpecifier(node) ? (node.propertyName ?? node.name).text : 'default';
      return factory.createExpressionStatement(
        factory.createCallExpression(this.#special('importName'), undefined, [
          this.#boxOf(name),
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

  readonly #visit = (node: ts.Node): ts.Node => {
    if (ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node)) return node;
    if (ts.isIdentifier(node)) return this.#shared.isShared(node) ? this.#read(node) : node;
    if (ts.isShorthandPropertyAssignment(node) && this.#shared.isSharedShorthand(node)) return this.#shorthand(node);
    if (ts.isCallExpression(node)) return this.#call(node);
    if (ts.isTaggedTemplateExpression(node)) {
      const visited = this.#children(node);
      return factory.updateTaggedTemplateExpression(
        visited,
        this.#callee(node.tag, visited.tag),
        visited.typeArguments,
        visited.template,
      );
    }
    if (ts.isMetaProperty(node) && node.keywordToken === ts.SyntaxKind.ImportKeyword) return this.#special('meta');
    if (ts.isBinaryExpression(node)) return this.#binary(node);
    if (ts.isImportEqualsDeclaration(node)) return this.#importEquals(node);
    if (ts.isVariableStatement(node) && this.#isNestedVar(node.declarationList)) {
      const expression = this.#assignments(node.declarationList);
      return expression === undefined
        ? factory.createEmptyStatement()
        : ts.setSourceMapRange(factory.createExpressionStatement(expression), node);
    }
    if (ts.isVariableDeclarationList(node) && this.#isNestedVar(node)) {
      if (ts.isForInStatement(node.parent) || ts.isForOfStatement(node.parent))
        return this.#target(node.declarations[0]!.name);
      return this.#assignments(node) ?? factory.createVoidZero();
    }
    return this.#children(node);
  };

  #children<T extends ts.Node>(node: T): T {
    return ts.visitEachChild(node, this.#visit, this.#context);
  }

  #special(member: string): ts.Expression {
    return factory.createPropertyAccessExpression(factory.createIdentifier(this.#request.prefix), member);
  }

  #boxOf(name: string): ts.Identifier {
    this.#cell.boxes.add(name);
    return factory.createIdentifier(this.#request.prefix + name);
  }

  #read(node: ts.Identifier): ts.PropertyAccessExpression {
    return ts.setSourceMapRange(factory.createPropertyAccessExpression(this.#boxOf(node.text), 'v'), node);
  }

  #declare(name: string, value: ts.Expression): ts.Statement {
    const call = factory.createCallExpression(this.#special('declare'), undefined, [this.#boxOf(name), value]);
    return factory.createExpressionStatement(call);
  }

  #shorthand(node: ts.ShorthandPropertyAssignment): ts.PropertyAssignment {
    const value = this.#read(node.name);
    const initializer = node.objectAssignmentInitializer;
    return factory.createPropertyAssignment(
      node.name.text,
      initializer === undefined ? value : factory.createAssignment(value, this.#visit(initializer) as ts.Expression),
    );
  }

  #call(node: ts.CallExpression): ts.CallExpression {
    const visited = this.#children(node);
    const callee =
      node.expression.kind === ts.SyntaxKind.ImportKeyword
        ? this.#special('import')
        : this.#callee(node.expression, visited.expression);
    if (callee === visited.expression) return visited;
    const called = ts.isCallChain(visited)
      ? factory.updateCallChain(visited, callee, visited.questionDotToken, visited.typeArguments, visited.arguments)
      : factory.updateCallExpression(visited, callee, visited.typeArguments, visited.arguments);
    return called;
  }

  /** `(0, $$f.v)`: the function must not be called as a method of its box. */
  #callee<T extends ts.Expression>(original: ts.Expression, visited: T): ts.Expression {
    const inner = ts.skipPartiallyEmittedExpressions(original);
    const bare = unwrap(inner);
    if (!ts.isIdentifier(bare) || !this.#shared.isShared(bare)) return visited;
    const comma = factory.createComma(factory.createNumericLiteral(0), this.#read(bare));
    return ts.setSourceMapRange(factory.createParenthesizedExpression(comma), original);
  }

  /** `name = () => {}` gives the function its name; an assignment to a property would not. */
  #binary(node: ts.BinaryExpression): ts.BinaryExpression {
    const visited = this.#children(node);
    const assigns =
      node.operatorToken.kind === ts.SyntaxKind.EqualsToken ||
      node.operatorToken.kind === ts.SyntaxKind.QuestionQuestionEqualsToken ||
      node.operatorToken.kind === ts.SyntaxKind.BarBarEqualsToken ||
      node.operatorToken.kind === ts.SyntaxKind.AmpersandAmpersandEqualsToken;
    if (!assigns || !ts.isIdentifier(node.left) || !isAnonymousFunction(node.right)) return visited;
    if (!this.#shared.isShared(node.left)) return visited;
    const { text } = node.left;
    const literal = factory.createObjectLiteralExpression([factory.createPropertyAssignment(text, visited.right)]);
    const named = factory.createPropertyAccessExpression(factory.createParenthesizedExpression(literal), text);
    return factory.updateBinaryExpression(visited, visited.left, visited.operatorToken, named);
  }

  /** `import A = N.B`, as a constant, so that N may come from an earlier cell. */
  #importEquals(node: ts.ImportEqualsDeclaration): ts.Node {
    if (ts.isExternalModuleReference(node.moduleReference) || node.isTypeOnly) return node;
    const access = (name: ts.EntityName): ts.Expression =>
      ts.isIdentifier(name)
        ? this.#read(name)
        : factory.createPropertyAccessExpression(access(name.left), name.right);
    const declaration = factory.createVariableDeclaration(node.name, undefined, undefined, access(node.moduleReference));
    return factory.createVariableStatement(undefined, factory.createVariableDeclarationList([declaration], ts.NodeFlags.Const));
  }

  #isNestedVar(list: ts.VariableDeclarationList): boolean {
    const first = list.declarations[0];
    const isStatement = ts.isVariableStatement(list.parent) && ts.isSourceFile(list.parent.parent);
    if (first === undefined || isStatement || (list.flags & ts.NodeFlags.BlockScoped) !== 0) return false;
    return boundNames(first).some(({ node }) => this.#shared.has(node));
  }

  #assignments(list: ts.VariableDeclarationList): ts.Expression | undefined {
    const parts = list.declarations.flatMap(({ name, initializer }) =>
      initializer === undefined
        ? []
        : [factory.createAssignment(this.#target(name), this.#visit(initializer) as ts.Expression)],
    );
    const [first, ...rest] = parts as ts.Expression[];
    if (first === undefined) return undefined;
    const all = rest.reduce((left, right) => factory.createComma(left, right), first);
    return ts.isVariableStatement(list.parent) ? factory.createParenthesizedExpression(all) : all;
  }

  /** A declared name or pattern as a target of assignment. */
  #target(name: ts.BindingName): ts.Expression {
    if (ts.isIdentifier(name)) return this.#read(name);
    const withDefault = (element: ts.BindingElement): ts.Expression =>
      element.initializer === undefined
        ? this.#target(element.name)
        : factory.createAssignment(this.#target(element.name), this.#visit(element.initializer) as ts.Expression);
    if (ts.isArrayBindingPattern(name))
      return factory.createArrayLiteralExpression(
        name.elements.map((element) => {
          if (ts.isOmittedExpression(element)) return element;
          const value = withDefault(element);
          return element.dotDotDotToken === undefined ? value : factory.createSpreadElement(value);
        }),
      );
    return factory.createObjectLiteralExpression(
      name.elements.map((element) =>
        element.dotDotDotToken === undefined
          ? factory.createPropertyAssignment(
              (this.#visit(element.propertyName ?? element.name) === undefined
                ? element.name
                : (element.propertyName ?? element.name)) as ts.PropertyName,
              withDefault(element),
            )
          : factory.createSpreadAssignment(withDefault(element)),
      ),
    );
  }
}

function unwrap(node: ts.Expression): ts.Expression {
  if (ts.isParenthesizedExpression(node) || ts.isNonNullExpression(node) || ts.isAsExpression(node))
    return unwrap(node.expression);
  return ts.isSatisfiesExpression(node) ? unwrap(node.expression) : node;
}

function isAnonymousFunction(node: ts.Expression): boolean {
  return ts.isArrowFunction(node) || ((ts.isFunctionExpression(node) || ts.isClassExpression(node)) && node.name === undefined);
}

function isDeclaredBy(node: ts.Node, statement: ts.Statement): boolean {
  if (node === statement) return true;
  if (!ts.isVariableStatement(statement)) return false;
  for (let at = node; at !== undefined && !ts.isSourceFile(at); at = at.parent) if (at === statement) return true;
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
      statement, kept as ts.Modifier[], statement.asteriskToken, statement.name ?? factory.createIdentifier(unnamed),
      statement.typeParameters, statement.parameters, statement.type, statement.body,
    );
  if (ts.isClassDeclaration(statement))
    return factory.updateClassDeclaration(
      statement, kept, statement.name ?? factory.createIdentifier(unnamed),
      statement.typeParameters, statement.heritageClauses, statement.members,
    );
  if (ts.isEnumDeclaration(statement))
    return factory.updateEnumDeclaration(statement, kept as ts.Modifier[], statement.name, statement.members);
  if (ts.isModuleDeclaration(statement))
    return factory.updateModuleDeclaration(statement, kept as ts.Modifier[], statement.name, statement.body);
  return statement;
}
