// A small house with one fault per rule, and the honest imports beside them.

export type Planted = { readonly file: string; readonly imports: string; readonly rule: string };

/** Each line of code breaks exactly the rule named. */
export const FORBIDDEN: readonly Planted[] = [
  { file: 'domain/contact/decider.ts', imports: "import '#infra/config.ts';", rule: 'domain-imports' },
  { file: 'domain/a.ts', imports: "import type { Seal } from '#vault/seal.ts'; export type A = Seal;", rule: 'domain-imports' },
  { file: 'domain/b.ts', imports: "import 'fastify';", rule: 'domain-packages' },
  { file: 'domain/c.ts', imports: "import 'node:crypto';", rule: 'domain-node' },
  { file: 'projections/inbox/project.ts', imports: "import 'node:fs';", rule: 'domain-node' },
  { file: 'vault/a.ts', imports: "import '#infra/config.ts';", rule: 'vault-imports' },
  { file: 'vault/b.ts', imports: "import 'node:fs';", rule: 'vault-node' },
  { file: 'vault/c.ts', imports: "import 'mongodb';", rule: 'vault-packages' },
  { file: 'vault/verify-certificate.ts', imports: "import './digest.ts';", rule: 'verifier-browser' },
  { file: 'projections/a.ts', imports: "import '#vault/seal.ts';", rule: 'projections-imports' },
  { file: 'projections/b.ts', imports: "import 'canonicalize';", rule: 'projections-packages' },
  { file: 'projections/leak/view.ts', imports: "import './project.ts';", rule: 'view-browser' },
  { file: 'infra/a.ts', imports: "import '../web/src/lib/shared.ts';", rule: 'infra-imports' },
  { file: 'infra/app/b.ts', imports: "import '#infra/eventstore/sqlite.ts';", rule: 'adapters-only-in-compose' },
  { file: 'infra/views/c.ts', imports: "import '#infra/eventstore/sqlite.ts';", rule: 'adapters-apart' },
  { file: 'infra/d.ts', imports: "import '#tests/support.ts';", rule: 'tests-are-leaves' },
  { file: 'infra/e.ts', imports: "import 'fast-check';", rule: 'no-dev-packages' },
  { file: 'infra/f-back.ts', imports: "import './f.ts'; export const back = 1;", rule: 'no-circle' },
  { file: 'infra/h.ts', imports: "import 'picomatch';", rule: 'listed-packages' },
  { file: 'infra/g.ts', imports: "import './nowhere.ts';", rule: 'resolves' },
  { file: 'web/src/routes/+page.svelte', imports: '<script lang="ts">import \'#infra/config.ts\';</script>', rule: 'web-imports' },
  { file: 'web/src/lib/A.svelte', imports: '<script lang="ts">import \'#domain/contact/decider.ts\';</script>', rule: 'web-imports' },
  { file: 'web/src/lib/keys.server.ts', imports: "import '#vault/seal.ts';", rule: 'web-imports' },
  { file: 'web/src/lib/b.ts', imports: "import 'fastify';", rule: 'web-packages' },
  { file: 'web/src/lib/c.ts', imports: "import 'node:fs';", rule: 'web-node' },
  { file: 'web/src/lib/d.ts', imports: "import '#projections/application.ts';", rule: 'web-driving-port' },
];

/** What the rules must leave alone. */
export const ALLOWED: readonly Omit<Planted, 'rule'>[] = [
  { file: 'domain/ids.ts', imports: "import 'zod';" },
  { file: 'domain/contact/commands.ts', imports: "import '../ids.ts';" },
  { file: 'vault/seal.ts', imports: "import 'node:crypto'; import 'tweetnacl'; import '#domain/ids.ts'; export type Seal = string;" },
  { file: 'vault/digest.ts', imports: "import 'node:crypto';" },
  { file: 'vault/verifier/read.ts', imports: "import 'tweetnacl';" },
  { file: 'projections/inbox/view.ts', imports: "import 'zod'; import '#domain/ids.ts';" },
  { file: 'projections/leak/project.ts', imports: "import '#domain/ids.ts';" },
  { file: 'projections/application.ts', imports: 'export type Application = string;' },
  { file: 'infra/config.ts', imports: "import 'node:fs'; import 'pino';" },
  // The other half of the circle, which is reported once; and a circle of types, which is none.
  { file: 'infra/f.ts', imports: "import './f-back.ts'; export const f = 1;" },
  { file: 'infra/types.ts', imports: "import { v } from './values.ts'; export type T = typeof v;" },
  { file: 'infra/values.ts', imports: "import type { T } from './types.ts'; export const v: number = 1; export type V = T;" },
  { file: 'infra/compose.ts', imports: "import '#infra/eventstore/sqlite.ts';" },
  { file: 'infra/eventstore/sqlite.ts', imports: "import 'node:sqlite'; import '#vault/seal.ts';" },
  { file: 'tests/support.ts', imports: "import '#infra/config.ts'; import 'vitest';" },
  { file: 'web/src/lib/shared.ts', imports: "import '#domain/contact/commands.ts'; import '#projections/inbox/view.ts';" },
  { file: 'web/src/lib/port.ts', imports: "import type { Application } from '#projections/application.ts'; export type P = Application;" },
  { file: 'web/src/lib/B.svelte', imports: "<script lang=\"ts\">import '#vault/verifier/read.ts'; import 'bits-ui';</script>" },
  { file: 'web/src/lib/files.server.ts', imports: "import 'node:fs';" },
];
