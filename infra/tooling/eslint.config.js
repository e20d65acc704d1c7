// The lint rules of the house. Types decide most; what types cannot say about style and safety stands here, each ban with its
// way out in the message. Paths are seen from the repository's folder, where `npm run check` runs.
import { defineConfig, globalIgnores } from 'eslint/config';
import svelte from 'eslint-plugin-svelte';
import tseslint from 'typescript-eslint';
import { constantTime } from './eslint-constant-time.js';
import { CASTS, CLOCKS_AND_CHANCE, MODULES, NAMED, PURE } from './eslint-bans.ts';

const TYPESCRIPT = ['**/*.ts'];
const SVELTE = ['web/**/*.svelte', 'web/**/*.svelte.ts'];
// The verifier of certificates is left out: it runs in browsers, over public bytes.
const SECRETS = ['vault/**/*.ts', 'infra/vaultstore/**/*.ts'];
const PUBLIC_BYTES = ['vault/verify-*.ts', '**/*.d.ts'];
const TESTS = ['tests/**/*.ts'];
const SCRIPTS = ['infra/cli/**', 'infra/tooling/**', 'tests/bench/**', 'infra/simulator/main.ts'];
// Files whose default export, or whose re-exports, a tool asks for.
const ASKED_BY_TOOLS = ['**/*.config.ts', '**/*.config.js'];

const ban = (...bans) => ({ 'no-restricted-syntax': ['error', ...bans.flat()] });

export default defineConfig(
  globalIgnores(['web/build/', 'web/.svelte-kit/', 'web/node_modules/', '.cache/', 'data/', 'tests/bench/peers/']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: [...TYPESCRIPT, ...SVELTE],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: process.cwd(), extraFileExtensions: ['.svelte'] } },
    rules: {
      ...ban(MODULES, NAMED, CASTS),
      '@typescript-eslint/consistent-type-definitions': ['error', 'type'],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { requireDefaultForNonUnion: false, considerDefaultExhaustiveForUnions: false },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true }],
      // `async` handlers that Fastify, kit and the ports ask for have nothing to wait for in an embedded adapter.
      '@typescript-eslint/require-await': 'off',
      // The house throws typed faults, and rethrows what it caught; both are `Error`s, seen as `unknown`.
      '@typescript-eslint/only-throw-error': ['error', { allowThrowingAny: false, allowThrowingUnknown: true }],
      // SvelteKit: `redirect()` and `error()` are written after `throw` or without; `{}` as an empty `load` is its own idiom.
      '@typescript-eslint/no-empty-object-type': ['error', { allowInterfaces: 'with-single-extends' }],
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      '@typescript-eslint/unified-signatures': 'off',
      // By code points is what initials and hex digits want.
      '@typescript-eslint/no-misused-spread': ['error', { allow: ['string'] }],
      'max-lines': ['error', { max: 250 }],
      // An adapter is one function that returns a record of functions, so the outer one is longer than the thirty lines of a plain one.
      'max-lines-per-function': ['error', { max: 100, skipBlankLines: true, skipComments: true }],
      'no-console': 'error',
      'no-empty': ['error', { allowEmptyCatch: false }],
      'no-eval': 'error',
      'no-else-return': ['error', { allowElseIf: false }],
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'The environment is read in infra/config.ts alone; take the value as a parameter.' },
      ],
      eqeqeq: 'error',
      'object-shorthand': ['error', 'properties'],
    },
  },
  {
    files: ['domain/**/*.ts', 'projections/**/*.ts'],
    rules: {
      ...ban(MODULES, NAMED, CASTS, PURE, CLOCKS_AND_CHANCE),
      'no-restricted-globals': ['error', 'crypto', 'performance', 'setTimeout', 'setInterval', 'queueMicrotask', 'fetch'],
    },
  },
  // Brands are made here, so here alone a cast is the honest word.
  { files: ['domain/ids.ts', 'domain/**/ids.ts', 'domain/personal.ts'], rules: ban(MODULES, NAMED, PURE, CLOCKS_AND_CHANCE) },
  {
    files: SECRETS,
    ignores: PUBLIC_BYTES,
    plugins: { vault: { rules: { 'constant-time': constantTime } } },
    rules: { 'vault/constant-time': 'error' },
  },
  {
    files: TESTS,
    rules: {
      ...ban(MODULES, NAMED),
      'max-lines-per-function': 'off',
      'no-restricted-properties': 'off',
      // What must not compile is marked in a test of types, and the test's name says why.
      '@typescript-eslint/ban-ts-comment': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/no-empty-function': 'off',
    },
  },
  { files: ['infra/config.ts', 'infra/tooling/**', '**/*.config.ts'], rules: { 'no-restricted-properties': 'off' } },
  { files: ['**/*.d.ts'], rules: { '@typescript-eslint/consistent-type-definitions': 'off' } },
  { files: SCRIPTS, rules: { 'no-console': 'off' } },
  ...webRules(),
  { files: ASKED_BY_TOOLS, rules: ban(MODULES) },
  {
    files: ['**/*.js', '**/*.mjs'],
    extends: [tseslint.configs.strict],
    rules: { 'max-lines': ['error', { max: 250 }] },
  },
);

function webRules() {
  return defineConfig(
    { files: SVELTE, extends: [svelte.configs.recommended] },
    {
      files: ['web/**/*.svelte', 'web/**/*.svelte.ts'],
      // svelte-check reads the types of components; reading them here once more would double the time for the same findings.
      extends: [tseslint.configs.disableTypeChecked],
      languageOptions: { parserOptions: { parser: tseslint.parser, projectService: false, project: null } },
      rules: {
        'svelte/no-at-html-tags': 'error',
        'svelte/require-each-key': 'error',
        'svelte/button-has-type': 'error',
        // Links made at run time are the app's own pages and files.
        'svelte/no-target-blank': ['error', { enforceDynamicLinks: 'never' }],
        // The app stands at the root of its origin; links are plain, so that they work before the script.
        'svelte/no-navigation-without-resolve': 'off',
        // It takes every local Set and Map for state; what is shown is `$state` already.
        'svelte/prefer-svelte-reactivity': 'off',
        'svelte/block-lang': ['error', { script: ['ts'] }],
        // Props are declared with `let` because some are bound.
        'prefer-const': 'off',
        'no-undef': 'off',
        'max-lines-per-function': 'off',
        'no-restricted-syntax': 'off',
        'no-useless-assignment': 'off',
      },
    },
    // In components and routes a cast narrows what the DOM or kit's form data leave open; svelte-check still reads them.
    {
      files: ['web/**/*.ts'],
      rules: { ...ban(MODULES, NAMED), '@typescript-eslint/only-throw-error': 'off', 'max-lines-per-function': 'off' },
    },
  );
}
