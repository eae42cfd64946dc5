import ts from 'typescript';
import type { TopLevelName } from './names.js';

/** Which identifiers of a cell stand for names that cells share. */
export class SharedBindings {
  readonly #checker: ts.TypeChecker;
  readonly #names = new Set<string>();
  readonly #declarations = new Set<ts.Node>();

  constructor(checker: ts.TypeChecker, names: readonly TopLevelName[]) {
    this.#checker = checker;
    for (const { name, node } of names) {
      this.#names.add(name);
      this.#declarations.add(node);
    }
  }

  has(declaration: ts.Node): boolean {
    return this.#declarations.has(declaration);
  }

  /** True when the identifier, at its place, reads or writes a shared name. */
  isShared(identifier: ts.Identifier): boolean {
    if (!this.#names.has(identifier.text) || !isReference(identifier)) return false;
    return this.#isSharedSymbol(this.#checker.getSymbolAtLocation(identifier), identifier);
  }

  isSharedShorthand(property: ts.ShorthandPropertyAssignment): boolean {
    if (!this.#names.has(property.name.text)) return false;
    return this.#isSharedSymbol(this.#checker.getShorthandAssignmentValueSymbol(property), property);
  }

  #isSharedSymbol(symbol: ts.Symbol | undefined, place: ts.Node): boolean {
    const declarations = symbol?.declarations ?? [];
    if (!declarations.some((declaration) => this.#declarations.has(declaration))) return false;
    // Within its own body a class is known by a binding of its own, as JavaScript has it.
    return !declarations.some(
      (declaration) => ts.isClassDeclaration(declaration) && isWithin(place, declaration),
    );
  }
}

function isWithin(node: ts.Node, container: ts.ClassDeclaration): boolean {
  for (let at = node; at !== undefined; at = at.parent) {
    if (at === container) return true;
    // A decorator is evaluated outside the class.
    if (ts.isDecorator(at) && at.parent === container) return false;
  }
  return false;
}

/** Whether an identifier stands for a value rather than naming a declaration, a property or a label. */
function isReference(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent) || ts.isMetaProperty(parent)) return parent.name !== node;
  if (
    ts.isVariableDeclaration(parent) ||
    ts.isParameter(parent) ||
    ts.isPropertyAssignment(parent) ||
    ts.isPropertyDeclaration(parent) ||
    ts.isEnumMember(parent) ||
    ts.isBindingElement(parent)
  )
    return parent.initializer === node;
  return !(
    (ts.isFunctionLike(parent) && !(ts.isArrowFunction(parent) && parent.body === node)) ||
    ts.isClassLike(parent) ||
    ts.isEnumDeclaration(parent) ||
    ts.isModuleDeclaration(parent) ||
    ts.isLabeledStatement(parent) ||
    ts.isBreakOrContinueStatement(parent) ||
    ts.isImportSpecifier(parent) ||
    ts.isImportClause(parent) ||
    ts.isNamespaceImport(parent) ||
    ts.isExportSpecifier(parent) ||
    ts.isNamespaceExport(parent) ||
    ts.isImportEqualsDeclaration(parent) ||
    ts.isJsxAttribute(parent)
  );
}
