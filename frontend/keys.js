// Single keys on a moderator's review. They rest in fields that take text, with a modifier, and while they are turned off.
const told = document.querySelector('[data-keys]')
const form = document.querySelector('form[data-decision]')
const OFF = 'conferral-keys-off'

const isOff = () => { try { return localStorage.getItem(OFF) === '1' } catch { return false } }
const remember = off => { try { off ? localStorage.setItem(OFF, '1') : localStorage.removeItem(OFF) } catch { /* kept for this page only */ } }

function choose (outcome, next) {
  const radio = form?.querySelector(`input[name=outcome][value=${outcome}]`)
  if (!radio) return
  radio.checked = true
  radio.dispatchEvent(new Event('change', { bubbles: true }))
  const to = form.querySelector(next) ?? radio
  to.focus()
}

function step (by) {
  const links = [...document.querySelectorAll('.app-picklist__link')]
  const at = links.findIndex(link => link.getAttribute('aria-current'))
  links[at + by]?.click()
}

const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  c: () => choose('confirmed', 'button:not([name])'),
  q: () => choose('ask', 'select[name=reason_code]'),
  n: () => choose('not_awarded', 'select[name=reason_code]'),
  '?': () => { const all = told.querySelector('details'); all.open = true; all.querySelector('summary').focus() }
}

if (told) {
  let off = isOff()
  const button = told.querySelector('button')
  const tell = () => {
    button.textContent = off ? 'Turn the keys on' : 'Turn the keys off'
    told.querySelector('[data-on]').hidden = off
  }
  button.addEventListener('click', () => { off = !off; remember(off); tell() })
  document.addEventListener('keydown', event => {
    if (off || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return
    if (event.target.closest('input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]')) return
    const act = KEYS[event.key.toLowerCase()]
    if (!act) return
    event.preventDefault()
    act()
  })
  tell()
  told.hidden = false
}
