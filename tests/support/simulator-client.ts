import { createHmac } from 'node:crypto';

/** The control side of the simulator, as tests play customers with it. */
export type SimulatedMessage = {
  readonly wamid: string;
  readonly phoneNumberId: string;
  readonly customerId: string;
  readonly author: 'customer' | 'business';
  readonly type: string;
  readonly text: string | null;
  readonly filename: string | null;
  readonly mimeType: string | null;
  readonly replyTo: string | null;
  readonly callbackData: string | null;
  readonly state: string;
};
export type SimulatedCustomer = { readonly id: string; readonly name: string; readonly phone: string };
export type SimulatedNumber = {
  readonly phoneNumberId: string;
  readonly displayPhoneNumber: string;
  readonly accessToken: string;
  readonly appSecret: string;
  readonly verifyToken: string;
  readonly webhookUrl: string | null;
};
export type SimulatorState = {
  readonly numbers: readonly { readonly phoneNumberId: string }[];
  readonly messages: readonly SimulatedMessage[];
  readonly webhooks: readonly { readonly delivery: number; readonly status: number | null }[];
};
/** What a customer sends. Bytes as base64. */
export type Written = {
  readonly text?: string;
  readonly image?: { readonly base64: string; readonly mimeType: string; readonly caption?: string };
  readonly document?: { readonly base64: string; readonly mimeType: string; readonly filename: string; readonly caption?: string };
  readonly raw?: { readonly type: string; readonly body: object };
  readonly replyTo?: string;
};

export type SimulatorClient = ReturnType<typeof simulatorClient>;

export const simulatorClient = (baseUrl: string) => {
  const ask = async <T>(method: string, path: string, body?: object): Promise<T> => {
    const response = await fetch(`${baseUrl}/control${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    if (!response.ok) throw new Error(`expected the simulator to do ${method} ${path}, got ${String(response.status)}`);
    return (await response.json()) as T;
  };
  let customers = 0;
  return {
    baseUrl,
    state: () => ask<SimulatorState>('GET', '/state'),
    number: (phoneNumberId: string) => ask<SimulatedNumber>('GET', `/numbers/${phoneNumberId}`),
    changeNumber: (phoneNumberId: string, change: Partial<SimulatedNumber>) =>
      ask<SimulatedNumber>('PUT', `/numbers/${phoneNumberId}`, change),
    newNumber: (number: Partial<SimulatedNumber>) => ask<SimulatedNumber>('POST', '/numbers', number),
    newCustomer: (name: string, phone = `2010${String(10_000_000 + (customers += 1))}`) =>
      ask<SimulatedCustomer>('POST', '/customers', { name, phone, language: 'en' }),
    write: (customer: SimulatedCustomer, numberId: string, written: Written) =>
      ask<SimulatedMessage>('POST', `/customers/${customer.id}/messages`, { numberId, ...written }),
    read: (customer: SimulatedCustomer, numberId: string) => ask('POST', `/customers/${customer.id}/read`, { numberId }),
    chaos: (switches: object) => ask('PUT', '/chaos', switches),
    calm: () => ask('DELETE', '/chaos'),
    advanceClock: (advanceMs: number) => ask('POST', '/clock', { advanceMs }),
    /** Replies that reached the customer's phone, by the product's own id. */
    repliesTo: async (messageId: string): Promise<readonly SimulatedMessage[]> =>
      (await ask<SimulatorState>('GET', '/state')).messages.filter(({ callbackData }) => callbackData === messageId),
  };
};

/** Posts a delivery as WhatsApp would: signed over its bytes. */
export const deliver = (webhookUrl: string, appSecret: string, body: object | string, signal?: AbortSignal): Promise<Response> => {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const signature = createHmac('sha256', appSecret).update(text).digest('hex');
  return fetch(webhookUrl, {
    method: 'POST',
    body: text,
    headers: { 'content-type': 'application/json', 'x-hub-signature-256': `sha256=${signature}` },
    ...(signal && { signal }),
  });
};

/** A delivery of one number, with whatever `value` holds. */
export const deliveryOf = (phoneNumberId: string, ...values: readonly object[]): object => ({
  object: 'whatsapp_business_account',
  entry: [
    {
      id: '102290129340398',
      changes: values.map((value) => ({
        field: 'messages',
        value: {
          messaging_product: 'whatsapp',
          metadata: { display_phone_number: '15550783881', phone_number_id: phoneNumberId },
          ...value,
        },
      })),
    },
  ],
});

export type Writer = { readonly phone: string; readonly bsuid: string; readonly name: string };

/** One text of one person, as `value` of a delivery. */
export const textValue = ({ phone, bsuid, name }: Writer, wamid: string, body: string, at = Date.now()): object => ({
  contacts: [{ profile: { name }, wa_id: phone, user_id: bsuid }],
  messages: [{ from: phone, from_user_id: bsuid, id: wamid, timestamp: String(Math.floor(at / 1_000)), type: 'text', text: { body } }],
});

export const statusValue = (wamid: string, status: string, callbackData: string, at = Date.now(), more: object = {}): object => ({
  statuses: [
    {
      id: wamid,
      status,
      timestamp: String(Math.floor(at / 1_000)),
      recipient_id: '201000000000',
      biz_opaque_callback_data: callbackData,
      ...more,
    },
  ],
});
