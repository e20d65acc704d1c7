// One message on the phone.
import { element, icon, timeText } from './dom.js';
import { state } from './store.js';
import { word } from './words.js';

export function bubble(message) {
  const mine = message.author === 'customer';
  const made = element('div', { class: `b ${mine ? 'me' : ''}`, dir: 'auto', 'data-wamid': message.wamid });
  if (message.replyTo !== null) made.append(quote(message.replyTo));
  if (message.mediaId !== null) made.append(message.type === 'image' ? picture(message) : paper(message));
  if (message.text !== null) made.append(element('span', { class: 'txt' }, message.text));
  else if (message.mediaId === null) made.append(element('span', { class: 'odd' }, word('oddMessage', message.type)));
  made.append(
    element(
      'span',
      { class: 'ft', dir: document.documentElement.dir },
      element('time', { class: 'n', datetime: new Date(message.sentAt).toISOString() }, timeText(message.sentAt)),
      tick(message),
    ),
  );
  showArrival(made, message);
  return made;
}

export function showState(chat, message) {
  const shown = chat.querySelector(`[data-wamid="${CSS.escape(message.wamid)}"] .tick`);
  if (shown === null) return;
  shown.replaceWith(tick(message));
  showArrival(chat.querySelector(`[data-wamid="${CSS.escape(message.wamid)}"]`), message);
}

/** What never reached the phone is drawn as an outline, so that one sees what the business thinks it said. */
function showArrival(made, message) {
  made.classList.toggle('lost', message.state === 'failed');
}

/** On her own messages: read by the business. On the business's: what this phone has told about it. */
function tick(message) {
  const failed = message.state === 'failed';
  const words = failed && message.errorCode !== null ? word('failedWith', message.errorCode) : word(`state-${message.state}`);
  const name = { sending: 'clock', sent: 'tick', delivered: 'ticks', read: 'ticks', failed: 'circle-alert' }[message.state];
  return element('span', { class: `tick ${message.state}`, title: words }, icon(name, 'i-14'), element('span', { class: 'vh' }, words));
}

function quote(wamid) {
  const original = state.messages.find((message) => message.wamid === wamid);
  return element('span', { class: 'quote', dir: 'auto' }, original?.text ?? original?.filename ?? '…');
}

function picture(message) {
  return element('img', { src: `/control/media/${message.mediaId}`, alt: message.text ?? word('photo') });
}

function paper(message) {
  return element(
    'a',
    { class: 'doc', href: `/control/media/${message.mediaId}`, download: message.filename ?? '' },
    icon('file-down', 'i-20'),
    element('bdi', { class: 'grow' }, message.filename ?? word('document')),
  );
}
