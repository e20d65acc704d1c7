// Small helpers: elements, icons, digits.

export const find = (id) => document.getElementById(id);
export const arabic = document.documentElement.lang === 'ar';
const locale = arabic ? 'ar-EG' : 'en-GB';

export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (key === 'class') made.className = value;
    else if (key.startsWith('on')) made.addEventListener(key.slice(2), value);
    else made.setAttribute(key, value === true ? '' : value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

const SVG = 'http://www.w3.org/2000/svg';

export function icon(name, classes = '') {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('class', `i ${classes}`);
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS(SVG, 'use');
  use.setAttribute('href', `/page/icons.svg#${name}`);
  svg.append(use);
  return svg;
}

export const numberText = (value) => value.toLocaleString(locale);

const clock = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', hour12: false });
const clockSeconds = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false });
const day = new Intl.DateTimeFormat(locale, { weekday: 'short', day: 'numeric', month: 'short' });

export const timeText = (ms) => clock.format(ms);
export const secondsText = (ms) => clockSeconds.format(ms);
export const dayText = (ms) => day.format(ms);
export const dayKey = (ms) => new Date(ms).toDateString();

let toastTimer;

export function toast(text) {
  const box = find('toast');
  box.textContent = text;
  box.classList.add('on');
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => box.classList.remove('on'), 4000);
}
