// What every page does: theme, keys, local times, actions, and staying up to date.
import { startLive, refresh } from './live.js';
import { startActions } from './actions.js';

const root = document.documentElement;

document.getElementById('theme').addEventListener('click', turnTheme);
startActions();
startLive();
showLocalTimes();
document.addEventListener('changed', showLocalTimes);
document.addEventListener('error', event => replaceBroken(event.target), true);
for (const image of globalThis.failedEarly) replaceBroken(image);
globalThis.failedEarly = null;

document.addEventListener('keydown', event => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (document.querySelector('dialog[open]')) return;
  if (event.key === '/') focusSearch(event);
  else if (event.key === 'r' && document.body.dataset.page !== 'review') refresh();
  else if (event.key === 't') turnTheme();
  else if (event.key === '?') document.getElementById('keys').showModal();
});

function turnTheme() {
  const next = root.dataset.theme === 'dark' ? 'light' : 'dark';
  root.dataset.theme = next;
  try { localStorage.setItem('theme', next); } catch { /* It holds for this page, then. */ }
}

function focusSearch(event) {
  const search = document.querySelector('[data-search]');
  if (!search) return;
  event.preventDefault();
  search.focus();
  search.select();
}

function isTyping(target) {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) && !/^(checkbox|range|radio|button)$/.test(target.type);
}

// A picture that isn't there says so in words.
function replaceBroken(image) {
  if (!(image instanceof HTMLImageElement) || !image.hasAttribute('data-picture')) return;
  const words = document.createElement('span');
  words.className = 'nothing';
  words.textContent = 'no preview';
  words.dataset.for = image.getAttribute('src');
  image.replaceWith(words);
}

function showLocalTimes() {
  const today = new Date().toDateString();
  for (const time of document.querySelectorAll('time[data-local]')) {
    const at = new Date(time.dateTime);
    const clock = at.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false });
    time.textContent = at.toDateString() === today ? clock : `${at.toLocaleDateString([], { day: 'numeric', month: 'short', year: 'numeric' })}, ${clock.slice(0, 5)}`;
    time.title = time.dateTime;
  }
}
