import { catalogueOf } from '#domain/catalogue.ts';
import { type ErasureId, streamParts, subjectOf } from '#domain/ids.ts';
import { handleOf, type SealedHandle } from '#domain/sealed-handle.ts';
import { ERASURE, type ErasureView } from '#projections/erasure/view.ts';
import type { Opened } from '#vault/vault.ts';
import type { App } from './app.ts';
import { loadErasure } from './erasure-record.ts';
import { returnsIn } from './erasure-return.ts';
import { referencesOf, scopeOf } from './erasure-scope.ts';
import type { Operator, ValueState } from './product.ts';

const UNKNOWN = { ok: false, status: 404, code: 'not-found' } as const;

/** What can be said of stored values without showing one: for the command line. */
export const createExaminations = (app: App): Pick<Operator, 'returns' | 'examineEvent' | 'examineErasure'> => ({
  returns: () => returnsIn(app.store),
  examineEvent: async (position) => {
    const [event] = position < 1n ? [] : await app.store.readAll(position - 1n, 1);
    if (event === undefined) return UNKNOWN;
    const spec = catalogueOf(streamParts(event.stream).category)?.[event.type];
    const values: ValueState[] = [];
    for (const field of Object.keys(event.personal)) {
      const handle = spec === undefined ? null : handleOf(event, spec, field);
      if (handle !== null) values.push({ field, ...stateOf(await app.vault.openBytes(handle)) });
    }
    return { ok: true, type: event.type, values };
  },
  examineErasure: async (id, copy) => {
    const view = await app.views.get<ErasureView>(ERASURE, id);
    if (view === null) return UNKNOWN;
    return { ok: true, ...(await examined(app, view, copy)) };
  },
});

const examined = async (app: App, { tenant, erasureId, step, certificate }: ErasureView, copy: string | null) => {
  const record = await loadErasure(app.store, tenant, erasureId satisfies ErasureId);
  const subject = subjectOf(record.contactId);
  const parts = { ...app, viewsAreCurrent: async () => (await app.readModels.status()).every(({ lag }) => lag === 0n) };
  const handles: SealedHandle[] = [];
  for await (const batch of referencesOf(app.store, record, await scopeOf(parts, record))) handles.push(...batch);
  const answers: Record<Opened<unknown>['kind'], number> = { value: 0, erased: 0, unavailable: 0, tampered: 0 };
  for (const { kind } of await app.vault.open(handles)) answers[kind] += 1;
  const remains = await app.vault.remains(tenant, subject);
  const scan = remains.key === 'destroyed' ? await app.vault.scan(tenant, subject) : null;
  const inCopy = copy === null ? null : await app.vault.tryCopy(copy, tenant, subject, handles);
  return { certificate, step, tried: handles.length, answers, remains, scan, copy: inCopy };
};

const stateOf = (opened: Opened<Uint8Array>): Omit<ValueState, 'field'> => {
  switch (opened.kind) {
    case 'value':
      // Never looked at: it was opened to see that it can be, and nothing of it goes on.
      opened.value.fill(0);
      return { state: 'value' };
    case 'erased':
      return { state: 'erased', certificate: opened.certificate, erasedAt: opened.erasedAt };
    case 'unavailable':
    case 'tampered':
      return { state: opened.kind, reason: opened.reason };
  }
};
