// Who may import whom: the table of ARCHITECTURE.md §2 as rules. Everything not named is forbidden. `infra` never names `web`
// (it loads the built handler by its path), nothing names `tests`.
const FOLDERS = '^(domain|vault|projections|infra|web|tests)/';
const ADAPTERS = 'eventstore|views|vaultstore|whatsapp|ai|payments|mail';
// What lies in an adapter's folder without being one: the pure reading of Meta's webhooks and of its error codes.
const WHATSAPP_READERS = '^infra/whatsapp/(webhook|errors)\\.ts$';
const VERIFIER = '^vault/verif(y|ier)[^/]*(/|\\.ts$)';
const packages = (...names) => `(^|/)node_modules/(${names.join('|')})(/|$)`;
const NPM = ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg', 'npm-unknown'];

/** A folder may import only these own paths; its own modules always. */
const own = (folder, ...allowed) => ({
  name: `${folder}-imports`,
  comment: `${folder} may import of the house only itself${allowed.length > 0 ? ` and ${allowed.join(', ')}` : ''}`,
  severity: 'error',
  from: { path: `^${folder}/` },
  to: { path: FOLDERS, pathNot: [`^${folder}/`, ...allowed] },
});

const only = (folder, ...names) => ({
  name: `${folder}-packages`,
  comment: `${folder} may use only the packages ${names.join(', ')}`,
  severity: 'error',
  from: { path: `^${folder}/` },
  to: { dependencyTypes: NPM, pathNot: packages(...names) },
});

const WEB_PACKAGES = [
  'svelte',
  '@sveltejs',
  '@sveltejs/.*',
  'zod',
  'bits-ui',
  '@lucide/svelte',
  'virtua',
  'intl-messageformat',
  '@fontsource.*',
  '@tailwindcss/vite',
  'tailwindcss',
  'vite',
  'libphonenumber-js',
  'layercake',
  'tweetnacl',
];

export default {
  forbidden: [
    own('domain'),
    only('domain', 'zod'),
    {
      name: 'domain-node',
      comment: 'domain runs anywhere',
      severity: 'error',
      from: { path: '^(domain|projections)/' },
      to: { dependencyTypes: ['core'] },
    },
    own('vault', '^domain/'),
    only('vault', 'tweetnacl', 'sodium-native'),
    {
      name: 'vault-node',
      comment: 'vault knows of Node only crypto',
      severity: 'error',
      from: { path: '^vault/' },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?crypto$' },
    },
    {
      name: 'verifier-browser',
      comment: 'the verifier runs in a browser',
      severity: 'error',
      from: { path: VERIFIER },
      to: { reachable: true, path: '^(node:)?crypto$' },
    },
    own('projections', '^domain/'),
    only('projections', 'zod'),
    own('infra', '^domain/', '^vault/', '^projections/'),
    own(
      'web',
      '^domain/(commands|ids)\\.ts$',
      '^domain/[^/]+/(commands|ids)\\.ts$',
      '^projections/.*/view\\.ts$',
      '^projections/(application|pages|shown|[^/]+/page)\\.ts$',
      VERIFIER,
    ),
    {
      name: 'web-driving-port',
      comment: 'web knows the application by its type alone',
      severity: 'error',
      from: { path: '^web/' },
      to: { path: '^projections/(application|pages|shown)\\.ts$', dependencyTypesNot: ['type-only'] },
    },
    only('web', ...WEB_PACKAGES),
    {
      name: 'web-node',
      comment: 'Node is for server files',
      severity: 'error',
      from: { path: '^web/', pathNot: ['\\.server\\.ts$', '/\\+server\\.ts$', '/server/', '^web/[^/]+\\.config\\.ts$'] },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'view-browser',
      comment: 'views travel to the browser: only shapes, ids and commands',
      severity: 'error',
      from: { path: '^projections/.*/view\\.ts$' },
      to: { path: '/project\\.ts$' },
    },
    {
      name: 'adapters-only-in-compose',
      comment: 'infra/compose.ts alone picks adapters; others take the port as a parameter (their types are free)',
      severity: 'error',
      from: { path: '^infra/', pathNot: ['^infra/compose[^/]*\\.ts$', '^infra/compose/', '^infra/tooling/', `^infra/(${ADAPTERS})/`] },
      to: { path: `^infra/(${ADAPTERS})/`, pathNot: [WHATSAPP_READERS], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'adapters-apart',
      comment: 'one adapter does not use another',
      severity: 'error',
      from: { path: `^infra/(${ADAPTERS})/` },
      to: { path: `^infra/(${ADAPTERS})/`, pathNot: ['^infra/$1/'] },
    },
    {
      name: 'tests-are-leaves',
      comment: 'nothing imports tests',
      severity: 'error',
      from: { pathNot: '^tests/' },
      to: { path: '^tests/' },
    },
    {
      name: 'no-dev-packages',
      comment: 'the product runs without devDependencies',
      severity: 'error',
      from: { path: '^(domain|vault|projections|infra|web)/', pathNot: ['^infra/tooling/', '^web/[^/]+\\.config\\.ts$'] },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-circle',
      comment: 'no circle of values; types may look back',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'resolves',
      comment: 'every import resolves',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: ['^\\$(app|env)/', '/\\$types(\\.d\\.ts)?$', '\\?(raw|url|inline|worker)$', '^\\$lib'] },
    },
    {
      name: 'listed-packages',
      comment: 'every package stands in package.json',
      severity: 'error',
      from: { path: FOLDERS },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(web/(build|\\.svelte-kit|node_modules)|tests/bench/peers|tests/architecture/fixtures)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['svelte', 'browser', 'import', 'node', 'default', 'types'] },
    cache: false,
  },
};
