// The grid of a batch: arrows move, x selects; a selection is retried at once.
import { ask, run } from './actions.js';

const panel = document.getElementById('selection');
const grid = document.getElementById('grid');
const chosen = new Set();
let all = false;

if (panel) {
  by('select-page').addEventListener('click', () => { for (const box of boxes()) if (!box.disabled) chosen.add(box.dataset.select); show(); });
  by('select-all').addEventListener('click', () => { all = true; show(); });
  by('select-none').addEventListener('click', () => { clear(); show(); });
  by('retry-selected').addEventListener('click', retry);
  let last = null;
  grid.addEventListener('click', event => {
    const box = event.target.closest('input[data-select]');
    if (!box) return;
    all = false;
    mark(box);
    // With Shift: everything between, too.
    if (event.shiftKey && last?.isConnected) {
      const list = boxes();
      const [from, to] = [list.indexOf(last), list.indexOf(box)].sort((a, b) => a - b);
      for (const between of list.slice(from, to + 1)) if (!between.disabled) { between.checked = box.checked; mark(between); }
    }
    last = box;
    show();
  });
  document.addEventListener('changed', () => {
    for (const id of [...chosen]) if (document.querySelector(`input[data-select="${id}"]`)?.disabled !== false) chosen.delete(id);
    show();
  });
  show();
}

document.addEventListener('keydown', event => {
  const link = document.activeElement?.closest?.('#grid .cell');
  if (!link || event.ctrlKey || event.metaKey || event.altKey) return;
  const cells = [...grid.children];
  const at = cells.indexOf(link);
  const columns = getComputedStyle(grid).gridTemplateColumns.split(' ').length;
  const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key];
  if (step) {
    event.preventDefault();
    cells[at + step]?.querySelector('a').focus();
  } else if (event.key === 'x') link.querySelector('input[data-select]:not(:disabled)')?.click();
});

function by(id) { return document.getElementById(id); }

function boxes() { return [...grid.querySelectorAll('input[data-select]')]; }

function mark(box) { if (box.checked) chosen.add(box.dataset.select); else chosen.delete(box.dataset.select); }

function clear() { chosen.clear(); all = false; }

function show() {
  for (const box of boxes()) box.checked = chosen.has(box.dataset.select) || (all && !box.disabled);
  const matching = Number(panel.dataset.matching);
  const count = all ? matching : chosen.size;
  by('selected').hidden = by('select-none').hidden = by('retry-selected').hidden = count === 0;
  by('selected').textContent = `${count.toLocaleString('en')} selected`;
  // A search by text or tag is looked through page by page, so there is no "all" of it.
  by('select-all').hidden = all || count === 0 || matching <= count || Boolean(panel.dataset.searching);
  by('select-page').disabled = !boxes().some(box => !box.disabled);
  by('retry-selected').textContent = `Retry ${count.toLocaleString('en')}`;
}

async function retry() {
  const count = all ? Number(panel.dataset.matching) : chosen.size;
  if (!await ask(`Retry ${count.toLocaleString('en')}?`, 'They go back to pending with fresh attempts, and are paid for as they succeed.', `Retry ${count.toLocaleString('en')}`)) return;
  const body = { states: panel.dataset.states.split(',') };
  if (panel.dataset.reason) body.reason = panel.dataset.reason;
  if (!all) body.items = [...chosen].map(Number);
  if (await run(`/v1/batches/${panel.dataset.batch}/retry`, body, null, null)) { clear(); show(); }
}
