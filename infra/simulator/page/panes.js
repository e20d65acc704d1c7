// On a small screen one part is shown at a time.
import { element, find, icon } from './dom.js';
import { word } from './words.js';

const PANES = { people: 'users-round', phone: 'smartphone', webhooks: 'scroll-text', chaos: 'siren' };

export function showPane(pane) {
  document.querySelector('.app').dataset.pane = pane;
  for (const tab of find('tabs').children) tab.setAttribute('aria-current', String(tab.dataset.pane === pane));
}

export function startTabs() {
  find('tabs').append(
    ...Object.entries(PANES).map(([pane, name]) =>
      element(
        'button',
        { 'data-pane': pane, 'aria-current': String(pane === 'phone'), onclick: () => showPane(pane) },
        icon(name, 'i-20'),
        word(`tab-${pane}`),
      ),
    ),
  );
}
