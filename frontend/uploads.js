// Evidence in parts that go on where they stopped (tus 1.0.0). Without script the form sends files whole.
const PART = 8 * 1024 * 1024
const TRIES = 8
const form = document.querySelector('form.app-upload')
const list = form.querySelector('.app-arriving')
const common = { 'Tus-Resumable': '1.0.0', 'X-CSRFToken': form.elements.csrfmiddlewaretoken.value }
const base64 = text => btoa(String.fromCharCode(...new TextEncoder().encode(text)))
const wait = seconds => new Promise(resolve => setTimeout(resolve, seconds * 1000))

class Refused extends Error {}

async function ask (url, options) {
  const answer = await fetch(url, { ...options, redirect: 'error' })
  if (answer.status === 422) throw new Refused((await answer.json()).reasons.filter(one => one.outcome === 'refused').map(one => `${one.text} ${one.remedy}`).join(' '))
  if (answer.status >= 500) throw new Error(answer.status)
  return answer
}

async function begin (file) {
  const told = { filename: file.name, candidate: form.elements.candidate.value, unit: form.elements.unit.value, fingerprint: `${file.size}-${file.lastModified}` }
  const metadata = Object.entries(told).map(([key, value]) => `${key} ${base64(value)}`).join(',')
  const answer = await ask(form.dataset.begin, { method: 'POST', headers: { ...common, 'Upload-Length': file.size, 'Upload-Metadata': metadata } })
  if (!answer.ok) throw new Refused('It can’t be sent now. Load the page again.')
  return answer.headers.get('Location')
}

const offset = answer => Number(answer.headers.get('Upload-Offset'))

async function send (file, show) {
  let tried = 0
  let where = null
  while (true) {
    try {
      where = where ?? await begin(file)
      let at = offset(await ask(where, { method: 'HEAD', headers: common }))
      while (true) {
        show(at / file.size)
        if (at >= file.size && file.size) break
        const answer = await ask(where, { method: 'PATCH', headers: { ...common, 'Upload-Offset': at, 'Content-Type': 'application/offset+octet-stream' }, body: file.slice(at, at + PART) })
        if (answer.status !== 204 && answer.status !== 409) throw new Refused('It can’t be sent now. Load the page again.')
        at = offset(answer)
        tried = 0
      }
      return
    } catch (error) {
      if (error instanceof Refused || tried === TRIES) throw error
      tried += 1
      await wait(Math.min(2 ** tried / 2, 30))
    }
  }
}

function line (file) {
  const item = document.createElement('li')
  const name = document.createElement('span')
  const bar = document.createElement('progress')
  name.className = 'app-file-name'
  name.textContent = file.name
  bar.max = 1
  bar.setAttribute('aria-label', file.name)
  item.append(name, bar)
  list.append(item)
  return {
    show: share => { bar.value = share },
    refuse: words => { bar.remove(); item.className = 'app-arriving__refused'; item.append(words) }
  }
}

form.addEventListener('submit', async event => {
  const files = [...form.elements.files.files]
  if (!files.length) return
  event.preventDefault()
  list.replaceChildren()
  const button = form.querySelector('button')
  button.disabled = true
  let refused = 0
  for (const [file, at] of files.map(file => [file, line(file)])) {
    try {
      await send(file, at.show)
    } catch (error) {
      refused += 1
      at.refuse(error instanceof Refused ? ` ${error.message}` : ' The connection is lost. Choose the file again later: it goes on where it stopped.')
    }
  }
  if (!refused) return location.assign(form.dataset.shown)
  button.disabled = false
  form.elements.files.value = ''
  const on = document.createElement('li')
  const link = document.createElement('a')
  link.href = form.dataset.shown
  link.textContent = 'See the files'
  on.append(link)
  list.append(on)
})
