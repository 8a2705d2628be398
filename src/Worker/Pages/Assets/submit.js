// A manifest and what is asked with it: looked over by the server at every change, started when it has no problem.
import { ask, send } from './actions.js';

const form = document.getElementById('submit');
const drop = document.getElementById('drop');
let manifest = null, turn = 0, expected = null, key = crypto.randomUUID();

by('file').addEventListener('change', event => take(event.target.files[0]));
by('paste').addEventListener('click', () => {
  by('pasting').hidden = !by('pasting').hidden;
  by('paste').setAttribute('aria-expanded', !by('pasting').hidden);
  if (!by('pasting').hidden) by('text').focus();
});
by('use').addEventListener('click', () => {
  const text = by('text').value.trim();
  if (text) take(new File([text], `pasted${text.startsWith('{') || text.startsWith('[') ? text.includes('\n') || !text.includes('"items"') ? '.jsonl' : '.json' : '.csv'}`));
});
for (const name of ['dragenter', 'dragover']) addEventListener(name, event => { event.preventDefault(); drop.classList.add('over'); });
for (const name of ['dragleave', 'drop']) addEventListener(name, event => { event.preventDefault(); if (name === 'drop' || !event.relatedTarget) drop.classList.remove('over'); });
addEventListener('drop', event => take(event.dataTransfer.files[0]));
form.addEventListener('change', event => { if (event.target.id !== 'file' && event.target.id !== 'text') look(); });
form.addEventListener('submit', event => { event.preventDefault(); start(); });

function by(id) { return document.getElementById(id); }

function take(file) {
  if (!file) return;
  manifest = file;
  by('chosen').textContent = `${file.name}, ${(file.size / 1000).toLocaleString('en', { maximumFractionDigits: 1 })} kB`;
  if (!by('name').value) by('name').placeholder = file.name;
  look();
}

function fields() {
  const data = new FormData();
  for (const name of ['name', 'prompt', 'model', 'quality', 'size', 'max_cost', 'tag', 'priority']) {
    const value = form.elements[name].value.trim();
    if (value) data.append(name, value);
  }
  return data;
}

async function look() {
  if (!manifest) return;
  const mine = ++turn;
  // Another manifest, or other fields, are another submission.
  key = crypto.randomUUID();
  by('start').disabled = true;
  by('start-hint').textContent = 'Looking it over …';
  const data = fields();
  data.append('manifest', manifest);
  const estimate = await send('/v1/estimates', data);
  if (mine !== turn) return;
  by('start-hint').textContent = '';
  if (!estimate) return;
  expected = estimate;
  showNumbers(estimate);
  showProblems(estimate);
  by('start').disabled = estimate.problem_count > 0 || estimate.items === 0;
}

function showNumbers(estimate) {
  by('estimate').hidden = false;
  const numbers = [
    ['Items', estimate.items.toLocaleString('en'), estimate.duplicates > 0 ? `${estimate.duplicates.toLocaleString('en')} ask for the same as others` : ''],
    ['Images', estimate.images.toLocaleString('en'), `${estimate.calls.toLocaleString('en')} calls`],
    ['Expected cost', usd(estimate.expected_usd), 'estimated'],
    ['At worst', usd(estimate.worst_usd), estimate.unpriced_items > 0 ? `${estimate.unpriced_items.toLocaleString('en')} items have no known price` : ''],
    ['Time', span(estimate.duration_seconds), 'at the configured limits'],
  ];
  by('numbers').replaceChildren(...numbers.map(([term, number, hint]) => {
    const part = document.createElement('div');
    const small = element('small', hint);
    const value = element('dd', number);
    value.append(small);
    part.append(element('dt', term), value);
    return part;
  }));
  by('notes').replaceChildren(...[...estimate.warnings, ...estimate.guesses].map(note => element('li', `${note.reason}${note.items > 1 ? ` (${note.items.toLocaleString('en')} items)` : ''}`)));
}

function showProblems(estimate) {
  by('problems').hidden = estimate.problem_count === 0;
  by('problems-title').textContent = estimate.problem_count === 1 ? '1 problem; it can\'t be started' : `${estimate.problem_count.toLocaleString('en')} problems; it can't be started`;
  by('problem-rows').replaceChildren(...estimate.problems.map(problem => {
    const row = document.createElement('tr');
    const line = element('td', problem.line ?? '–');
    line.className = 'num';
    row.append(line, element('td', problem.field ?? '–'), element('td', problem.reason));
    return row;
  }));
}

async function start() {
  if (!manifest || by('start').disabled) return;
  const cost = expected.expected_usd === null ? 'What it costs isn\'t known.' : `It costs about ${usd(expected.expected_usd)}, at worst ${usd(expected.worst_usd)}.`;
  if (!await ask(`Start ${expected.items.toLocaleString('en')} items?`, cost, 'Start')) return;
  by('start').disabled = true;
  const data = fields();
  data.append('yes', 'true');
  data.append('manifest', manifest);
  const made = await send('/v1/batches', data, 'POST', { 'Idempotency-Key': key });
  if (made) location.assign(`/batches/${made.batch}`);
  else by('start').disabled = false;
}

function element(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

function usd(text) { return text === null ? '–' : `$${Number(text).toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: Number(text) < 1 ? 4 : 2 })}`; }

// As DurationText.Left writes it.
function span(seconds) {
  const whole = Math.ceil(seconds);
  const units = (many, unit, few, smaller) => `${Math.floor(many)} ${unit}${Math.floor(few) ? ` ${Math.floor(few)} ${smaller}` : ''}`;
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return units(whole / 60, 'min', whole % 60, 's');
  return whole < 86400 ? units(whole / 3600, 'h', whole % 3600 / 60, 'min') : units(whole / 86400, 'd', whole % 86400 / 3600, 'h');
}
