/** Errors in Graph's form, with the HTTP status that Meta sends them with. */
import { randomBytes } from 'node:crypto';

export type GraphError = {
  readonly httpStatus: number;
  readonly code: number;
  readonly subcode?: number;
  readonly title: string;
  readonly details: string;
};

type Row = { readonly httpStatus: number; readonly title: string; readonly details: string };

/** What the failure switches can play; details in Meta's tone. */
const ROWS: ReadonlyMap<number, Row> = new Map([
  [0, { httpStatus: 401, title: 'AuthException', details: 'Authentication error: no access token was given.' }],
  [4, { httpStatus: 400, title: 'API Too Many Calls', details: 'The app has reached its API call rate limit.' }],
  [10, { httpStatus: 403, title: 'API Permission Denied', details: 'Permission is either not granted or has been removed.' }],
  [100, { httpStatus: 400, title: 'Invalid parameter', details: 'The request included one or more unsupported or misspelled parameters.' }],
  [190, { httpStatus: 401, title: 'Access token has expired', details: 'The access token has expired or is not valid.' }],
  [
    368,
    {
      httpStatus: 403,
      title: 'Temporarily blocked for policies violations',
      details: 'The account has been restricted for violating a platform policy.',
    },
  ],
  [
    130429,
    {
      httpStatus: 429,
      title: 'Rate limit hit',
      details: 'Message failed to send because there were too many messages sent from this phone number in a short period of time.',
    },
  ],
  [131000, { httpStatus: 500, title: 'Something went wrong', details: 'Message failed to send because of an unknown error.' }],
  [131016, { httpStatus: 503, title: 'Service unavailable', details: 'A service is temporarily unavailable.' }],
  [131008, { httpStatus: 400, title: 'Required parameter is missing', details: 'The request is missing a required parameter.' }],
  [131009, { httpStatus: 400, title: 'Parameter value is not valid', details: 'One or more parameter values are not valid.' }],
  [131021, { httpStatus: 400, title: 'Recipient cannot be sender', details: 'Sender and recipient phone number is the same.' }],
  [131026, { httpStatus: 400, title: 'Message undeliverable', details: 'Message Undeliverable.' }],
  [
    131031,
    { httpStatus: 403, title: 'Account has been locked', details: 'The WhatsApp Business Account has been restricted or disabled.' },
  ],
  [131042, { httpStatus: 400, title: 'Business eligibility payment issue', details: 'There was an error related to the payment method.' }],
  [
    131047,
    {
      httpStatus: 400,
      title: 'Re-engagement message',
      details: 'Message failed to send because more than 24 hours have passed since the customer last replied to this number.',
    },
  ],
  [
    131048,
    {
      httpStatus: 400,
      title: 'Spam rate limit hit',
      details: 'Message failed to send because there are restrictions on how many messages can be sent from this phone number.',
    },
  ],
  [
    131049,
    {
      httpStatus: 400,
      title: 'Meta chose not to deliver',
      details: 'This message was not delivered to maintain healthy ecosystem engagement.',
    },
  ],
  [
    131050,
    {
      httpStatus: 400,
      title: 'User has stopped marketing messages',
      details: 'The recipient has chosen not to receive marketing messages from this business.',
    },
  ],
  [131051, { httpStatus: 400, title: 'Unsupported message type', details: 'Message type is not currently supported.' }],
  [131052, { httpStatus: 400, title: 'Media download error', details: 'The media could not be downloaded.' }],
  [131053, { httpStatus: 400, title: 'Media upload error', details: 'The media used in the message could not be uploaded.' }],
  [
    131056,
    {
      httpStatus: 400,
      title: 'Pair rate limit hit',
      details: 'Too many messages sent from this phone number to the same recipient in a short period of time.',
    },
  ],
  [131057, { httpStatus: 500, title: 'Account in maintenance mode', details: 'The business account is in maintenance mode.' }],
  [
    133010,
    { httpStatus: 400, title: 'Phone number not registered', details: 'Phone number is not registered on the WhatsApp Business Platform.' },
  ],
] as const);

/** Meta accepts the send and reports these by a status later. */
const FOUND_OUT_LATER: readonly number[] = [131026, 131049, 131050, 131053];

export function failsLater(code: number): boolean {
  return FOUND_OUT_LATER.includes(code);
}

export function graphError(code: number, details?: string): GraphError {
  const row = ROWS.get(code) ?? { httpStatus: 400, title: 'Error', details: 'The request failed.' };
  return { code, httpStatus: row.httpStatus, title: row.title, details: details ?? row.details };
}

/** Graph's answer for an id that is not there or not yours; it does not say which. */
export function noSuchObject(id: string): GraphError {
  return {
    httpStatus: 400,
    code: 100,
    subcode: 33,
    title: 'Unsupported request',
    details: `Object with ID '${id}' does not exist, cannot be loaded due to missing permissions, or does not support this operation`,
  };
}

export function errorBody(error: GraphError): object {
  return {
    error: {
      message: `(#${error.code}) ${error.title}`,
      type: error.code === 0 || error.code === 190 ? 'OAuthException' : 'GraphMethodException',
      code: error.code,
      ...(error.subcode === undefined ? {} : { error_subcode: error.subcode }),
      error_data: { messaging_product: 'whatsapp', details: error.details },
      fbtrace_id: `A${randomBytes(16).toString('base64url').slice(0, 22)}`,
    },
  };
}
