// Stays up to date: an event tells that something changed, the page is read anew, and only what differs is touched. Focus, scroll and selection stay.
// In milliseconds; a stream says something every 15 s, and a page comes within a moment.
const quiet = 1000, patience = 5000, silence = 45000, slow = 20000;
const body = document.body;
const button = document.getElementById('pause');
const heard = new Map();
let stream = null, poll = null, timer = null, retry = null, deaf = null, reading = null, again = false, waiting = 0, writes = 0, since = new Date();

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
  tell(true);
  if (paused) close();
  else { open(); schedule(); }
}

function open() {
  if (poll || stream) return;
  if (body.dataset.poll) { poll = setInterval(schedule, body.dataset.poll * 1000); tell(true); return; }
  stream = new EventSource(body.dataset.events);
  hear();
  for (const kind of ['ready', 'batch', 'item', 'reset', 'tick']) stream.addEventListener(kind, hear);
  stream.addEventListener('batch', event => { announce(JSON.parse(event.data).batch); schedule(); });
  // How long a wait still lasts changes without an event.
  stream.addEventListener('tick', () => { if (document.querySelector('[data-waits]')) schedule(); });
  stream.addEventListener('reset', schedule);
  // Whatever changed while the page was on its way, or the connection was broken, is read now.
  stream.addEventListener('ready', () => { tell(true); schedule(); });
  stream.onerror = () => {
    if (stream.readyState !== EventSource.CLOSED) { tell(false); return; }
    // An answer that is no stream ends it for good: a proxy's, or that there are too many. The page goes on without, and asks for one again.
    stream = null;
    schedule();
    later();
  };
}

// A machine that went without a word leaves a connection that looks alive.
function hear() {
  clearTimeout(deaf);
  deaf = setTimeout(() => { stream?.close(); stream = null; open(); schedule(); }, silence);
}

function later() {
  if (!isPaused() && !document.hidden) retry ??= setTimeout(() => { retry = null; open(); schedule(); }, patience);
}

// Nobody is to take what they see for the state of things when it isn't.
function tell(live) {
  const [paused, away] = [isPaused(), !live];
  if (away && !paused && !button.classList.contains('away')) document.getElementById('announce').textContent = 'The worker doesn’t answer.';
  body.dataset.live = live && !paused ? 'on' : 'off';
  button.classList.toggle('away', away);
  document.getElementById('pause-word').textContent = paused ? 'Paused' : away ? 'No answer' : 'Live';
  button.title = `${away ? 'The worker doesn’t answer. ' : ''}Last read ${since.toLocaleTimeString()}; click to ${paused ? 'go on' : 'stop'}`;
}

function close() {
  clearInterval(poll);
  clearTimeout(retry);
  clearTimeout(deaf);
  poll = retry = null;
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
    const response = await fetch(location.href.split('#')[0], { headers: { Accept: 'text/html' }, signal: AbortSignal.timeout(slow) });
    if (response.redirected && new URL(response.url).pathname === '/sign-in') { location.assign(response.url); return; }
    if (!response.ok) {
      if (response.status >= 500) missed();
      return;
    }
    const next = new DOMParser().parseFromString(await response.text(), 'text/html');
    if (before !== writes) { again = true; return; }
    for (const id of ['strip', 'main']) {
      const [was, is] = [document.getElementById(id), next.getElementById(id)];
      if (was && is) morph(was, is, everything);
    }
    body.dataset.read = Number(body.dataset.read ?? 0) + 1;
    since = new Date();
    // While a stream is still being asked for, it is what tells.
    if (!document.hidden && stream?.readyState !== EventSource.CONNECTING) tell(true);
    document.dispatchEvent(new CustomEvent('changed'));
  } catch (error) {
    if (!(error instanceof TypeError) && error.name !== 'TimeoutError') throw error;
    missed();
  }
}

function missed() {
  tell(false);
  later();
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
