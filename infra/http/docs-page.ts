import { createHash } from 'node:crypto';
import { z } from 'zod';
import { problems } from './problems.ts';

/** The part of an OpenAPI document that the page shows. */
const schemaOf = z.looseObject({});
const bodyOf = z.object({
  content: z.record(z.string(), z.object({ schema: schemaOf.optional() })).optional(),
  description: z.string().optional(),
});
const operationOf = z.object({
  summary: z.string().optional(),
  description: z.string().optional(),
  tags: z.array(z.string()).optional(),
  parameters: z
    .array(
      z.object({
        name: z.string(),
        in: z.string(),
        required: z.boolean().optional(),
        description: z.string().optional(),
        schema: schemaOf.optional(),
      }),
    )
    .optional(),
  requestBody: bodyOf.optional(),
  responses: z.record(z.string(), bodyOf).optional(),
});
const documentOf = z.object({
  info: z.object({ title: z.string(), description: z.string().optional() }),
  paths: z.record(z.string(), z.record(z.string(), operationOf)),
  components: z.object({ schemas: z.record(z.string(), schemaOf).optional() }).optional(),
});
type Operation = z.output<typeof operationOf>;
type Body = z.output<typeof bodyOf>;

const STYLE = `
:root{color-scheme:light dark;--line:light-dark(#ddd,#444);--soft:light-dark(#666,#aaa);--code:light-dark(#f5f5f4,#1c1c1c)}
body{font:16px/1.6 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.6rem}h2{margin-top:2.5rem;text-transform:capitalize;border-bottom:1px solid var(--line)}
details{border:1px solid var(--line);border-radius:8px;margin:.5rem 0;padding:.5rem 1rem}
summary{cursor:pointer}summary b{display:inline-block;min-width:4.5rem;font-family:ui-monospace,monospace}
code,pre{font:13px/1.5 ui-monospace,monospace}pre{background:var(--code);padding:.75rem;border-radius:6px;overflow:auto;max-height:24rem}
summary span{color:var(--soft);margin-inline-start:1rem}table{border-collapse:collapse;width:100%}td,th{text-align:start;padding:.25rem .75rem .25rem 0;vertical-align:top;border-bottom:1px solid var(--line)}
`;
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

/** The description as one page without scripts and without other hosts. */
export const renderDocs = (spec: unknown): { readonly html: string; readonly csp: string } => {
  const { info, paths, components } = documentOf.parse(spec);
  const groups = new Map<string, string[]>();
  for (const [path, methods] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const tag = operation.tags?.[0] ?? 'other';
      groups.set(tag, [...(groups.get(tag) ?? []), operationHtml(method, path, operation)]);
    }
  }
  const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escape(info.title)} API</title><style>${STYLE}</style></head><body><main><h1>${escape(info.title)} API</h1>
<p>${escape(info.description ?? '')}</p><p><a href="/api/openapi.json">OpenAPI 3.1 description</a></p>
${[...groups].map(([tag, operations]) => `<section><h2>${escape(tag)}</h2>${operations.join('')}</section>`).join('')}
<section><h2>Schemas</h2>${Object.entries(components?.schemas ?? {})
    .map(schemaHtml)
    .join('')}</section>
<section><h2>Codes of errors</h2>${problemTable()}</section></main></body></html>`;
  return { html, csp: `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'` };
};

const operationHtml = (method: string, path: string, operation: Operation): string =>
  `<details><summary><b>${escape(method.toUpperCase())}</b><code>${escape(path)}</code><span>${escape(operation.summary ?? '')}</span></summary>
${operation.description === undefined ? '' : `<p>${escape(operation.description)}</p>`}${parametersHtml(operation)}
${operation.requestBody === undefined ? '' : bodyHtml('Body', operation.requestBody)}
${Object.entries(operation.responses ?? {})
  .filter(([status]) => status !== 'default')
  .map(([status, body]) => bodyHtml(status, body))
  .join('')}</details>`;

const parametersHtml = ({ parameters = [] }: Operation): string =>
  parameters.length === 0
    ? ''
    : `<table><tr><th>Parameter</th><th>In</th><th>Says</th></tr>${parameters
        .map((each) => {
          const says = [each.required === true ? 'required' : 'optional', each.description ?? '', JSON.stringify(each.schema ?? {})];
          return `<tr><td><code>${escape(each.name)}</code></td><td>${escape(each.in)}</td><td>${escape(says.filter((part) => part !== '').join(' · '))}</td></tr>`;
        })
        .join('')}</table>`;

const bodyHtml = (title: string, { content = {} }: Body): string =>
  Object.entries(content)
    .map(
      ([type, { schema }]) =>
        `<h3>${escape(title)} <code>${escape(type)}</code></h3><pre>${escape(JSON.stringify(schema ?? {}, null, 2))}</pre>`,
    )
    .join('');

const schemaHtml = ([name, schema]: readonly [string, object]): string =>
  `<details><summary><b>${escape(name)}</b></summary><pre>${escape(JSON.stringify(schema, null, 2))}</pre></details>`;

const problemTable = (): string =>
  `<table><tr><th>Code</th><th>Status</th><th>Says</th></tr>${Object.entries(problems)
    .map(([code, { status, title }]) => `<tr><td><code>${escape(code)}</code></td><td>${String(status)}</td><td>${escape(title)}</td></tr>`)
    .join('')}</table>`;

const escape = (text: string): string => text.replace(/[&<>"']/g, (char) => `&#${String(char.charCodeAt(0))};`);
