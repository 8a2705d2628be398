// Before and after: a slider, side by side, or their difference; zoom and pan in step, since both lie on one canvas.
const viewer = document.querySelector('[data-viewer]');
const modes = [...viewer.querySelectorAll('button[data-mode]')];
const stage = viewer.querySelector('.stage');
const canvas = viewer.querySelector('.canvas');
const cut = viewer.querySelector('.cut');
let zoom = 1;

if (modes.length > 0) {
  setMode(remembered() ?? 'slider');
  for (const button of modes) button.addEventListener('click', () => setMode(button.dataset.mode));
  viewer.querySelector('[data-zoom=in]').addEventListener('click', () => setZoom(zoom * 1.5));
  viewer.querySelector('[data-zoom=out]').addEventListener('click', () => setZoom(zoom / 1.5));
  cut.addEventListener('input', moveCut);
  stage.addEventListener('pointerdown', begin);
  stage.addEventListener('wheel', event => { if (event.ctrlKey) { event.preventDefault(); setZoom(zoom * (event.deltaY < 0 ? 1.2 : 1 / 1.2)); } }, { passive: false });
  addEventListener('blur', () => viewer.classList.remove('original'));
}

document.addEventListener('keyup', event => { if (event.key === ' ') viewer.classList.remove('original'); });
document.addEventListener('keydown', event => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.('textarea, input:not([type=range]), select, dialog')) return;
  if (event.key === ' ' && modes.length > 0 && !event.target.closest?.('button, a, summary')) { event.preventDefault(); viewer.classList.add('original'); }
  else if (modes.length > 0 && ['1', '2', '3'].includes(event.key)) setMode(modes[event.key - 1].dataset.mode);
  else if (event.key === '+') setZoom(zoom * 1.5);
  else if (event.key === '-') setZoom(zoom / 1.5);
  else if (event.key === '0') setZoom(1);
  else if (event.key === '[') document.querySelector('a[rel=prev]')?.click();
  else if (event.key === ']') document.querySelector('a[rel=next]')?.click();
});

function remembered() {
  try {
    const mode = localStorage.getItem('compare');
    return modes.some(button => button.dataset.mode === mode) ? mode : null;
  } catch { return null; }
}

function setMode(mode) {
  viewer.dataset.mode = mode;
  for (const button of modes) button.setAttribute('aria-pressed', button.dataset.mode === mode);
  try { localStorage.setItem('compare', mode); } catch { /* It holds for this page, then. */ }
}

function setZoom(wanted) {
  const [x, y] = [(stage.scrollLeft + stage.clientWidth / 2) / stage.scrollWidth, (stage.scrollTop + stage.clientHeight / 2) / stage.scrollHeight];
  zoom = Math.min(8, Math.max(1, wanted));
  if (zoom < 1.01) zoom = 1;
  canvas.style.setProperty('--zoom', zoom);
  stage.scrollTo(x * stage.scrollWidth - stage.clientWidth / 2, y * stage.scrollHeight - stage.clientHeight / 2);
  const shown = document.getElementById('zoom');
  if (shown) shown.textContent = zoom === 1 ? 'Fit' : `${Math.round(zoom * 100)} %`;
}

function moveCut() { canvas.style.setProperty('--cut', `${cut.value}%`); }

// Dragging moves the slider; where the images are larger than their frame it moves them.
function begin(event) {
  if (event.button !== 0) return;
  const drags = zoom > 1 && viewer.dataset.mode !== 'slider' || event.shiftKey;
  const [left, top, x, y] = [stage.scrollLeft, stage.scrollTop, event.clientX, event.clientY];
  const move = to => {
    if (drags) { stage.scrollTo(left - (to.clientX - x), top - (to.clientY - y)); return; }
    if (viewer.dataset.mode !== 'slider') return;
    const box = canvas.getBoundingClientRect();
    cut.value = Math.round((to.clientX - box.left) / box.width * 100);
    moveCut();
  };
  event.preventDefault();
  stage.setPointerCapture(event.pointerId);
  move(event);
  stage.addEventListener('pointermove', move);
  stage.addEventListener('pointerup', () => stage.removeEventListener('pointermove', move), { once: true });
  stage.addEventListener('pointercancel', () => stage.removeEventListener('pointermove', move), { once: true });
}
