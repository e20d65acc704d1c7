// Syntax that the house does without, as selectors for ESLint's `no-restricted-syntax`.

export type Ban = { readonly selector: string; readonly message: string };

/** How modules and types are written everywhere. */
export const MODULES: readonly Ban[] = [
  { selector: 'ExportAllDeclaration', message: 'No barrels: import from the file that defines the name.' },
  { selector: 'TSEnumDeclaration', message: 'No enums: use a union of literals.' },
  { selector: 'ClassDeclaration[superClass=null], ClassExpression', message: 'No classes but errors: a function that returns a record.' },
  {
    selector: 'ClassDeclaration:not([superClass.name=/(Error|Fault)$/])[superClass!=null]',
    message: 'No classes but errors: a function that returns a record.',
  },
];

/** Off where a tool reads the default export of a configuration. */
export const NAMED: readonly Ban[] = [{ selector: 'ExportDefaultDeclaration', message: 'Named exports only.' }];

/** A cast hides what a parser or a type guard would prove. */
export const CASTS: readonly Ban[] = [
  {
    selector: 'TSAsExpression:not([typeAnnotation.typeName.name="const"]), TSTypeAssertion',
    message: 'No casts but in the parser of a brand: narrow with a guard, a schema or `satisfies`.',
  },
];

/** Deciders and projections are pure, synchronous and total. */
export const PURE: readonly Ban[] = [
  { selector: ':function[async=true], AwaitExpression, ForOfStatement[await=true]', message: 'Decisions and views are synchronous.' },
  { selector: 'ThrowStatement', message: 'A rule that says no is a refusal, a value; a fault belongs outside.' },
];

/** Time and chance come in as parameters. `Date.parse` and `new Date(something)` only compute, and stay. */
export const CLOCKS_AND_CHANCE: readonly Ban[] = [
  {
    selector:
      'MemberExpression[object.name="Date"][property.name="now"], NewExpression[callee.name="Date"][arguments.length=0], CallExpression[callee.name="Date"]',
    message: 'No clock here: take the time as a parameter.',
  },
  { selector: 'MemberExpression[object.name="Math"][property.name="random"]', message: 'No chance here: take it as a parameter.' },
];
