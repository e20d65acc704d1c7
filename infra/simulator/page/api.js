// The control side of the simulator.
import { toast } from './dom.js';
import { word } from './words.js';

export async function call(method, path, body) {
  let response;
  try {
    response = await fetch(`/control/${path}`, {
      method,
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
  } catch {
    toast(word('gone'));
    return null;
  }
  const answer = await response.json().catch(() => ({}));
  if (response.ok) return answer;
  toast(word('refused', answer.message ?? String(response.status)));
  return null;
}

export function listen(onNews, onReconnect) {
  const source = new EventSource('/control/events');
  let opened = false;
  source.addEventListener('message', (event) => onNews(JSON.parse(event.data)));
  source.addEventListener('open', () => {
    // What happened while the line was down is in the state.
    if (opened) onReconnect();
    opened = true;
  });
}

export async function base64Of(file) {
  const address = await new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener('load', () => resolve(reader.result));
    reader.addEventListener('error', () => reject(reader.error));
    reader.readAsDataURL(file);
  });
  return String(address).split(',')[1] ?? '';
}
