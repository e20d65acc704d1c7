// The phone: one conversation, changing as it happens.
import { call } from './api.js';
import { bubble, showState } from './bubbles.js';
import { connectDialog } from './dialogs.js';
import { dayKey, dayText, element, find, timeText } from './dom.js';
import { currentCustomer, currentNumber, inChat, now, onChange, state, waitsForReading } from './store.js';
import { word } from './words.js';

let lastDay = '';
let typingTimer;

export function startPhone() {
  const mark = find('mark-read');
  mark.setAttribute('aria-label', word('markRead'));
  mark.title = word('markRead');
  mark.addEventListener('click', () => call('POST', `customers/${state.customerId}/read`, { numberId: state.numberId }));
  onChange((what, message) => {
    if (what === 'all' || what === 'selection') showAll();
    if (what === 'messages' && inChat(message)) add(message, true);
    if (what === 'message-state' && inChat(message)) showState(find('chat'), message);
    if (what === 'typing' || what === 'messages') showTyping();
    if (what === 'clock' || what === 'all') showClock();
    if (what.startsWith('message')) showMark();
  });
  setInterval(showClock, 10_000);
}

function showAll() {
  const number = currentNumber();
  const customer = currentCustomer();
  find('business-name').textContent = number?.verifiedName ?? word('noNumber');
  find('business-av').textContent = [...(number?.verifiedName ?? '?')][0];
  const name = customer?.phoneHidden && customer.username ? `@${customer.username}` : customer?.name;
  find('playing').textContent = customer === undefined ? '' : word('playing', name);
  lastDay = '';
  const messages = state.messages.filter(inChat);
  const chat = find('chat');
  // Reading aloud a whole conversation that was merely opened helps nobody.
  chat.setAttribute('aria-live', 'off');
  chat.replaceChildren();
  if (number === undefined) chat.append(emptyPhone());
  else if (messages.length === 0) chat.append(element('p', { class: 'sys' }, word('beginHint')));
  for (const message of messages) add(message, false);
  chat.scrollTop = chat.scrollHeight;
  requestAnimationFrame(() => chat.setAttribute('aria-live', 'polite'));
  showTyping();
  showMark();
  showClock();
}

function emptyPhone() {
  return element(
    'div',
    { class: 'sys' },
    word('needNumber'),
    element('br'),
    element('button', { class: 'btn s primary', onclick: connectDialog }, word('connectTitle')),
  );
}

function add(message, fresh) {
  const chat = find('chat');
  const atEnd = chat.scrollHeight - chat.scrollTop - chat.clientHeight < 80;
  chat.querySelector('p.sys')?.remove();
  const key = dayKey(message.sentAt);
  if (key !== lastDay) {
    lastDay = key;
    chat.append(element('span', { class: 'day' }, key === dayKey(now()) ? word('today') : dayText(message.sentAt)));
  }
  const made = bubble(message);
  if (fresh) made.classList.add('fresh');
  chat.append(made);
  const follow = () => {
    chat.scrollTop = chat.scrollHeight;
  };
  if (atEnd || message.author === 'customer') {
    follow();
    made.querySelector('img')?.addEventListener('load', follow);
  }
}

function showTyping() {
  const chat = find('chat');
  chat.querySelector('.typing')?.remove();
  clearTimeout(typingTimer);
  const left = state.typingUntil - Date.now();
  if (left <= 0) return;
  chat.append(element('span', { class: 'sys typing' }, word('typing')));
  chat.scrollTop = chat.scrollHeight;
  typingTimer = setTimeout(showTyping, left);
}

function showMark() {
  find('mark-read').disabled = !state.messages.some((message) => inChat(message) && waitsForReading(message));
}

function showClock() {
  find('phone-clock').textContent = timeText(now());
}
