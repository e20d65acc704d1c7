import type { AccountId, ChannelId, ErasureId, TenantId } from '#domain/ids.ts';
import type { Role } from '#domain/message.ts';
import type { Maintenance } from '#infra/projector/maintenance.ts';
import type { ViewsWatch } from '#infra/projector/watch.ts';
import type { Application } from '#projections/application.ts';
import type { Done } from '#projections/shown.ts';
import type { ErasureStep } from '#projections/erasure/view.ts';
import type { ErasureDetail } from '#projections/pages.ts';
import type { CopyTrial, Opened, Remains, ScanReport } from '#vault/vault.ts';
import type { Return } from './erasure-return.ts';
import type { Vitals } from './vitals.ts';

/** What a webhook delivery is answered. 200 only when everything in it is durable. */
export type WebhookAnswer =
  | { readonly status: 200 }
  | { readonly status: 400; readonly code: 'malformed-json' | 'malformed-delivery'; readonly place: string }
  | { readonly status: 401; readonly code: 'wrong-signature' }
  | { readonly status: 404; readonly code: 'unknown-channel' }
  | { readonly status: 503; readonly code: 'not-durable' };

export type Change = {
  readonly position: string;
  /** More changed than could be followed: pages read everything anew. */
  readonly missed: boolean;
  /** Which documents changed, by organisation; the platform's own (accounts) have no page of their own. */
  readonly views: readonly { readonly tenant: TenantId; readonly collection: string; readonly id: string }[];
};

export type HealthReport = {
  readonly ready: boolean;
  readonly parts: readonly {
    readonly part: 'eventstore' | 'vault' | 'views' | 'projector' | 'outbox' | 'disk';
    readonly ok: boolean;
    readonly says: string;
  }[];
};

/** Verbs of the command line that work on the organisation, without a session: the operator stands on the machine itself. */
export type Operator = {
  readonly organisations: () => Promise<readonly { readonly tenant: TenantId; readonly createdAt: string; readonly sample: boolean }[]>;
  readonly addPerson: (
    tenant: TenantId,
    input: { readonly name: string; readonly email: string; readonly role: Role; readonly password: string },
  ) => Promise<Done<{ readonly accountId: AccountId }>>;
  readonly people: (tenant: TenantId) => Promise<readonly { readonly accountId: AccountId; readonly role: Role }[]>;
  /** An API token for the account with this e-mail address. */
  readonly createToken: (email: string, days: number) => Promise<Done<{ readonly token: string; readonly expiresAt: string }>>;
  readonly setPassword: (email: string, password: string) => Promise<Done>;
  /** Starts an erasure in the name of a member who may erase, and waits for its certificate. */
  readonly erase: (
    email: string,
    contactId: string,
    reason: string,
    onStep: (step: string, heldUp: ErasureDetail['heldUp']) => void,
  ) => Promise<Done<{ readonly erasureId: ErasureId; readonly salt: string; readonly certificate: Uint8Array }>>;
  readonly vkey: (tenant: TenantId) => Promise<string>;
  /** Every time that an older file brought erased data back; it was destroyed again before anything was served. */
  readonly returns: () => Promise<readonly Return[]>;
  /** The state of each sealed value of the event at a position of the log; never the value. */
  readonly examineEvent: (position: bigint) => Promise<Done<{ readonly type: string; readonly values: readonly ValueState[] }>>;
  /** Tries again everything that an erasure says of itself, and, when given, what a copy of the data folder holds. */
  readonly examineErasure: (id: string, copy: string | null) => Promise<Done<ErasureExamination>>;
};

export type ValueState = {
  readonly field: string;
  readonly state: Opened<unknown>['kind'];
  readonly certificate?: string;
  readonly erasedAt?: string;
  readonly reason?: string;
};

export type ErasureExamination = {
  readonly certificate: string;
  readonly step: ErasureStep;
  readonly tried: number;
  readonly answers: Readonly<Record<Opened<unknown>['kind'], number>>;
  readonly remains: Remains;
  /** Null while the key is not destroyed: there is nothing yet that must not be found. */
  readonly scan: ScanReport | null;
  readonly copy: CopyTrial | null;
};

export type SamplePerson = { readonly name: string; readonly email: string; readonly role: Role };

/** What `npm start -- --demo` needs beside the use cases of people. */
export type Sample = {
  /** The sample organisation with its people and a simulated number; what exists already stays, passwords are set to the given one. */
  readonly prepare: (input: {
    readonly name: string;
    readonly people: readonly SamplePerson[];
    readonly password: string;
  }) => Promise<Done<{ readonly phonePage: string; readonly created: boolean }>>;
  /** Lets the simulator's scripted customers write. */
  readonly play: () => Promise<boolean>;
};

/** The composed product, as the front server and the command line see it. */
export type Product = {
  readonly application: Application;
  readonly webhook: {
    /** True when mode and token match: answer the challenge. */
    readonly handshake: (channelId: ChannelId, mode: string, verifyToken: string) => Promise<boolean>;
    readonly receive: (channelId: ChannelId, rawBody: Uint8Array, signature: string | null) => Promise<WebhookAnswer>;
  };
  /** Calls `listener` after views moved. Returns the way to stop. */
  readonly onChange: (listener: (change: Change) => void) => () => void;
  readonly health: () => Promise<HealthReport>;
  readonly operator: Operator;
  /** The read models: how far they are, what they set aside, and what an operator can do about it. */
  readonly projections: Maintenance & Pick<ViewsWatch, 'status' | 'parked'>;
  /** Who works on the data folder, and how: for `/metrics`. */
  readonly vitals: Vitals;
  readonly sample: Sample;
  /** Starts outbox, media worker and the resumption of interrupted erasures. `url`: where the front server listens. */
  readonly start: (at: { readonly url: string }) => Promise<void>;
  /** Drains what is in flight and closes the stores. */
  readonly close: () => Promise<void>;
};

/** The part of it that needs no key. */
export type ReadModels = Pick<Product, 'projections' | 'health' | 'vitals' | 'close'>;
