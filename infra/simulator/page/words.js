// Every word of the page. Arabic stands in its own file.
import { ARABIC } from './words-ar.js';

const ENGLISH = {
  simulator: 'Simulator', customers: 'Customers', phone: 'Phone', parts: 'Parts of the simulator', chat: 'Conversation', business: 'Business number',
  playCustomer: 'Play a customer', newCustomer: 'New customer', nothingReaches: 'Nothing here reaches WhatsApp. Everything else is the real product.',
  startOver: 'Start over', photo: 'Photo', document: 'Document', message: 'Message', send: 'Send', attach: 'Attach a file',
  webhooks: 'Webhooks', time: 'Time', field: 'Field', what: 'What', answer: 'Answer', noWebhooks: 'No webhooks yet. They appear here with the answer of the product.',
  connectedAs: (name) => `Connected as ${name}`, noNumber: 'No number yet', notHeard: (name) => `${name}: no webhook yet`, handshakeFailed: (why) => `Webhook not verified: ${why}`,
  'why-unreachable': 'nobody answers', 'why-timeout': 'too slow', 'why-refused': 'refused', 'why-wrong-challenge': 'wrong challenge',
  connectTitle: 'Connect a number', connectIntro: 'This makes a business number here. Give its values to the product, and the product’s webhook address to this form.',
  displayNumber: 'Phone number', verifiedName: 'Business name', webhookUrl: 'Webhook address of the product', webhookHint: 'It is verified at once, as Meta does. Leave it empty to add it later.',
  save: 'Save', create: 'Create', cancel: 'Cancel', close: 'Close', copy: 'Copy', copied: 'Copied', changeWebhook: 'Set the webhook address', addNumber: 'Another number',
  baseUrl: 'API address', phoneNumberId: 'Phone number id', accessToken: 'Access token', appSecret: 'App secret', verifyToken: 'Verify token',
  valuesTitle: 'Values for the product', name: 'Name', phoneNumber: 'Phone number with country code', writes: 'Writes', arabic: 'Arabic', english: 'English',
  hideFromStart: 'Hides the phone number: only a user id and a username come', runOne: (name) => `Run ${name}’s script`, runAll: 'All twelve write', stop: 'Stop the scripts',
  playing: (name) => `seen by ${name}`, today: 'Today', markRead: 'Mark as read', typing: 'typing…', needNumber: 'No business is connected yet.',
  beginHint: 'Write something as this customer, or run the script.', 'state-sending': 'Sending', 'state-sent': 'Sent', 'state-delivered': 'Delivered', 'state-read': 'Read', 'state-failed': 'Not delivered',
  failedWith: (code) => `Not delivered, code ${code}`, oddMessage: (type) => `message of type ${type}`, you: 'You', tooLarge: 'The file is over the limit: 5 MB for photos, 100 MB for documents.',
  chaos: 'What can go wrong', allOff: 'All off', noneOn: 'everything works', someOn: (count) => (count === 1 ? '1 switch is on' : `${count} switches are on`),
  clock: 'Clock', realTime: 'real time', ahead: (hours) => `${hours} h ahead`, plusHour: '+1 h', plusDay: '+24 h: window closes', free: (count) => `${count} of 1,000 free replies used this month`,
  delivery: 'Delivery', sending: 'Answers to sending', people: 'This customer',
  duplicate: 'Duplicate', duplicateHint: 'every webhook comes twice', reorder: 'Reorder', reorderHint: 'read may come before delivered', delay: 'Delay', delayHint: '5 seconds',
  batch: 'Batch', batchHint: 'up to 20 items in one webhook', outage: 'Outage', outageHint: 'holds webhooks; all at once when switched off', dropDelivered: 'Skip delivered', dropDeliveredHint: 'read comes right after sent',
  badSignature: 'Bad signature', badSignatureHint: 'not signed with the secret', escapes: 'Arabic in webhooks', escapesHint: 'as \\u escapes or raw', 'esc-mixed': 'both in turn', 'esc-always': 'escaped', 'esc-never': 'raw',
  tooFast: 'Too fast', tooFastHint: '429, then fine', windowClosed: 'Window closed', windowClosedHint: 'templates only', undeliverable: 'Undeliverable', undeliverableHint: 'fails after it was sent',
  late: 'Delivered after failed', lateHint: 'an undeliverable one arrives after all', tokenExpired: 'Token expired', tokenExpiredHint: 'the number stops', lost: 'Lost answer', lostHint: 'accepted, but the line is cut', down: 'Meta is down', downHint: '503 for every send',
  autoRead: 'Reads at once', autoReadHint: 'off: mark as read by hand', hidePhone: 'Hide the phone', hidePhoneHint: 'only the business-scoped id comes', changeNumber: 'Change number', changeNumberHint: 'same person, new number', change: 'Change',
  allAnswered: 'every webhook was answered 200', waiting: (count) => (count === 1 ? 'the last one comes again' : `${count} come again until the answer is 200`),
  'msg-text': 'text', 'msg-image': 'photo', 'msg-document': 'document', 'msg-system': 'system message', messageFrom: (type, name) => `${type} from ${name}`, statusFor: (status, name) => `${status}, message to ${name}`,
  'st-sent': 'sent', 'st-delivered': 'delivered', 'st-read': 'read', 'st-failed': 'failed', itemsOf: (count, first) => `${count} items: ${first} …`, escaped: 'Arabic escaped', again: (attempt) => `attempt ${attempt}`, twice: 'duplicate', unsigned: 'bad signature', none: 'none',
  refused: (why) => `Refused: ${why}`, gone: 'The simulator does not answer.', language: 'العربية', toDark: 'Dark theme', toLight: 'Light theme', 'tab-people': 'Customers', 'tab-phone': 'Phone', 'tab-webhooks': 'Webhooks', 'tab-chaos': 'Chaos',
  overSure: 'Every conversation here is cleared. The product keeps what it has.', newNumber: 'New phone number', startedCount: (count) => (count === 1 ? 'One customer begins to write' : `${count} customers begin to write`), movedOn: (phone) => `New number: ${phone}`,
};

const words = document.documentElement.lang === 'ar' ? ARABIC : ENGLISH;

export function word(key, ...parts) {
  const found = words[key] ?? ENGLISH[key] ?? key;
  return typeof found === 'function' ? found(...parts) : found;
}

export const hasWord = (key) => key in ENGLISH;

export function fillWords(root = document) {
  for (const each of root.querySelectorAll('[data-word]')) each.textContent = word(each.dataset.word);
  for (const each of root.querySelectorAll('[data-label]')) each.setAttribute('aria-label', word(each.dataset.label));
  for (const each of root.querySelectorAll('[data-placeholder]')) each.setAttribute('placeholder', word(each.dataset.placeholder));
}
