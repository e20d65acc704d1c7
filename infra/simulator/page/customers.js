// The people one can play, and the business they write to.
import { newCustomerDialog } from './dialogs.js';
import { element, find, numberText } from './dom.js';
import { showPane } from './panes.js';
import { onChange, select, state, waitsForReading } from './store.js';

export function startCustomers() {
  find('new-person').addEventListener('click', newCustomerDialog);
  find('number').addEventListener('change', (event) => select({ numberId: event.target.value }));
  find('people').addEventListener('keydown', moveWithArrows);
  onChange((what) => {
    if (what === 'all' || what === 'selection') {
      showNumbers();
      showPeople();
    }
    if (what === 'messages' || what === 'message-state') showUnread();
  });
}

function showNumbers() {
  const field = find('number');
  field.hidden = state.numbers.length < 2;
  field.replaceChildren(
    ...state.numbers.map((number) =>
      element(
        'option',
        { value: number.phoneNumberId, selected: number.phoneNumberId === state.numberId },
        `${number.verifiedName} ${number.displayPhoneNumber}`,
      ),
    ),
  );
}

function showPeople() {
  const list = find('people');
  const focused = document.activeElement?.dataset.customer;
  list.replaceChildren(...state.customers.map(row));
  showUnread();
  if (focused !== undefined) list.querySelector(`[data-customer="${CSS.escape(focused)}"]`)?.focus();
}

function row(customer) {
  const hidden = customer.phoneHidden && customer.username !== null;
  const title = hidden ? element('bdi', { dir: 'ltr' }, `@${customer.username}`) : customer.name;
  const initial = hidden ? '@' : [...customer.name][0]?.toUpperCase();
  const button = element(
    'button',
    {
      class: 'person',
      'data-customer': customer.id,
      'aria-current': customer.id === state.customerId ? 'true' : undefined,
      onclick: () => {
        select({ customerId: customer.id });
        showPane('phone');
      },
    },
    element('span', { class: 'av av-28', 'aria-hidden': 'true' }, initial),
    element(
      'span',
      { class: 'grow' },
      element('span', { class: 'med', dir: 'auto' }, title),
      element('span', { class: 'sm t2' }, customer.note[document.documentElement.lang]),
    ),
    element('span', { class: 'pill', hidden: true }),
  );
  return element('li', {}, button);
}

function showUnread() {
  const counts = new Map();
  for (const message of state.messages) {
    if (waitsForReading(message) && message.phoneNumberId === state.numberId)
      counts.set(message.customerId, (counts.get(message.customerId) ?? 0) + 1);
  }
  for (const button of find('people').querySelectorAll('.person')) {
    const count = counts.get(button.dataset.customer) ?? 0;
    button.lastElementChild.hidden = count === 0;
    button.lastElementChild.textContent = numberText(count);
  }
}

function moveWithArrows(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined) return;
  const rows = [...find('people').querySelectorAll('.person')];
  const next = rows[rows.indexOf(document.activeElement) + step];
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
}
