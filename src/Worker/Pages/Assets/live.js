// Stays up to date: an event tells that something changed, the page is read anew, and only what differs is touched. Focus, scroll and selection stay.
const quiet = 1000;
const body = document.body;
const button = document.getElementById('pause');
const heard = new Map();
let stream = null, poll = null, timer = null, reading = null, again = false, waiting = 0, writes = 0;

/** Tells that something is written, or was: what was read meanwhile may be older than that, and isn't shown. */
export function wrote() { writes++; }

export function startLive() {
  if (!button) return;
  for (const shown of document.querySelectorAll('[data-batch][data-state]')) heard.set(shown.dataset.batch, shown.dataset.state);
  button.addEventListener('click', () => setPaused(button.getAttribute('aria-pressed') !== 'true'));
  document.addEventListener('visibilitychange', () => { if (document.hidden) close(); else if (!isPaused()) { open(); schedule(); } });
  document.getElementById('pill')?.addEventListener('click', () => refresh(true));
  if (!document.hidden) open();
}

function isPaused() { return button.getAttribute('aria-pressed') === 'true'; }

function setPaused(paused) {
  button.setAttribute('aria-pressed', paused);
  document.getElementById('pause-word').textContent = paused ? 'Paused' : 'Live';
  if (paused) close();
  else { open(); schedule(); }
}

function open() {
  if (body.dataset.poll) { poll ??= setInterval(schedule, body.dataset.poll * 1000); body.dataset.live = 'on'; return; }
  if (stream) return;
  stream = new EventSource(body.dataset.events);
  stream.addEventListener('batch', event => { announce(JSON.parse(event.data).batch); schedule(); });
  stream.addEventListener('reset', schedule);
  // Whatever changed while the page was on its way, or the connection was broken, is read now.
  stream.addEventListener('ready', () => { body.dataset.live = 'on'; button.classList.remove('away'); schedule(); });
  stream.onerror = () => { body.dataset.live = 'off'; button.classList.add('away'); };
}

function close() {
  clearInterval(poll);
  poll = null;
  stream?.close();
  stream = null;
  body.dataset.live = 'off';
}

// Milestones only: a reader of screens isn't told every item.
function announce(batch) {
  const before = heard.get(batch.batch);
  heard.set(batch.batch, batch.state);
  if (before === undefined || before === batch.state) return;
  document.getElementById('announce').textContent = `${batch.name} is ${batch.state.replaceAll('_', ' ')}.`;
}

function schedule() {
  if (reading) again = true;
  else timer ??= setTimeout(() => { timer = null; refresh(); }, waiting);
  waiting = quiet;
}

/** Reads the page anew. With everything, new rows are let in as well. */
export async function refresh(everything = false) {
  if (!button) { location.reload(); return; }
  if (reading) { again = true; await reading; }
  reading = read(everything);
  await reading;
  reading = null;
  if (again) { again = false; schedule(); }
}

async function read(everything) {
  const before = writes;
  try {
    const response = await fetch(location.href.split('#')[0], { headers: { Accept: 'text/html' } });
    if (response.redirected && new URL(response.url).pathname === '/sign-in') { location.assign(response.url); return; }
    if (!response.ok) return;
    const next = new DOMParser().parseFromString(await response.text(), 'text/html');
    if (before !== writes) { again = true; return; }
    for (const id of ['strip', 'main']) {
      const [was, is] = [document.getElementById(id), next.getElementById(id)];
      if (was && is) morph(was, is, everything);
    }
    body.dataset.read = Number(body.dataset.read ?? 0) + 1;
    button.title = `Last read ${new Date().toLocaleTimeString()}; click to stop or go on`;
    document.dispatchEvent(new CustomEvent('changed'));
  } catch (error) {
    // The stream says by itself that the worker is away.
    if (!(error instanceof TypeError)) throw error;
  }
}

function morph(was, is, everything) {
  if (was.nodeType === Node.TEXT_NODE || was.nodeType === Node.COMMENT_NODE) {
    if (was.data !== is.data) was.data = is.data;
    return;
  }
  if (was.hasAttribute('data-viewer') || was.hasAttribute('data-retry') || was.id === 'pill' || was.id === 'selection' || was.isEqualNode(is)) return;
  if (was.tagName === 'TIME' && was.dateTime === is.dateTime) return;
  if (was.hasAttribute('data-rows') && !everything) { morphRows(was, is); return; }
  for (const { name } of [...was.attributes]) if (!is.hasAttribute(name) && !['open', 'style', 'disabled', 'tabindex'].includes(name)) was.removeAttribute(name);
  for (const { name, value } of is.attributes) if (was.getAttribute(name) !== value && !(name === 'value' && was === document.activeElement)) was.setAttribute(name, value);
  if (was.id === 'rows') { const pill = document.getElementById('pill'); if (pill) pill.hidden = true; }
  morphChildren(was, is, everything);
}

function morphChildren(was, is, everything) {
  const keyed = new Map([...was.children].filter(child => child.id).map(child => [child.id, child]));
  let at = was.firstChild;
  for (const wanted of [...is.childNodes]) {
    const same = wanted.id ? keyed.get(wanted.id) : at && !at.id && at.nodeType === wanted.nodeType && at.nodeName === wanted.nodeName ? at : null;
    if (same) {
      if (same !== at) was.insertBefore(same, at);
      else at = at.nextSibling;
      morph(same, wanted, everything);
    } else if (at && at.nodeName === 'SPAN' && at.dataset?.for && at.dataset.for === wanted.getAttribute?.('src')) at = at.nextSibling;
    else was.insertBefore(document.importNode(wanted, true), at);
  }
  while (at) {
    const next = at.nextSibling;
    if (!at.contains(document.activeElement) || at.nodeType !== Node.ELEMENT_NODE) at.remove();
    at = next;
  }
}

// Rows change in place; new ones wait behind a pill, so that nothing moves under the pointer.
function morphRows(was, is) {
  let fresh = 0;
  for (const row of is.children) {
    const same = document.getElementById(row.id);
    if (same) morph(same, row, false);
    else fresh++;
  }
  const pill = document.getElementById('pill');
  pill.hidden = fresh === 0;
  pill.textContent = `${fresh} new`;
}
