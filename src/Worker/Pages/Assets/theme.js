// Before anything is painted: the theme that was chosen, else the system's.
(() => {
  let chosen = null;
  try { chosen = localStorage.getItem('theme'); } catch { /* Storage is shut off: the system's theme holds. */ }
  const dark = chosen ? chosen === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
  // Pictures that fail before the other scripts are there; app.js takes over.
  globalThis.failedEarly = [];
  document.addEventListener('error', event => globalThis.failedEarly?.push(event.target), true);
})();
