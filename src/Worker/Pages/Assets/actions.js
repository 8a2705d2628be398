// Buttons that change something: asked first where it costs or can't be undone, undone where it can be.
import { refresh, wrote } from './live.js';

const token = document.querySelector('meta[name=csrf]')?.content;

export function startActions() {
  document.addEventListener('click', event => {
    const button = event.target.closest?.('button[data-action]');
    if (button) act(button);
  });
  document.addEventListener('submit', event => {
    const form = event.target.closest?.('form[data-retry]');
    if (!form) return;
    event.preventDefault();
    const prompt = form.elements.prompt;
    const body = prompt.value === prompt.defaultValue ? {} : { prompt: prompt.value };
    run(form.dataset.retry, body, 'It goes back to pending.', null);
  });
}

async function act(button) {
  const { action, method, body, undo, done } = button.dataset;
  if (button.dataset.confirm && !await ask(button.dataset.confirm, button.dataset.text, button.dataset.yes)) return;
  button.disabled = true;
  // What goes away can't keep the focus.
  if (method === 'DELETE') document.getElementById('main').focus();
  await run(action, body ? JSON.parse(body) : {}, done, undo, method);
  button.disabled = false;
}

/** Posts JSON; tells what came of it, with the answer's fields where the words name them. Returns the answer, or null when it was refused. */
export async function run(address, body, done, undo, method) {
  const answer = await send(address, body, method);
  if (!answer) return null;
  toast(done?.replace(/\{(\w+)\}/g, (_, name) => answer[name] ?? '').trim() ?? answer.note ?? `${answer.items.toLocaleString('en')} ${answer.items === 1 ? 'item' : 'items'} changed.`, undo && (() => run(undo, {}, 'Undone.', null)), answer.state === 'failed');
  await refresh();
  return answer;
}

/** Sends a request that changes something; null and a message when it is refused. */
export async function send(address, body, method = 'POST', more = {}) {
  const headers = { Accept: 'application/json', ...more };
  if (token) headers['X-CSRF-TOKEN'] = token;
  if (!(body instanceof FormData)) headers['Content-Type'] = 'application/json';
  wrote();
  try {
    const response = await fetch(address, { method, headers, body: body instanceof FormData ? body : JSON.stringify(body) });
    if (response.ok) return response.status === 204 ? {} : await response.json();
    const problem = await response.json().catch(() => ({}));
    toast(problem.detail ?? problem.title ?? `The answer was ${response.status}.`, null, true);
  } catch {
    toast('The worker can\'t be reached; nothing is known of what became of this.', null, true);
  } finally {
    wrote();
  }
  return null;
}

/** Asks in a dialog; resolves to whether the answer was yes. */
export function ask(title, text, yes) {
  const dialog = document.getElementById('confirm');
  document.getElementById('confirm-title').textContent = title;
  document.getElementById('confirm-text').textContent = text ?? '';
  document.getElementById('confirm-yes').textContent = yes ?? 'Go on';
  dialog.returnValue = 'no';
  dialog.showModal();
  return new Promise(resolve => dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'), { once: true }));
}

export function toast(text, undo, isBad) {
  const box = document.createElement('div');
  box.className = isBad ? 'toast bad' : 'toast';
  box.setAttribute('role', isBad ? 'alert' : 'status');
  const words = document.createElement('span');
  words.textContent = text;
  box.append(words);
  if (undo) {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = 'Undo';
    button.addEventListener('click', () => { box.remove(); undo(); });
    box.append(button);
  }
  document.getElementById('toasts').append(box);
  setTimeout(() => box.remove(), undo || isBad ? 12000 : 6000);
}
