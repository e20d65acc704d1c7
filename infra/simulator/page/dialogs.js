// Forms that open over the page: a customer, a number and its values, start over.
import { call } from './api.js';
import { element, find, icon, toast } from './dom.js';
import { currentCustomer, currentNumber, reload, select, state } from './store.js';
import { fillWords, word } from './words.js';

function open(title, content) {
  const dialog = find('dialog');
  const close = element('button', { class: 'ib', type: 'button', 'aria-label': word('close'), onclick: () => dialog.close() }, icon('x'));
  dialog.replaceChildren(element('header', {}, element('h2', { id: 'dialog-h' }, title), close), content);
  fillWords(dialog);
  if (!dialog.open) dialog.showModal();
  dialog.querySelector('input, .primary')?.focus();
  return dialog;
}

function field(name, { label, value = '', hint, type = 'text', dir = 'auto', required = true, placeholder }) {
  return element(
    'label',
    { class: 'field' },
    element('span', { class: 'label' }, word(label)),
    element('input', {
      class: 'input',
      name,
      type,
      dir,
      value,
      required,
      placeholder,
      autocomplete: 'off',
      'aria-describedby': hint && `hint-${name}`,
    }),
    hint ? element('span', { class: 'hint', id: `hint-${name}` }, word(hint)) : null,
  );
}

function form(action, submit, ...fields) {
  return element(
    'form',
    {
      onsubmit: async (event) => {
        event.preventDefault();
        const data = Object.fromEntries(new FormData(event.target));
        if ((await submit(data)) !== false) find('dialog').close();
      },
    },
    ...fields,
    element(
      'div',
      { class: 'foot' },
      element('button', { class: 'btn', type: 'button', onclick: () => find('dialog').close() }, word('cancel')),
      element('button', { class: 'btn primary' }, word(action)),
    ),
  );
}

/** Invented, in the shape of an Egyptian mobile. */
const inventedPhone = () => `+20 10 ${String(Math.floor(Math.random() * 1e8)).padStart(8, '0')}`;

export function newCustomerDialog() {
  const language = element(
    'label',
    { class: 'field' },
    element('span', { class: 'label' }, word('writes')),
    element(
      'select',
      { class: 'input', name: 'language' },
      element('option', { value: 'en' }, word('english')),
      element('option', { value: 'ar', selected: document.documentElement.lang === 'ar' }, word('arabic')),
    ),
  );
  const hidden = element(
    'label',
    { class: 'tick-row' },
    element('input', { type: 'checkbox', name: 'phoneHidden' }),
    word('hideFromStart'),
  );
  open(
    word('newCustomer'),
    form(
      'create',
      async ({ name, phone, language: writes, phoneHidden }) => {
        const made = await call('POST', 'customers', { name, phone, language: writes, phoneHidden: phoneHidden === 'on' });
        if (made === null) return false;
        await reload();
        select({ customerId: made.id });
        return true;
      },
      field('name', { label: 'name' }),
      field('phone', { label: 'phoneNumber', type: 'tel', dir: 'ltr', value: inventedPhone() }),
      language,
      hidden,
    ),
  );
}

export function changeNumberDialog() {
  open(
    word('changeNumber'),
    form(
      'change',
      async ({ phone }) => {
        const made = await call('PUT', `customers/${state.customerId}`, { phone });
        if (made === null) return false;
        toast(word('movedOn', `\u2066+${made.phone}\u2069`));
        return true;
      },
      element('p', {}, currentCustomer()?.name ?? ''),
      field('phone', { label: 'newNumber', type: 'tel', dir: 'ltr', value: inventedPhone() }),
    ),
  );
}

export function confirmStartOver() {
  open(
    word('startOver'),
    form('startOver', async () => (await call('POST', 'reset')) !== null && reload(), element('p', {}, word('overSure'))),
  );
}

export function connectDialog() {
  const number = currentNumber();
  if (number === undefined) numberForm();
  else void showValues(number.phoneNumberId);
}

function numberForm(number) {
  const fields =
    number === undefined
      ? [
          element('p', { class: 't2' }, word('connectIntro')),
          field('verifiedName', { label: 'verifiedName', value: 'Marsa Group' }),
          field('displayPhoneNumber', {
            label: 'displayNumber',
            type: 'tel',
            dir: 'ltr',
            value: `+20 2 0000 ${Math.floor(1000 + Math.random() * 9000)}`,
          }),
        ]
      : [];
  const address = field('webhookUrl', {
    label: 'webhookUrl',
    type: 'url',
    dir: 'ltr',
    value: number?.webhookUrl ?? '',
    hint: 'webhookHint',
    required: false,
    placeholder: 'http://127.0.0.1:8080/webhooks/whatsapp/…',
  });
  open(
    word('connectTitle'),
    form(
      'save',
      async (data) => {
        const body = { ...data, webhookUrl: data.webhookUrl === '' ? null : data.webhookUrl };
        const saved =
          number === undefined ? await call('POST', 'numbers', body) : await call('PUT', `numbers/${number.phoneNumberId}`, body);
        if (saved === null) return false;
        await reload();
        select({ numberId: saved.phoneNumberId });
        await showValues(saved.phoneNumberId);
        return false;
      },
      ...fields,
      address,
    ),
  );
}

async function showValues(phoneNumberId) {
  const number = await call('GET', `numbers/${phoneNumberId}`);
  if (number === null) return;
  const rows = [
    ['baseUrl', location.origin],
    ['phoneNumberId', number.phoneNumberId],
    ['accessToken', number.accessToken],
    ['appSecret', number.appSecret],
    ['verifyToken', number.verifyToken],
  ];
  const kind = number.handshake === null ? 'warning' : number.handshake.ok ? 'success' : 'danger';
  const text =
    number.handshake === null
      ? word('notHeard', number.verifiedName)
      : number.handshake.ok
        ? word('connectedAs', number.verifiedName)
        : word('handshakeFailed', word(`why-${number.handshake.reason}`));
  open(
    word('valuesTitle'),
    element(
      'div',
      { class: 'body' },
      element(
        'div',
        { class: `callout ${kind}` },
        icon(kind === 'success' ? 'check' : 'circle-alert'),
        element(
          'span',
          { class: 'grow' },
          text,
          number.webhookUrl === null ? null : element('bdi', { dir: 'ltr', class: 'sm t2 mono' }, ` ${number.webhookUrl}`),
        ),
      ),
      element(
        'dl',
        {},
        ...rows.map(([name, value]) =>
          element(
            'div',
            { class: 'secret' },
            element('dt', {}, word(name)),
            element('dd', {}, element('bdi', { dir: 'ltr', class: 'mono' }, value)),
            element('dd', {}, copyButton(word(name), value)),
          ),
        ),
      ),
      element(
        'div',
        { class: 'foot' },
        element('button', { class: 'btn', onclick: () => numberForm() }, word('addNumber')),
        element('button', { class: 'btn primary', onclick: () => numberForm(number) }, word('changeWebhook')),
      ),
    ),
  );
}

function copyButton(name, value) {
  return element(
    'button',
    {
      class: 'ib',
      'aria-label': `${word('copy')}: ${name}`,
      title: word('copy'),
      onclick: async () => {
        await navigator.clipboard.writeText(value);
        toast(word('copied'));
      },
    },
    icon('copy'),
  );
}
