import ts from 'typescript';
import type { SharedBindings } from './bindings.js';
import { boundNames } from './names.js';

const { factory } = ts;

/** Rewrites what a cell says of shared names: every mention of `name` becomes `$$name.v`. */
export class SharedReferences {
  /** Names met so far: each is a box that the code needs. */
  readonly boxes = new Set<string>();
  readonly #context: ts.TransformationContext;
  readonly #shared: SharedBindings;
  readonly #prefix: string;

  constructor(shared: SharedBindings, prefix: string, context: ts.TransformationContext) {
    this.#shared = shared;
    this.#prefix = prefix;
    this.#context = context;
  }

  readonly visit = (node: ts.Node): ts.Node => {
    if (ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node)) return node;
    if (ts.isIdentifier(node)) return this.#shared.isShared(node) ? this.#read(node) : node;
    if (ts.isShorthandPropertyAssignment(node) && this.#shared.isSharedShorthand(node))
      return this.#shorthand(node);
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
    if (ts.isMetaProperty(node) && node.keywordToken === ts.SyntaxKind.ImportKeyword)
      return this.special('meta');
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
    return ts.visitEachChild(node, this.visit, this.#context);
  }

  special(member: string): ts.Expression {
    return factory.createPropertyAccessExpression(factory.createIdentifier(this.#prefix), member);
  }

  boxOf(name: string): ts.Identifier {
    this.boxes.add(name);
    return factory.createIdentifier(this.#prefix + name);
  }

  #read(node: ts.Identifier): ts.PropertyAccessExpression {
    return ts.setSourceMapRange(factory.createPropertyAccessExpression(this.boxOf(node.text), 'v'), node);
  }

  #shorthand(node: ts.ShorthandPropertyAssignment): ts.PropertyAssignment {
    const value = this.#read(node.name);
    const initializer = node.objectAssignmentInitializer;
    return factory.createPropertyAssignment(
      node.name.text,
      initializer === undefined
        ? value
        : factory.createAssignment(value, this.visit(initializer) as ts.Expression),
    );
  }

  #call(node: ts.CallExpression): ts.CallExpression {
    const visited = this.#children(node);
    const callee =
      node.expression.kind === ts.SyntaxKind.ImportKeyword
        ? this.special('import')
        : this.#callee(node.expression, visited.expression);
    if (callee === visited.expression) return visited;
    const called = ts.isCallChain(visited)
      ? factory.updateCallChain(
          visited,
          callee,
          visited.questionDotToken,
          visited.typeArguments,
          visited.arguments,
        )
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
    const literal = factory.createObjectLiteralExpression([
      factory.createPropertyAssignment(text, visited.right),
    ]);
    const named = factory.createPropertyAccessExpression(
      factory.createParenthesizedExpression(literal),
      text,
    );
    return factory.updateBinaryExpression(visited, visited.left, visited.operatorToken, named);
  }

  /** `import A = N.B`, as a constant, so that N may come from an earlier cell. */
  #importEquals(node: ts.ImportEqualsDeclaration): ts.Node {
    if (ts.isExternalModuleReference(node.moduleReference) || node.isTypeOnly) return node;
    const access = (name: ts.EntityName): ts.Expression =>
      ts.isIdentifier(name)
        ? this.#read(name)
        : factory.createPropertyAccessExpression(access(name.left), name.right);
    const declaration = factory.createVariableDeclaration(
      node.name,
      undefined,
      undefined,
      access(node.moduleReference),
    );
    return factory.createVariableStatement(
      undefined,
      factory.createVariableDeclarationList([declaration], ts.NodeFlags.Const),
    );
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
        : [factory.createAssignment(this.#target(name), this.visit(initializer) as ts.Expression)],
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
        : factory.createAssignment(
            this.#target(element.name),
            this.visit(element.initializer) as ts.Expression,
          );
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
              (this.visit(element.propertyName ?? element.name) === undefined
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
  return (
    ts.isArrowFunction(node) ||
    ((ts.isFunctionExpression(node) || ts.isClassExpression(node)) && node.name === undefined)
  );
}
