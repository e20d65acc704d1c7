// The page's frame: bar, tabs, theme, language; starts everything else.
import { call } from './api.js';
import { startChaos } from './chaos.js';
import { startComposer } from './composer.js';
import { startCustomers } from './customers.js';
import { confirmStartOver, connectDialog } from './dialogs.js';
import { arabic, element, find, icon, toast } from './dom.js';
import { startTabs } from './panes.js';
import { startPhone } from './phone.js';
import { currentCustomer, currentNumber, onChange, start, state } from './store.js';
import { startWebhooks } from './webhooks.js';
import { fillWords, word } from './words.js';

function startTheme() {
  const button = find('theme');
  const system = matchMedia('(prefers-color-scheme: dark)');
  const dark = () => (document.documentElement.dataset.theme ?? (system.matches ? 'dark' : 'light')) === 'dark';
  const show = () => {
    const label = word(dark() ? 'toLight' : 'toDark');
    button.setAttribute('aria-label', label);
    button.title = label;
    button.replaceChildren(icon(dark() ? 'sun' : 'moon'));
  };
  button.addEventListener('click', () => {
    document.documentElement.dataset.theme = dark() ? 'light' : 'dark';
    localStorage.setItem('simulator-theme', document.documentElement.dataset.theme);
    show();
  });
  system.addEventListener('change', show);
  show();
}

function startLanguage() {
  const link = find('language');
  const showLink = () => {
    const query = new URLSearchParams(arabic ? {} : { lang: 'ar' });
    if (state.customerId !== null) query.set('customer', state.customerId);
    link.href = `?${query}`;
  };
  link.lang = arabic ? 'en' : 'ar';
  link.setAttribute('aria-label', word('language'));
  link.title = word('language');
  onChange(showLink);
}

function showConnection() {
  const badge = find('connection');
  const number = currentNumber();
  const [kind, text] =
    number === undefined
      ? ['warning', word('noNumber')]
      : number.handshake === null
        ? ['warning', word('notHeard', number.verifiedName)]
        : number.handshake.ok
          ? ['success', word('connectedAs', number.verifiedName)]
          : [
              'danger',
              word(
                'handshakeFailed',
                word(`why-${number.handshake.reason}`) + (number.handshake.status ? ` ${number.handshake.status}` : ''),
              ),
            ];
  badge.className = `badge l conn ${kind}`;
  badge.replaceChildren(element('span', { class: `dot ${kind}` }), element('span', { class: 'cut' }, text));
}

function showScripts() {
  const customer = currentCustomer();
  const one = find('run-one');
  one.hidden = customer?.scripted !== true || state.numberId === null;
  one.lastElementChild.textContent = word('runOne', customer?.name.split(' ')[0] ?? '');
  const all = find('run-all');
  const running = state.scriptsRunning.length > 0;
  all.hidden = state.numberId === null;
  all.lastElementChild.textContent = word(running ? 'stop' : 'runAll');
  all.setAttribute('aria-label', word(running ? 'stop' : 'runAll'));
  all.firstElementChild.replaceWith(icon(running ? 'stop' : 'users-round', 'i-14'));
}

async function run(customers) {
  const answer = await call('POST', 'script/start', { customers, pace: 'natural', numberId: state.numberId });
  if (answer !== null) toast(word('startedCount', answer.started));
}

fillWords();
document.title = `${word('simulator')} · V Connect`;
startTabs();
startTheme();
startLanguage();
startCustomers();
startPhone();
startComposer();
startWebhooks();
startChaos();
find('connection').addEventListener('click', connectDialog);
find('run-one').addEventListener('click', () => run([state.customerId]));
find('run-all').addEventListener('click', () => (state.scriptsRunning.length > 0 ? call('POST', 'script/stop') : run(12)));
find('start-over').addEventListener('click', confirmStartOver);
onChange((what) => {
  if (what !== 'all' && what !== 'selection') return;
  showConnection();
  showScripts();
});
await start();
