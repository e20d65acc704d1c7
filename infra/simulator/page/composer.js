// Writing as the customer: text, a photo, a document.
import { base64Of, call } from './api.js';
import { find, toast } from './dom.js';
import { onChange, state } from './store.js';
import { word } from './words.js';

const MAX_PHOTO_BYTES = 5 * 1024 * 1024;
const MAX_DOCUMENT_BYTES = 100 * 1024 * 1024;

export function startComposer() {
  const text = find('text');
  find('composer').addEventListener('submit', (event) => {
    event.preventDefault();
    void sendText();
  });
  text.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    void sendText();
  });
  text.addEventListener('input', showReady);
  startMenu();
  find('file-photo').addEventListener('change', (event) => sendFile(event.target, 'image', MAX_PHOTO_BYTES));
  find('file-document').addEventListener('change', (event) => sendFile(event.target, 'document', MAX_DOCUMENT_BYTES));
  onChange((what) => {
    if (what === 'all' || what === 'selection') showReady();
  });
}

function showReady() {
  const ready = state.numberId !== null && state.customerId !== null;
  find('text').disabled = !ready;
  find('attach').disabled = !ready;
  find('send').disabled = !ready || find('text').value.trim() === '';
}

const write = (content) => call('POST', `customers/${state.customerId}/messages`, { numberId: state.numberId, ...content });

async function sendText() {
  const field = find('text');
  const words = field.value.trim();
  if (words === '' || state.numberId === null) return;
  field.value = '';
  showReady();
  // What could not be sent comes back into the field.
  if ((await write({ text: words })) === null) field.value = words;
  showReady();
}

async function sendFile(input, kind, maxBytes) {
  const file = input.files?.[0];
  if (file === undefined) return;
  const field = find('text');
  const caption = field.value.trim();
  input.value = '';
  if (file.size > maxBytes) return toast(word('tooLarge'));
  const common = {
    base64: await base64Of(file),
    mimeType: file.type || 'application/octet-stream',
    ...(caption === '' ? {} : { caption }),
  };
  const sent = await write({ [kind]: kind === 'document' ? { ...common, filename: file.name } : common });
  if (sent !== null) field.value = '';
  showReady();
}

function startMenu() {
  const button = find('attach');
  const menu = find('attach-menu');
  button.setAttribute('aria-label', word('attach'));
  const open = (on) => {
    menu.hidden = !on;
    button.setAttribute('aria-expanded', String(on));
    if (on) menu.firstElementChild.focus();
  };
  button.addEventListener('click', () => open(menu.hidden));
  menu.addEventListener('keydown', (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      [...menu.children].at([...menu.children].indexOf(document.activeElement) + step)?.focus();
    }
    if (event.key === 'Escape') {
      open(false);
      button.focus();
    }
  });
  document.addEventListener('click', (event) => {
    if (!event.target.closest('.attach')) open(false);
  });
  for (const [name, input] of [
    ['attach-photo', 'file-photo'],
    ['attach-document', 'file-document'],
  ]) {
    find(name).addEventListener('click', () => {
      open(false);
      find(input).click();
    });
  }
}
