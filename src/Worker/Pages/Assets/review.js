// A contact sheet run from the keyboard. Arrows only move; a letter decides, and the next undecided image has the focus.
import { send, toast } from './actions.js';

const sheet = document.getElementById('sheet');
const words = { approved: ['check', 'approved'], rejected: ['cross', 'rejected'], redo: ['again', 'redo'], making: ['again', 'being made again'], unmade: ['cross', 'not made again'] };
const paths = { check: 'M3 8.5l3.2 3.2L13 4.8', cross: 'M4 4l8 8M12 4l-8 8', again: 'M13 5.5A5.5 5.5 0 1 0 13.4 9M13.2 2.4v3.3H9.9' };
const done = [];

showAll();
(frames().find(isOpen) ?? frames()[0])?.querySelector('a').focus({ preventScroll: false });
// The page was read anew: an image came back, or somebody else decides, too.
document.addEventListener('changed', showAll);

sheet.addEventListener('focusin', () => { rove(); original(null); });
document.addEventListener('keyup', event => { if (event.key === ' ') original(null); });
document.addEventListener('keydown', async event => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return;
  const list = frames();
  const at = list.findIndex(frame => frame.contains(document.activeElement));
  if (at < 0) return;
  const columns = getComputedStyle(sheet).gridTemplateColumns.split(' ').length;
  const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key];
  if (step) { event.preventDefault(); focus(list[at + step]); return; }
  if (event.key === ' ') { event.preventDefault(); original(list[at]); return; }
  const key = event.key.toLowerCase();
  if (!sheet.dataset.may || !['a', 'x', 'r', 'u'].includes(key)) return;
  // The key that opens the note isn't its first letter.
  event.preventDefault();
  if (key === 'u') await undo();
  else if (list[at].dataset.making) toast('It has no new image yet; decide when it has.');
  else if (key === 'r') await redo(list[at]);
  else await decide(list[at], key === 'a' ? 'approved' : 'rejected', null);
});

function frames() { return [...sheet.children]; }

function isOpen(frame) { return !frame.dataset.decision && !frame.dataset.making; }

function frameOf(item) { return document.getElementById(`item-${item}`); }

function focus(frame) {
  if (!frame) return;
  frame.querySelector('a').focus();
  frame.scrollIntoView({ block: 'nearest' });
}

// One of the links is in the order of tabs: that which has the focus, or had it last.
function rove() {
  const list = frames();
  const here = list.find(frame => frame.contains(document.activeElement)) ?? list.find(frame => frame.querySelector('a').tabIndex === 0) ?? list[0];
  for (const frame of list) frame.querySelector('a').tabIndex = frame === here ? 0 : -1;
}

function original(frame) {
  for (const one of frames()) one.classList.toggle('original', one === frame);
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
  if (dialog.returnValue === 'note') await decide(frame, 'redo', note.value);
  else if (dialog.returnValue === 'again') await makeAgain(frame, note.value.trim());
}

async function decide(frame, decision, note) {
  const before = { item: frame.dataset.item, decision: frame.dataset.decision, note: frame.querySelector('.note').textContent };
  if (!await write(frame, decision, note)) return;
  done.push(before);
  goOn(frame);
}

// What was decided was decided of the image that goes: the new one is undecided.
async function makeAgain(frame, note) {
  if (!await send(`/v1/items/${frame.dataset.item}/retry`, note ? { again: true, note } : { again: true })) return;
  count(frame.dataset.decision, -1);
  frame.dataset.decision = '';
  frame.dataset.making = 'making';
  frame.querySelector('.note').textContent = '';
  show(frame);
  done.push({ item: frame.dataset.item, isMade: true });
  toast(`${frame.querySelector('a').dataset.key} is being made again.`);
  goOn(frame);
}

function goOn(frame) {
  const list = frames();
  const at = list.indexOf(frame);
  const next = list.slice(at + 1).find(isOpen) ?? list.slice(0, at).findLast(isOpen);
  if (next) focus(next);
  else {
    document.getElementById('announce').textContent = list.some(one => one.dataset.making === 'making') ? 'The rest of this page is being made again.' : 'All on this page are decided.';
    document.querySelector('.pages a[rel=next]')?.focus();
  }
}

async function undo() {
  const last = done.pop();
  const frame = last && frameOf(last.item);
  if (!frame) return;
  if (last.isMade) toast('Making it again can\'t be undone: it is paid for. The former image is on the item\'s page.', null, true);
  else if (await write(frame, last.decision || null, last.note)) focus(frame);
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

function showAll() {
  for (const frame of frames()) show(frame);
  rove();
}

function show(frame) {
  const verdict = frame.querySelector('.verdict');
  const link = frame.querySelector('a');
  const [icon, word] = words[frame.dataset.making || frame.dataset.decision] ?? [];
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
