import { Button, initAll } from './govuk-frontend.min.js'

const page = document.documentElement
document.body.classList.add('js-enabled', 'govuk-frontend-supported')
initAll()
// A button that htmx brought along is pressed once as well.
addEventListener('htmx:oobAfterSwap', event => event.target.querySelectorAll('[data-module=govuk-button]:not([data-govuk-button-init])').forEach(button => new Button(button)))

// The page's own moment counts on from the one the server sent, so a time machine's clock stays in its year.
const served = Date.parse(page.dataset.now)
const now = () => served + performance.now()

function left (until) {
  const minutes = Math.max(0, Math.floor((until - now()) / 60000))
  const hours = Math.floor(minutes / 60)
  return hours ? `${hours} h ${minutes % 60} min` : `${minutes} min`
}

function tick () {
  for (const clock of document.querySelectorAll('[data-live]')) {
    const words = left(Date.parse(clock.dataset.live))
    if (clock.textContent !== words) clock.textContent = words
  }
}
if (served) setInterval(tick, 60000)

// On phones the boxes beside the page fold to their headings, save one that holds the page's action.
function fold (card) {
  const heading = card.querySelector('h2')
  const button = document.createElement('button')
  const verb = document.createElement('span')
  button.type = 'button'
  button.append(heading.textContent.trim(), ' ', verb)
  const set = open => {
    card.toggleAttribute('data-folded', !open)
    button.setAttribute('aria-expanded', open)
    verb.textContent = open ? 'Hide' : 'Show'
  }
  button.addEventListener('click', () => set('folded' in card.dataset))
  heading.replaceChildren(button)
  set(false)
}
if (matchMedia('(max-width: 48em)').matches) document.querySelectorAll('.app-columns__aside .app-card:not(:has(.govuk-button))').forEach(fold)

for (const button of document.querySelectorAll('[data-print]')) {
  button.hidden = false
  button.addEventListener('click', () => print())
}

for (const count of document.querySelectorAll('[data-ticked]')) {
  const boxes = [...document.getElementsByName(count.dataset.ticked)]
  const tell = () => { count.textContent = boxes.filter(box => box.checked).length }
  count.closest('form').addEventListener('change', tell)
  tell()
}

// A draft with choices not yet saved is saved on the way to another of its own pages.
for (const draft of document.querySelectorAll('form[data-draft]')) {
  let changed = false
  draft.addEventListener('change', () => { changed = true })
  document.addEventListener('click', event => {
    const link = event.target.closest('main a[href]')
    if (!changed || !link || !link.pathname.startsWith(draft.dataset.draft)) return
    if (link.hash && link.pathname === location.pathname) return
    event.preventDefault()
    const go = document.createElement('input')
    Object.assign(go, { type: 'hidden', name: 'go', value: link.pathname + link.search + link.hash })
    draft.append(go)
    draft.submit()
  })
}
