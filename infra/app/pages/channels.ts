import { randomBytes } from 'node:crypto';
import { type ChannelId, parseId } from '#domain/ids.ts';
import { plain } from '#domain/personal.ts';
import type { Application } from '#projections/application.ts';
import type { ChannelItem } from '#projections/pages.ts';
import type { Done, Shown, Viewer } from '#projections/shown.ts';
import { CHANNEL, type ChannelView } from '#projections/channel/view.ts';
import { forbidden, may } from '../access.ts';
import { channelAggregate } from '../aggregates.ts';
import { type App, settled } from '../app.ts';
import { viewerContext } from '../context.ts';
import { newId } from '../new-id.ts';
import { answerOf } from '../refused.ts';

const MAX_CHANNELS = 100;
const VERIFY_TOKEN_BYTES = 24;
const ABSENT: Shown = { state: 'absent' };

export const channelsPage =
  (app: App): Application['channels'] =>
  async (viewer) => {
    if (!may(viewer, 'channels.read')) return forbidden;
    const page = await app.views.find<ChannelView>(CHANNEL, {
      where: { tenant: viewer.tenant },
      sort: { field: 'connectedAt', direction: 'ascending' },
      limit: MAX_CHANNELS,
    });
    const labels = await app.reveal.labels(page.items.flatMap(({ label, displayNumber }) => [label, displayNumber]));
    const tokens = may(viewer, 'channels.manage')
      ? await app.reveal.show(
          viewer,
          'manage-channels',
          page.items.map(({ verifyToken }) => ({ handle: verifyToken, mask: 'none' })),
        )
      : 'denied';
    const channels = page.items.map((channel, index): ChannelItem => ({
      channelId: channel.channelId,
      provider: channel.provider,
      label: labels[index * 2] ?? ABSENT,
      displayNumber: labels[index * 2 + 1] ?? ABSENT,
      state: channel.state,
      stopped: channel.stopped,
      webhookUrl: webhookUrl(app, channel.channelId),
      verifyToken: typeof tokens === 'string' ? ABSENT : (tokens[index] ?? ABSENT),
      connectedAt: channel.connectedAt,
    }));
    return { ok: true, channels };
  };

export const webhookUrl = (app: Pick<App, 'baseUrl'>, channelId: ChannelId): string => `${app.baseUrl()}/webhooks/whatsapp/${channelId}`;

type Connection = {
  readonly provider: 'meta' | 'simulator';
  readonly label: string;
  readonly displayNumber: string;
  readonly phoneNumberId: string;
  readonly accessToken: string;
  readonly appSecret: string;
  readonly verifyToken: string;
  readonly baseUrl: string | null;
};

/** The same number again replaces its credentials; a number of one organisation cannot be claimed twice. */
const connect = async (app: App, viewer: Viewer, connection: Connection): Promise<Done<{ readonly channelId: ChannelId }>> => {
  const { provider, label, displayNumber, phoneNumberId, accessToken, appSecret, verifyToken, baseUrl } = connection;
  const claim = await app.vault.claim({
    tenant: viewer.tenant,
    identifiers: [{ field: 'phoneNumberId', value: plain(phoneNumberId) }],
    propose: newId<'channel'>(),
    subject: null,
  });
  const channelId = claim.kind === 'claimed' ? parseId<'channel'>(claim.id) : null;
  if (channelId === null) return { ok: false, status: 409, code: 'number-taken' };
  const known = (await app.handler.load(channelAggregate, viewer.tenant, channelId)).revision !== null;
  const secrets = { accessToken: plain(accessToken), appSecret: plain(appSecret) };
  const command = known
    ? ({ type: 'ReplaceCredentials', ...secrets } as const)
    : ({
        type: 'ConnectChannel',
        channelId,
        provider,
        label: plain(label),
        displayNumber: plain(displayNumber),
        phoneNumberId: plain(phoneNumberId),
        ...secrets,
        verifyToken: plain(verifyToken),
        baseUrl: baseUrl === null ? null : plain(baseUrl),
      } as const);
  const facts = (): { readonly credentialsUnchanged: boolean } => ({ credentialsUnchanged: false });
  const outcome = await settled(app, await app.handler.handle(channelAggregate, channelId, command, viewerContext(viewer), facts));
  const answer = answerOf(outcome);
  return answer.ok ? { ok: true, channelId } : answer;
};

/** Longest value of a field of the form, in characters: Meta's tokens have about 250. */
const MAX_FIELD_CHARACTERS = 1_000;

export const connectChannel =
  (app: App): Application['connectChannel'] =>
  async (viewer, { label, phoneNumberId, accessToken, appSecret, baseUrl }) => {
    if (!may(viewer, 'channels.manage')) return forbidden;
    const values = [label, phoneNumberId, accessToken, appSecret].map((value) => value.trim());
    if (values.some((value) => value === '' || value.length > MAX_FIELD_CHARACTERS))
      return { ok: false, status: 422, code: 'field-missing' };
    if (baseUrl !== undefined && !allowed(app, baseUrl)) return { ok: false, status: 422, code: 'host-not-allowed' };
    // The token must open this number before anything is stored.
    const client = app.channels.client({ baseUrl: baseUrl ?? app.defaultBaseUrl });
    const found = await client.phoneNumber({ phoneNumberId: phoneNumberId.trim(), accessToken: accessToken.trim() });
    if (found.kind === 'refused') return { ok: false, status: 422, code: found.class === 'token' ? 'token-refused' : 'number-refused' };
    if (found.kind !== 'found') return { ok: false, status: 502, code: 'whatsapp-unreachable' };
    return connect(app, viewer, {
      provider: 'meta',
      label: label.trim(),
      displayNumber: found.displayPhoneNumber,
      phoneNumberId: phoneNumberId.trim(),
      accessToken: accessToken.trim(),
      appSecret: appSecret.trim(),
      verifyToken: randomBytes(VERIFY_TOKEN_BYTES).toString('base64url'),
      baseUrl: baseUrl ?? null,
    });
  };

const allowed = (app: App, baseUrl: string): boolean => {
  const url = URL.parse(baseUrl);
  return url !== null && ['http:', 'https:'].includes(url.protocol) && app.allowedHosts.includes(url.host);
};

export const connectSimulator =
  (app: App): Application['connectSimulator'] =>
  async (viewer) => {
    if (!may(viewer, 'channels.manage')) return forbidden;
    if (!(await app.simulator.ensure())) return { ok: false, status: 502, code: 'simulator-unreachable' };
    const number = await app.simulator.createNumber();
    if (number === null) return { ok: false, status: 502, code: 'simulator-unreachable' };
    const { phoneNumberId, displayPhoneNumber, accessToken, appSecret, verifyToken } = number;
    const label = 'Simulator';
    const connected = await connect(app, viewer, {
      provider: 'simulator',
      label,
      displayNumber: displayPhoneNumber,
      phoneNumberId,
      accessToken,
      appSecret,
      verifyToken,
      baseUrl: app.simulator.baseUrl,
    });
    if (!connected.ok) return connected;
    const registered = await app.simulator.register({ ...number, verifiedName: label, webhookUrl: webhookUrl(app, connected.channelId) });
    if (!registered) return { ok: false, status: 502, code: 'simulator-handshake-failed' };
    return { ok: true, channelId: connected.channelId, phonePage: app.simulator.baseUrl };
  };
