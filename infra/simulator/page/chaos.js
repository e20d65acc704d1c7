// Switches for what can go wrong, the clock, and the selected customer.
import { call } from './api.js';
import { changeNumberDialog } from './dialogs.js';
import { dayText, element, find, numberText, timeText } from './dom.js';
import { currentCustomer, currentNumber, now, onChange, state } from './store.js';
import { word } from './words.js';

/** `failSends` holds one code at a time, so these four exclude each other. */
const failing = (code) => ({ on: (chaos) => chaos.failSends === code, set: (value) => ({ failSends: value ? code : null }) });
const flag = (name) => ({ on: (chaos) => chaos[name], set: (value) => ({ [name]: value }) });

const DELIVERY = [
  { word: 'duplicate', ...flag('duplicate') },
  { word: 'reorder', ...flag('reorder') },
  { word: 'delay', on: (chaos) => chaos.delayMs > 0, set: (value) => ({ delayMs: value ? 5_000 : 0 }) },
  { word: 'batch', on: (chaos) => chaos.batch > 1, set: (value) => ({ batch: value ? 20 : 1 }) },
  { word: 'outage', ...flag('outage') },
  { word: 'dropDelivered', ...flag('dropDelivered') },
  { word: 'badSignature', ...flag('badSignature') },
];
const SENDING = [
  { word: 'tooFast', code: 429, ...flag('rate429') },
  { word: 'windowClosed', code: 131047, ...failing(131047) },
  { word: 'undeliverable', code: 131026, ...failing(131026) },
  { word: 'late', ...flag('deliveredAfterFailed') },
  { word: 'tokenExpired', code: 190, ...failing(190) },
  { word: 'down', code: 131016, ...failing(131016) },
  { word: 'lost', ...flag('loseAnswer') },
];

export function startChaos() {
  find('chaos').append(head(), clock(), group('delivery', DELIVERY, escapes()), group('sending', SENDING), people());
  onChange((what) => {
    if (what === 'all' || what === 'chaos') showChaos();
    if (what === 'all' || what === 'clock') showClock();
    if (what === 'all' || what === 'selection') showPerson();
  });
  setInterval(showClock, 10_000);
}

function head() {
  return element(
    'div',
    { class: 'g row-flex' },
    element(
      'span',
      { class: 'grow' },
      element('h2', {}, word('chaos')),
      element('span', { class: 'sm t2', id: 'on-count', role: 'status' }),
    ),
    element('button', { class: 'btn s ghost', id: 'all-off', onclick: () => call('DELETE', 'chaos') }, word('allOff')),
  );
}

const advance = (hours) => () => call('POST', 'clock', { advanceMs: hours * 3_600_000 });

function clock() {
  return element(
    'div',
    { class: 'g' },
    element('h3', {}, word('clock')),
    element('div', { class: 'clock' }, element('b', { class: 'n', id: 'clock-time' }), element('span', { class: 't2', id: 'clock-day' })),
    element(
      'div',
      { class: 'clockrow' },
      element('button', { class: 'btn s', onclick: advance(1) }, word('plusHour')),
      element('button', { class: 'btn s', onclick: advance(24) }, word('plusDay')),
    ),
    element('p', { class: 'sm t2 price', id: 'price' }),
  );
}

function group(title, switches, ...more) {
  const rows = switches.map((each) => switchRow(each.word, (value) => call('PUT', 'chaos', each.set(value)), each.code));
  return element('div', { class: 'g' }, element('h3', {}, word(title)), element('ul', {}, ...rows, ...more));
}

function switchRow(name, set, code) {
  const button = element('button', {
    class: 'switch',
    role: 'switch',
    'aria-checked': 'false',
    id: `sw-${name}`,
    'aria-labelledby': `lb-${name}`,
    'aria-describedby': `hn-${name}`,
  });
  button.addEventListener('click', () => set(button.getAttribute('aria-checked') !== 'true'));
  return element(
    'li',
    { class: 'sw' },
    element(
      'span',
      { class: 'grow' },
      element('span', { class: 'med', id: `lb-${name}` }, word(name)),
      element('span', { class: 'sm t2', id: `hn-${name}` }, word(`${name}Hint`)),
    ),
    code === undefined ? null : element('bdi', { dir: 'ltr', class: 'mono t3' }, String(code)),
    button,
  );
}

function escapes() {
  const field = element(
    'select',
    { class: 'input', id: 'escapes', onchange: (event) => call('PUT', 'chaos', { escapedArabic: event.target.value }) },
    ...['mixed', 'always', 'never'].map((each) => element('option', { value: each }, word(`esc-${each}`))),
  );
  return element(
    'li',
    { class: 'sw' },
    element(
      'label',
      { class: 'grow', for: 'escapes' },
      element('span', { class: 'med' }, word('escapes')),
      element('span', { class: 'sm t2' }, word('escapesHint')),
    ),
    field,
  );
}

const change = (part) => call('PUT', `customers/${state.customerId}`, part);

function people() {
  return element(
    'div',
    { class: 'g' },
    element('h3', { id: 'person-h' }),
    element(
      'ul',
      {},
      switchRow('autoRead', (autoRead) => change({ autoRead })),
      switchRow('hidePhone', (phoneHidden) => change({ phoneHidden })),
      element(
        'li',
        { class: 'sw' },
        element(
          'span',
          { class: 'grow' },
          element('span', { class: 'med' }, word('changeNumber')),
          element('span', { class: 'sm t2' }, word('changeNumberHint')),
        ),
        element('button', { class: 'btn s', 'aria-label': word('changeNumber'), onclick: changeNumberDialog }, word('change')),
      ),
    ),
  );
}

function flip(name, on) {
  const button = find(`sw-${name}`);
  button.setAttribute('aria-checked', String(on));
  button.classList.toggle('on', on);
}

function showChaos() {
  if (state.chaos === null) return;
  const all = [...DELIVERY, ...SENDING];
  for (const each of all) flip(each.word, each.on(state.chaos));
  find('escapes').value = state.chaos.escapedArabic;
  const count = all.filter((each) => each.on(state.chaos)).length;
  find('on-count').textContent = count === 0 ? word('noneOn') : word('someOn', count);
  find('all-off').hidden = count === 0;
}

function showClock() {
  find('clock-time').textContent = timeText(now());
  const hours = Math.round(state.offsetMs / 3_600_000);
  find('clock-day').textContent = `${dayText(now())}, ${hours === 0 ? word('realTime') : word('ahead', numberText(hours))}`.replace(
    ', ',
    document.documentElement.lang === 'ar' ? '، ' : ', ',
  );
  const free = currentNumber()?.freeDelivered.count;
  find('price').textContent = free === undefined ? '' : word('free', numberText(Math.min(free, 1_000)));
}

function showPerson() {
  const customer = currentCustomer();
  find('person-h').textContent = customer === undefined ? word('people') : `${word('people')}: ${customer.name}`;
  flip('autoRead', customer?.autoRead === true);
  flip('hidePhone', customer?.phoneHidden === true);
}
