import { randomBytes } from 'node:crypto';
import { newId } from '#infra/app/new-id.ts';
import type { Canary } from './canaries.ts';
import { eventually } from './eventually.ts';
import { conversationOf, must } from './organisation.ts';
import type { RunningProduct } from './running-product.ts';
import { deliver, deliveryOf } from './simulator-client.ts';

/** Eight random bytes behind a word: found nowhere by chance, and long enough for every form. */
const canary = (name: string): Canary => ({ name, value: `Canary${name.replace(/\W/gu, '')}${randomBytes(8).toString('hex')}` });
const digits = (start: string): string => `${start}${String(randomBytes(6).readUIntBE(0, 6)).padStart(15, '7').slice(-8)}`;

export const planted = {
  organisation: canary('organisation'),
  ownerName: canary('owner name'),
  ownerEmail: canary('owner e-mail'),
  password: canary('password'),
  wrongPassword: canary('wrong password'),
  agentName: canary('agent name'),
  agentEmail: canary('agent e-mail'),
  device: canary('device'),
  customerName: canary('customer name'),
  username: canary('user name'),
  bsuid: canary('bsuid'),
  body: canary('body'),
  arabic: {
    name: 'Arabic body',
    value: `كناري${randomBytes(4)
      .readUInt32BE()
      .toString()
      .split('')
      .map((digit) => '٠١٢٣٤٥٦٧٨٩'[Number(digit)])
      .join('')}سري`,
  },
  caption: canary('caption'),
  fileName: canary('file name'),
  fileContent: canary('file content'),
  unsupported: canary('unsupported body'),
  reply: canary('reply'),
  replyFile: canary('reply file'),
  replyContent: canary('reply content'),
  note: canary('note'),
  label: canary('channel label'),
  accessToken: canary('access token'),
  appSecret: canary('app secret'),
  wamid: canary('wamid'),
  address: { name: 'address', value: `203.0.113.${String(100 + ((randomBytes(1)[0] ?? 0) % 100))}` },
} as const;
export const phone = digits('2010');
/** Those that an erasure of the customer takes away. */
export const ofCustomer = [
  'customerName',
  'username',
  'bsuid',
  'body',
  'arabic',
  'caption',
  'fileName',
  'fileContent',
  'unsupported',
  'reply',
  'replyFile',
  'replyContent',
  'note',
  'wamid',
] as const;

export type Heard = { readonly place: string; readonly text: string };

/** Everything the product does with personal values, once, in all its ways. Canaries that only the product knows are added. */
export const handleCanaries = async ({ application: app, simulator, url }: RunningProduct, canaries: Canary[], heard: Heard[]) => {
  const input = {
    organisation: planted.organisation.value,
    name: planted.ownerName.value,
    email: `${planted.ownerEmail.value}@x.example`,
    password: planted.password.value,
  };
  const owner = await must(app.setUp({ ...input, address: planted.address.value, device: planted.device.value }));
  canaries.push({ name: 'session token', value: owner.token });
  await app.signIn({
    email: `${planted.ownerEmail.value}@x.example`,
    password: planted.wrongPassword.value,
    address: planted.address.value,
    device: null,
  });
  await must(
    app.addPerson(owner.viewer, {
      name: planted.agentName.value,
      email: `${planted.agentEmail.value}@x.example`,
      role: 'agent',
      password: planted.password.value,
    }),
  );
  const number = await simulator.newNumber({ accessToken: planted.accessToken.value, appSecret: planted.appSecret.value });
  canaries.push({ name: 'phone number id', value: number.phoneNumberId });
  const { channelId } = await must(
    app.connectChannel(owner.viewer, {
      label: planted.label.value,
      phoneNumberId: number.phoneNumberId,
      accessToken: planted.accessToken.value,
      appSecret: planted.appSecret.value,
      baseUrl: simulator.baseUrl,
    }),
  );
  const channel = (await must(app.channels(owner.viewer))).channels[0];
  canaries.push({ name: 'verify token', value: channel?.verifyToken.state === 'value' ? channel.verifyToken.text : '' });
  const webhookUrl = `${url}/webhooks/whatsapp/${channelId}`;
  await simulator.changeNumber(number.phoneNumberId, {
    webhookUrl,
    verifyToken: channel?.verifyToken.state === 'value' ? channel.verifyToken.text : '',
  });

  const customer = await simulator.newCustomer(planted.customerName.value, phone);
  await simulator.write(customer, number.phoneNumberId, { text: `${planted.body.value} ${planted.arabic.value}` });
  await simulator.write(customer, number.phoneNumberId, {
    document: {
      base64: Buffer.from(`a file with ${planted.fileContent.value} in it`).toString('base64'),
      mimeType: 'application/pdf',
      filename: `${planted.fileName.value}.pdf`,
      caption: planted.caption.value,
    },
  });
  const post = (item: object) =>
    deliver(
      webhookUrl,
      planted.appSecret.value,
      deliveryOf(number.phoneNumberId, {
        contacts: [
          { profile: { name: planted.customerName.value, username: planted.username.value }, wa_id: phone, user_id: planted.bsuid.value },
        ],
        messages: [{ from: phone, from_user_id: planted.bsuid.value, timestamp: String(Math.floor(Date.now() / 1_000)), ...item }],
      }),
    );
  await post({ id: `wamid.${planted.wamid.value}`, type: 'order', order: { text: planted.unsupported.value } });
  // What is refused must leave no trace either.
  heard.push({ place: 'wrong signature', text: await (await deliver(webhookUrl, 'wrong', { body: planted.body.value })).text() });
  heard.push({
    place: 'broken JSON',
    text: await (await deliver(webhookUrl, planted.appSecret.value, `{"${planted.body.value}": ${planted.bsuid.value}`)).text(),
  });
  heard.push({
    place: 'malformed delivery',
    text: await (await deliver(webhookUrl, planted.appSecret.value, { object: planted.body.value, entry: planted.bsuid.value })).text(),
  });
  await deliver(
    webhookUrl,
    planted.appSecret.value,
    deliveryOf(number.phoneNumberId, { messages: [{ from: phone, id: { odd: planted.body.value }, type: planted.bsuid.value }] }),
  );

  const item = await eventually('one conversation with three messages', async () => {
    const page = await must(app.inbox(owner.viewer, { filter: 'open' }));
    const only = page.items[0];
    if (only === undefined) return null;
    const { entries } = await conversationOf(app, owner.viewer, only.conversationId);
    const stored = entries.filter((entry) => entry.entry === 'message' && (entry.media === null || entry.media.state === 'stored'));
    return stored.length === 3 ? only : null;
  });
  const { contactId, conversationId } = item;
  await must(app.addNote(owner.viewer, { conversationId, commandId: newId(), text: planted.note.value }));
  const upload = { bytes: Buffer.from(planted.replyContent.value), type: 'application/pdf', fileName: `${planted.replyFile.value}.pdf` };
  await must(app.reply(owner.viewer, { conversationId, commandId: newId(), text: planted.reply.value, upload }));
  await must(app.revealContact(owner.viewer, contactId, 'identify-customer'));
  await eventually(
    'the reply is read',
    async () =>
      (await conversationOf(app, owner.viewer, conversationId)).entries.some(
        (entry) => entry.entry === 'message' && entry.direction === 'out' && entry.state === 'read',
      ),
    30_000,
  );
  await simulator.chaos({ failSends: 131047 });
  await must(app.reply(owner.viewer, { conversationId, commandId: newId(), text: `${planted.reply.value} again`, upload: null }));
  await eventually('the second reply failed', async () =>
    (await conversationOf(app, owner.viewer, conversationId)).entries.some(
      (entry) => entry.entry === 'message' && entry.state === 'failed',
    ),
  );
  await simulator.calm();
  return { owner, contactId };
};
