/** Webhook bodies as Meta sends them; people and numbers invented. */

export const PHONE_NUMBER_ID = '106540352242922';

export function envelope(...values: readonly object[]): Uint8Array {
  const changes = values.map((value) => ({ field: 'messages', value: { messaging_product: 'whatsapp', metadata: metadata(), ...value } }));
  return bytesOf({ object: 'whatsapp_business_account', entry: [{ id: '102290129340398', changes }] });
}

export function metadata(): object {
  return { display_phone_number: '15550783881', phone_number_id: PHONE_NUMBER_ID };
}

export function bytesOf(value: unknown): Uint8Array {
  return new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));
}

export const NOUR = { profile: { name: 'نور حسن', username: 'nour.h' }, wa_id: '201000000101', user_id: 'EG.4931822190341127' };

export function textMessage(over: object = {}): object {
  return {
    from: '201000000101',
    from_user_id: 'EG.4931822190341127',
    id: 'wamid.HBgMMjAxMDAwMDAwMTAxFQIAEhgUM0EBQQ==',
    timestamp: '1795504704',
    type: 'text',
    text: { body: 'صباح الخير، الطلب ٤٠٨١٧ ما وصلش' },
    ...over,
  };
}

export const IMAGE_MESSAGE = {
  from: '201000000101',
  from_user_id: 'EG.4931822190341127',
  id: 'wamid.image',
  timestamp: '1795504710',
  type: 'image',
  image: {
    caption: 'شوفوا الصورة',
    mime_type: 'image/jpeg',
    sha256: 'NDY3YTZhNzY3YTYzNzM2YTZiNmE3MzZhNmI2YTczNmE=',
    id: '1003383421387256',
  },
};

export const DOCUMENT_MESSAGE = {
  context: { from: '15550783881', id: 'wamid.question' },
  from_user_id: 'EG.4931822190341127',
  id: 'wamid.document',
  timestamp: '1795504720',
  type: 'document',
  document: { filename: 'فاتورة 40817.pdf', mime_type: 'application/pdf', sha256: 'abc=', id: '1003383421387257' },
};

export const STATUSES = [
  {
    id: 'wamid.out',
    status: 'sent',
    timestamp: '1795504730',
    recipient_id: '201000000101',
    biz_opaque_callback_data: '0193b2c1d2',
    pricing: { billable: false, pricing_model: 'PMP', type: 'free_customer_service', category: 'service' },
  },
  { id: 'wamid.out', status: 'delivered', timestamp: '1795504731', recipient_id: '201000000101', biz_opaque_callback_data: '0193b2c1d2' },
  {
    id: 'wamid.bad',
    status: 'failed',
    timestamp: '1795504732',
    errors: [
      { code: 131026, title: 'Message undeliverable', message: 'Message undeliverable', error_data: { details: 'Message Undeliverable.' } },
    ],
  },
];
