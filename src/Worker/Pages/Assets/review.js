// A contact sheet run from the keyboard. Arrows only move; a letter decides, and the next undecided image has the focus.
import { send } from './actions.js';

const sheet = document.getElementById('sheet');
const frames = [...sheet.children];
const words = { approved: ['check', 'approved'], rejected: ['cross', 'rejected'], redo: ['again', 'redo'] };
const paths = { check: 'M3 8.5l3.2 3.2L13 4.8', cross: 'M4 4l8 8M12 4l-8 8', again: 'M13 5.5A5.5 5.5 0 1 0 13.4 9M13.2 2.4v3.3H9.9' };
const done = [];

for (const frame of frames) show(frame);
(frames.find(frame => !frame.dataset.decision) ?? frames[0])?.querySelector('a').focus({ preventScroll: false });

sheet.addEventListener('focusin', event => {
  for (const frame of frames) frame.querySelector('a').tabIndex = frame.contains(event.target) ? 0 : -1;
  original(null);
});

document.addEventListener('keyup', event => { if (event.key === ' ') original(null); });
document.addEventListener('keydown', async event => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return;
  const at = frames.findIndex(frame => frame.contains(document.activeElement));
  if (at < 0) return;
  const columns = getComputedStyle(sheet).gridTemplateColumns.split(' ').length;
  const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key];
  if (step) { event.preventDefault(); focus(frames[at + step]); return; }
  if (event.key === ' ') { event.preventDefault(); original(frames[at]); return; }
  if (!sheet.dataset.may) return;
  const decision = { a: 'approved', x: 'rejected' }[event.key.toLowerCase()];
  if (decision) await decide(frames[at], decision, null);
  else if (event.key.toLowerCase() === 'r') await redo(frames[at]);
  else if (event.key.toLowerCase() === 'u') await undo();
});

function focus(frame) {
  if (!frame) return;
  frame.querySelector('a').focus();
  frame.scrollIntoView({ block: 'nearest' });
}

function original(frame) {
  for (const one of frames) one.classList.toggle('original', one === frame);
  const image = frame?.querySelector('img.then');
  if (image && !image.src) image.src = image.dataset.src;
}

async function redo(frame) {
  const dialog = document.getElementById('noting');
  const note = document.getElementById('note');
  note.value = frame.querySelector('.note').textContent;
  dialog.returnValue = 'no';
  dialog.showModal();
  note.focus();
  await new Promise(resolve => dialog.addEventListener('close', resolve, { once: true }));
  focus(frame);
  if (dialog.returnValue === 'yes') await decide(frame, 'redo', note.value);
}

async function decide(frame, decision, note) {
  const before = { frame, decision: frame.dataset.decision, note: frame.querySelector('.note').textContent };
  if (!await write(frame, decision, note)) return;
  done.push(before);
  const at = frames.indexOf(frame);
  const next = frames.slice(at + 1).find(one => !one.dataset.decision) ?? frames.slice(0, at).findLast(one => !one.dataset.decision);
  if (next) focus(next);
  else {
    document.getElementById('announce').textContent = 'All on this page are decided.';
    document.querySelector('.pages a[rel=next]')?.focus();
  }
}

async function undo() {
  const last = done.pop();
  if (last && await write(last.frame, last.decision || null, last.note)) focus(last.frame);
}

async function write(frame, decision, note) {
  const answer = await send(`/v1/items/${frame.dataset.item}/decision`, { decision, note: note || null });
  if (!answer) return false;
  count(frame.dataset.decision, -1);
  count(decision, 1);
  frame.dataset.decision = decision ?? '';
  frame.querySelector('.note').textContent = answer.note ?? '';
  show(frame);
  return true;
}

function count(decision, by) {
  if (!decision) return;
  for (const shown of [document.querySelector(`[data-of=${decision}]`), document.getElementById('decided')])
    shown.textContent = (Number(shown.textContent.replaceAll(',', '')) + by).toLocaleString('en');
}

function show(frame) {
  const verdict = frame.querySelector('.verdict');
  const link = frame.querySelector('a');
  const [icon, word] = words[frame.dataset.decision] ?? [];
  link.setAttribute('aria-label', `${link.dataset.key}, ${word ?? 'undecided'}`);
  verdict.replaceChildren();
  if (!icon) return;
  const picture = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  picture.setAttribute('class', 'icon');
  picture.setAttribute('viewBox', '0 0 16 16');
  picture.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  path.setAttribute('d', paths[icon]);
  picture.append(path);
  verdict.append(picture, ` ${word}`);
}
