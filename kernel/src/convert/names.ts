import ts from 'typescript';

/** A declaration of a top-level name in a cell. */
export interface TopLevelName {
  readonly name: string;
  readonly node: ts.Declaration;
  readonly form:
    | 'variable'
    | 'nested var'
    | 'function'
    | 'class'
    | 'enum'
    | 'namespace'
    | 'type'
    | 'import'
    | 'import equals';
  readonly mutable: boolean;
  readonly value: boolean;
  readonly type: boolean;
  /** It exists for the type checker alone (`declare`, `import type`, an overload without a body). */
  readonly erased: boolean;
}

const hasModifier = (node: ts.Node, kind: ts.SyntaxKind): boolean =>
  ts.canHaveModifiers(node) && (ts.getModifiers(node)?.some((modifier) => modifier.kind === kind) ?? false);

/** The identifiers that a binding name introduces, each with its declaration. */
export function boundNames(
  declaration: ts.VariableDeclaration | ts.BindingElement,
): { name: ts.Identifier; node: ts.VariableDeclaration | ts.BindingElement }[] {
  const { name } = declaration;
  if (ts.isIdentifier(name)) return [{ name, node: declaration }];
  return name.elements.flatMap((element) => (ts.isBindingElement(element) ? boundNames(element) : []));
}

/** What the statements declare at the top level, `var` in nested blocks included. */
export function topLevelNames(statements: readonly ts.Statement[]): TopLevelName[] {
  const found: TopLevelName[] = [];
  const add = (
    name: string,
    node: ts.Declaration,
    form: TopLevelName['form'],
    meaning: { mutable?: boolean; value?: boolean; type?: boolean; erased?: boolean },
  ): void => {
    found.push({ name, node, form, mutable: false, value: false, type: false, erased: false, ...meaning });
  };
  const addVariables = (
    list: ts.VariableDeclarationList,
    form: TopLevelName['form'],
    erased: boolean,
  ): void => {
    const scoping = list.flags & ts.NodeFlags.BlockScoped;
    const mutable = scoping === ts.NodeFlags.None || scoping === ts.NodeFlags.Let;
    for (const declaration of list.declarations)
      for (const { name, node } of boundNames(declaration))
        add(name.text, node, form, { mutable, value: true, erased });
  };
  const addNestedVars = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) || ts.isClassLike(node) || ts.isModuleDeclaration(node)) return;
    if (ts.isVariableDeclarationList(node) && (node.flags & ts.NodeFlags.BlockScoped) === 0)
      addVariables(node, 'nested var', false);
    ts.forEachChild(node, addNestedVars);
  };
  const addImport = (declaration: ts.ImportDeclaration): void => {
    const clause = declaration.importClause;
    if (clause === undefined) return;
    const meaning = { value: true, type: true, erased: clause.isTypeOnly };
    if (clause.name !== undefined) add(clause.name.text, clause, 'import', meaning);
    const bindings = clause.namedBindings;
    if (bindings === undefined) return;
    if (ts.isNamespaceImport(bindings)) add(bindings.name.text, bindings, 'import', meaning);
    else
      for (const element of bindings.elements)
        add(element.name.text, element, 'import', {
          ...meaning,
          erased: meaning.erased || element.isTypeOnly,
        });
  };
  for (const statement of statements) {
    const erased = hasModifier(statement, ts.SyntaxKind.DeclareKeyword);
    if (ts.isVariableStatement(statement)) {
      addVariables(statement.declarationList, 'variable', erased);
    } else if (ts.isFunctionDeclaration(statement)) {
      if (statement.name !== undefined)
        add(statement.name.text, statement, 'function', {
          value: true,
          erased: erased || statement.body === undefined,
        });
    } else if (ts.isClassDeclaration(statement)) {
      if (statement.name !== undefined)
        add(statement.name.text, statement, 'class', { value: true, type: true, erased });
    } else if (ts.isEnumDeclaration(statement)) {
      add(statement.name.text, statement, 'enum', { value: true, type: true, erased });
    } else if (ts.isModuleDeclaration(statement)) {
      if (ts.isIdentifier(statement.name) && (statement.flags & ts.NodeFlags.GlobalAugmentation) === 0)
        add(statement.name.text, statement, 'namespace', { value: true, type: true, erased });
    } else if (ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement)) {
      add(statement.name.text, statement, 'type', { type: true, erased: true });
    } else if (ts.isImportDeclaration(statement)) {
      addImport(statement);
    } else if (ts.isImportEqualsDeclaration(statement)) {
      add(statement.name.text, statement, 'import equals', {
        value: true,
        type: true,
        erased: statement.isTypeOnly,
      });
    } else {
      addNestedVars(statement);
    }
  }
  return found;
}

/** Names that `export { … }` in the cell exports already; exporting them twice would be an error. */
export function exportedNames(statements: readonly ts.Statement[]): Set<string> {
  const names = new Set<string>();
  for (const statement of statements) {
    if (ts.isExportDeclaration(statement) && statement.exportClause !== undefined) {
      if (ts.isNamedExports(statement.exportClause))
        for (const element of statement.exportClause.elements) names.add(element.name.text);
      else names.add(statement.exportClause.name.text);
    } else if (
      hasModifier(statement, ts.SyntaxKind.ExportKeyword) &&
      !hasModifier(statement, ts.SyntaxKind.DefaultKeyword)
    ) {
      for (const { name } of topLevelNames([statement])) names.add(name);
    }
  }
  return names;
}

/** Every identifier in the text; more than the free ones, which does no harm. */
export function identifiers(node: ts.Node): Set<string> {
  const names = new Set<string>();
  const visit = (child: ts.Node): void => {
    if (ts.isIdentifier(child)) names.add(child.text);
    ts.forEachChild(child, visit);
  };
  visit(node);
  return names;
}

/** Whether running the statements needs an async function. */
export function hasTopLevelAwait(node: ts.Node): boolean {
  if (ts.isAwaitExpression(node)) return true;
  if (ts.isForOfStatement(node) && node.awaitModifier !== undefined) return true;
  if (
    ts.isVariableDeclarationList(node) &&
    (node.flags & ts.NodeFlags.AwaitUsing) === ts.NodeFlags.AwaitUsing
  )
    return true;
  if (ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node)) return false;
  if (ts.isClassLike(node)) {
    // Heritage, decorators and computed names run outside the class; its bodies cannot await.
    return (
      (node.heritageClauses?.some((clause) =>
        clause.types.some((type) => hasTopLevelAwait(type.expression)),
      ) ??
        false) ||
      node.members.some((member) => member.name !== undefined && hasTopLevelAwait(member.name))
    );
  }
  if (ts.isFunctionLike(node) || ts.isModuleDeclaration(node)) return false;
  return ts.forEachChild(node, (child) => hasTopLevelAwait(child) || undefined) ?? false;
}
