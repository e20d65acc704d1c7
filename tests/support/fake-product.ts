import { randomBytes } from 'node:crypto';
import { type SessionId, streamName, type TenantId } from '#domain/ids.ts';
import type { Role } from '#domain/message.ts';
import type { Change, Operator, Product } from '#infra/app/product.ts';
import { leaseNames, type Vitals } from '#infra/app/vitals.ts';
import type { Parked } from '#infra/projector/parked.ts';
import type { Viewer } from '#projections/shown.ts';
import { type Answers, fakeApplication, type Note, OK } from './fake-application.ts';
import { ids, newTestId, NOW } from './fake-values.ts';

/**
 * A product that keeps everything in records of memory: sessions, roles, two organisations. It answers as the real one promises to, so
 * that the front server and the command line can be tried without stores. Nothing in it is smarter than a test needs.
 */
export type FakeProduct = {
  readonly product: Product;
  /** Signs a person in: the token of their session. */
  readonly signIn: (role: Role, tenant?: TenantId) => string;
  readonly endSession: (token: string) => void;
  readonly change: (change: Change) => void;
  readonly calls: Call[];
  readonly callsOf: (name: string) => readonly (readonly unknown[])[];
  /** What the next calls answer. */
  readonly answers: Answers;
  readonly listeners: () => number;
};

export type Call = { readonly name: string; readonly args: readonly unknown[] };

export const createFakeProduct = (): FakeProduct => {
  const sessions = new Map<string, Viewer>();
  const listeners = new Set<(change: Change) => void>();
  const calls: Call[] = [];
  const answers: Answers = {
    webhook: { status: 200 },
    health: { ready: true, parts: [{ part: 'eventstore', ok: true, says: 'answers' }] },
    reply: { ok: true, messageId: ids.message, position: '7' },
    media: { bytes: Buffer.from('picture'), type: 'image/png', fileName: 'holiday.png' },
    certificate: Buffer.from('{"statement":1}\n'),
    projections: [
      {
        name: 'inbox',
        generation: 2,
        version: 1,
        checkpoint: 40n,
        lag: 2n,
        secondsSinceProgress: 3,
        parkedStreams: 1,
        fault: null,
        building: null,
        previous: 1,
      },
    ],
    comparison: { kind: 'equal', documents: 12 },
    start: null,
    event: { ok: true, type: 'MessageReceived', values: [{ field: 'body', state: 'value' }] },
    examination: {
      ok: true,
      certificate: 'EC-2026-0001',
      step: 'completed',
      tried: 3,
      answers: { value: 0, erased: 3, unavailable: 0, tampered: 0 },
      remains: { key: 'destroyed', fenced: true, payloads: 0, identityRows: 0 },
      scan: { files: 6, bytes: 4096, hits: 0 },
      copy: null,
    },
    token: { ok: true, token: 'a-token-of-the-command-line', expiresAt: NOW },
  };
  const signIn = (role: Role, tenant: TenantId = ids.tenant): string => {
    const token = randomBytes(24).toString('base64url');
    sessions.set(token, { sessionId: newTestId<'session'>() satisfies SessionId, accountId: ids.account, tenant, role });
    return token;
  };
  const note = <T>(name: string, args: readonly unknown[], value: T): T => {
    calls.push({ name, args });
    return value;
  };
  const application = fakeApplication({ sessions, note, answers, signIn });
  return {
    product: {
      application,
      webhook: {
        handshake: async (channelId, mode, token) => note('handshake', [channelId, mode, token], mode === 'subscribe' && token === 'right'),
        receive: async (channelId, rawBody, signature) => {
          note('receive', [channelId, rawBody, signature], null);
          if (answers.webhook instanceof Error) throw answers.webhook;
          return answers.webhook;
        },
      },
      onChange: (listener) => {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
      health: async () => answers.health,
      operator: fakeOperator(note, answers),
      projections: fakeProjections(note, answers),
      vitals: fakeVitals,
      sample: {
        prepare: async (input) => note('sample.prepare', [input], { ok: true, phonePage: 'http://localhost/', created: true }),
        play: async () => note('sample.play', [], true),
      },
      start: async (at) => {
        note('start', [at], null);
        if (answers.start !== null) throw answers.start;
      },
      close: async () => note('close', [], undefined),
    },
    signIn,
    endSession: (token) => void sessions.delete(token),
    change: (change) => {
      for (const listener of listeners) listener(change);
    },
    calls,
    callsOf: (name) => calls.filter((call) => call.name === name).map(({ args }) => args),
    answers,
    listeners: () => listeners.size,
  };
};

const fakeVitals: Vitals = {
  appends: { onGroup: () => () => undefined, queued: () => 0 },
  refusals: null,
  roles: ['web', 'projector', 'worker'],
  processes: () => ({
    living: { web: 1, projector: 1, worker: 1, cli: 0 },
    leases: leaseNames.map((name) => ({ name, mine: true, pid: 4_711 })),
  }),
};

const fakeOperator = (note: Note, answers: Answers): Operator => ({
  organisations: async () => [{ tenant: ids.tenant, createdAt: NOW, sample: false }],
  addPerson: async (tenant, input) => note('operator.addPerson', [tenant, input], { ok: true, accountId: ids.account }),
  people: async (tenant) => note('operator.people', [tenant], [{ accountId: ids.account, role: 'owner' }]),
  createToken: async (email, days) => note('operator.createToken', [email, days], answers.token),
  setPassword: async (email, password) => note('operator.setPassword', [email, password], OK),
  erase: async (email, contactId, reason, onStep) => {
    note('operator.erase', [email, contactId, reason], null);
    for (const step of ['fenced', 'destroyed', 'completed']) onStep(step, null);
    return { ok: true, erasureId: ids.erasure, salt: 'salt', certificate: answers.certificate };
  },
  returns: async () => [],
  examineEvent: async (position) => note('operator.examineEvent', [position], answers.event),
  examineErasure: async (id, copy) => note('operator.examineErasure', [id, copy], answers.examination),
  vkey: async (tenant) => `vconnect+${tenant.slice(0, 8)}+key`,
});

const fakeProjections = (note: Note, answers: Answers): Product['projections'] => ({
  status: async () => answers.projections,
  parked: async () => [parkedStream],
  replay: async (name, stream) => note('projections.replay', [name, stream], { kind: 'caught-up' }),
  rollback: async (name) => note('projections.rollback', [name], { projection: name, number: 1, version: 1, state: 'live' }),
  rebuild: async (names, { onProgress, accept }) => {
    note('projections.rebuild', [names], null);
    onProgress({ done: 5n, total: 10n });
    onProgress({ done: 10n, total: 10n });
    return Promise.all(
      names.map(async (projection) => {
        const generation = { projection, number: 3, version: 1, state: 'building' } as const;
        const built = { projection, generation, comparison: answers.comparison, parked: 0, parkedBefore: 0 };
        return { ...built, switched: await accept(built) };
      }),
    );
  },
});

const parkedStream: Parked = {
  projection: 'inbox',
  tenant: ids.tenant,
  stream: streamName(ids.tenant, 'conversation', ids.conversation),
  revision: 3,
  position: 17,
  eventType: 'CustomerWrote',
  code: 'TypeError',
  frames: ['at onConversation (projections/inbox/project.ts:1:1)'],
  parkedAt: NOW,
};
