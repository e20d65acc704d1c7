import { newId } from '#infra/app/new-id.ts';

/** What a visit needs to know of the workload. */
export type Visited = {
  readonly conversationId: string;
  readonly contactId: string;
  readonly mediaMessageId: string;
  readonly erasureId: string;
  readonly channelId: string;
  readonly name: string;
};

/**
 * How a test goes to a route. `people`: its answer shows values to who may see them, before an erasure; every other answer holds nothing of
 * anybody. Ids that are nobody's stand where a visit would end what later visits need.
 */
export type Visit = {
  readonly shows: 'people' | 'nothing';
  readonly path: (at: Visited) => string;
  readonly body?: (at: Visited) => object;
};

const V1 = '/api/v1';
const nobody = (): string => newId();
const nothing = (path: Visit['path'], body?: Visit['body']): Visit => ({ shows: 'nothing', path, ...(body === undefined ? {} : { body }) });
const people = (path: Visit['path'], body?: Visit['body']): Visit => ({ shows: 'people', path, ...(body === undefined ? {} : { body }) });

/** Every route of the server; a test fails for one that is not here. */
export const visits: Readonly<Record<string, Visit>> = {
  'GET /health/live': nothing(() => '/health/live'),
  'GET /health/ready': nothing(() => '/health/ready'),
  'GET /metrics': nothing(() => '/metrics'),
  'GET /webhooks/whatsapp/:channel': nothing(
    ({ channelId, name }) => `/webhooks/whatsapp/${channelId}?hub.mode=subscribe&hub.verify_token=${name}`,
  ),
  'POST /webhooks/whatsapp/:channel': nothing(
    ({ channelId }) => `/webhooks/whatsapp/${channelId}`,
    ({ name }) => ({ entry: [{ changes: [{ value: { contacts: [{ profile: { name } }] } }] }] }),
  ),
  'GET /api/openapi.json': nothing(() => '/api/openapi.json'),
  'GET /api/docs': nothing(() => '/api/docs'),
  'POST /api/v1/session': nothing(
    () => `${V1}/session`,
    ({ name }) => ({ email: `${name}@x.example`, password: `${name} or another` }),
  ),
  'GET /api/v1/session': people(() => `${V1}/session`),
  'DELETE /api/v1/session': nothing(() => `${V1}/session`),
  'GET /api/v1/sessions': people(() => `${V1}/sessions`),
  'DELETE /api/v1/sessions/:sessionId': nothing(() => `${V1}/sessions/${nobody()}`),
  'POST /api/v1/search': people(
    () => `${V1}/search`,
    ({ name }) => ({ term: name }),
  ),
  'GET /api/v1/system/projections': nothing(() => `${V1}/system/projections`),
  'POST /api/v1/system/projections/:name/replay': nothing(
    () => `${V1}/system/projections/inbox/replay`,
    ({ name }) => ({ stream: name }),
  ),
  'GET /api/v1/stream': nothing(() => `${V1}/stream`),
  'GET /api/v1/tokens': nothing(() => `${V1}/tokens`),
  'POST /api/v1/tokens': nothing(
    () => `${V1}/tokens`,
    () => ({ days: 1 }),
  ),
  'DELETE /api/v1/tokens/:tokenId': nothing(() => `${V1}/tokens/${nobody()}`),
  'GET /api/v1/conversations': people(() => `${V1}/conversations?limit=100`),
  'GET /api/v1/conversations/:id': people(({ conversationId }) => `${V1}/conversations/${conversationId}`),
  'GET /api/v1/conversations/:id/messages': people(({ conversationId }) => `${V1}/conversations/${conversationId}/messages?limit=100`),
  'POST /api/v1/conversations/:id/messages': nothing(
    () => `${V1}/conversations/${nobody()}/messages`,
    ({ name }) => ({ text: name }),
  ),
  'POST /api/v1/conversations/:id/assign': nothing(
    ({ conversationId }) => `${V1}/conversations/${conversationId}/assign`,
    () => ({ assignee: null }),
  ),
  'POST /api/v1/conversations/:id/resolve': nothing(
    ({ conversationId }) => `${V1}/conversations/${conversationId}/resolve`,
    () => ({}),
  ),
  'POST /api/v1/conversations/:id/reopen': nothing(
    ({ conversationId }) => `${V1}/conversations/${conversationId}/reopen`,
    () => ({}),
  ),
  'POST /api/v1/conversations/:id/read': nothing(
    ({ conversationId }) => `${V1}/conversations/${conversationId}/read`,
    () => ({}),
  ),
  'POST /api/v1/conversations/:id/notes': nothing(
    () => `${V1}/conversations/${nobody()}/notes`,
    ({ name }) => ({ text: name }),
  ),
  'GET /api/v1/contacts': people(() => `${V1}/contacts`),
  'GET /api/v1/contacts/:id': people(({ contactId }) => `${V1}/contacts/${contactId}`),
  'POST /api/v1/contacts/:id/reveal': people(
    ({ contactId }) => `${V1}/contacts/${contactId}/reveal`,
    () => ({ purpose: 'identify-customer' }),
  ),
  'GET /api/v1/contacts/:id/erasure': people(({ contactId }) => `${V1}/contacts/${contactId}/erasure`),
  'POST /api/v1/contacts/:id/erasure': nothing(
    () => `${V1}/contacts/${nobody()}/erasure`,
    ({ name }) => ({ reason: 'consent-withdrawn', confirmation: name }),
  ),
  'GET /api/v1/colleagues': people(() => `${V1}/colleagues`),
  'GET /api/v1/channels': people(() => `${V1}/channels`),
  'POST /api/v1/channels': nothing(
    () => `${V1}/channels`,
    ({ name }) => ({ label: name, phoneNumberId: name, accessToken: name, appSecret: name, baseUrl: `http://${name}.example` }),
  ),
  'POST /api/v1/channels/simulator': nothing(
    () => `${V1}/channels/simulator`,
    ({ name }) => ({ [name]: name }),
  ),
  'POST /api/v1/messages/:id/retry': nothing(
    () => `${V1}/messages/${nobody()}/retry`,
    () => ({}),
  ),
  'GET /api/v1/media/:id': people(({ mediaMessageId }) => `${V1}/media/${mediaMessageId}`),
  'GET /api/v1/erasures': people(() => `${V1}/erasures`),
  'GET /api/v1/erasures/:id': people(({ erasureId }) => `${V1}/erasures/${erasureId}`),
  'GET /api/v1/erasures/:id/certificate': nothing(({ erasureId }) => `${V1}/erasures/${erasureId}/certificate`),
  'GET /api/v1/audit': people(() => `${V1}/audit?limit=100`),
  'GET /api/v1/dashboard': people(() => `${V1}/dashboard?days=7`),
  'GET /api/v1/people': people(() => `${V1}/people`),
  'POST /api/v1/people': nothing(
    () => `${V1}/people`,
    ({ name }) => ({ name, email: name, role: name, password: name }),
  ),
  'PATCH /api/v1/people/:id': nothing(
    () => `${V1}/people/${nobody()}`,
    () => ({ role: 'agent' }),
  ),
  'DELETE /api/v1/people/:id': nothing(() => `${V1}/people/${nobody()}`),
};
