// What was sent to the product, and what it answered.
import { element, find, numberText, secondsText } from './dom.js';
import { onChange, state } from './store.js';
import { hasWord, word } from './words.js';

export function startWebhooks() {
  onChange((what, entry) => {
    if (what === 'all') showAll();
    if (what === 'webhooks') add(entry);
  });
}

function showAll() {
  find('log').replaceChildren(...state.webhooks.toReversed().map(row));
  showSum();
}

function add(entry) {
  const made = row(entry);
  made.classList.add('new');
  find('log').prepend(made);
  while (find('log').children.length > 300) find('log').lastElementChild.remove();
  showSum();
}

function showSum() {
  const { webhooks } = state;
  find('log-count').textContent = webhooks.length === 0 ? '' : numberText(webhooks.length);
  find('log-empty').hidden = webhooks.length > 0;
  const bad = [...new Map(webhooks.map((entry) => [entry.delivery, entry.status])).values()].filter((status) => status !== 200).length;
  const sum = find('log-sum');
  sum.hidden = webhooks.length === 0;
  sum.replaceChildren(
    element('span', { class: `dot ${bad === 0 ? 'success' : 'warning'}` }),
    bad === 0 ? word('allAnswered') : word('waiting', bad),
  );
}

function row(entry) {
  const ok = entry.status === 200;
  return element(
    'tr',
    {},
    element('td', { class: 'n' }, secondsText(new Date(entry.at))),
    element('td', { class: 'field-col' }, element('bdi', { dir: 'ltr', class: 'mono' }, entry.field)),
    element('td', { class: 'cut what', title: sentence(entry) }, sentence(entry)),
    element(
      'td',
      { class: 'r' },
      element('bdi', { dir: 'ltr', class: `mono ${ok ? 'ok' : 'bad-t'}` }, entry.status === null ? word('none') : String(entry.status)),
    ),
    element('td', { class: 'r' }, element('bdi', { dir: 'ltr', class: 'num t3' }, String(entry.tookMs))),
  );
}

function sentence(entry) {
  const [first] = entry.what;
  const one =
    first.kind === 'message'
      ? word('messageFrom', typeWord(first.type), first.customer)
      : word('statusFor', word(`st-${first.type}`), first.customer);
  const extra = [
    entry.escaped && first.kind === 'message' ? word('escaped') : null,
    entry.duplicate ? word('twice') : null,
    entry.attempt > 1 ? word('again', entry.attempt) : null,
    entry.badSignature ? word('unsigned') : null,
  ].filter((each) => each !== null);
  const main = entry.what.length === 1 ? one : word('itemsOf', entry.what.length, one);
  return [main, ...extra].join(document.documentElement.lang === 'ar' ? '، ' : ', ');
}

const typeWord = (type) => (hasWord(`msg-${type}`) ? word(`msg-${type}`) : type);
