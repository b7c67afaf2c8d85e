// Shows what the calls do. A real site has no such thing; everything that tracks is in site.js.
const box = document.createElement('details')
box.className = 'panel'
box.open = matchMedia('(min-width: 75rem)').matches && localStorage.getItem('panel') !== 'closed'
box.addEventListener('toggle', () => localStorage.setItem('panel', box.open ? 'open' : 'closed'))
box.innerHTML = `
  <summary>What just happened <span class="panel-last"></span></summary>
  <dl>
    <dt>__anon_id</dt><dd data-cookie="__anon_id"></dd>
    <dt>__user_id</dt><dd data-cookie="__user_id"></dd>
  </dl>
  <pre tabindex="0" aria-label="The last payload">No call yet.</pre>
  <p>Open the browser's console and try <code>analytics.page()</code>,
  <code>analytics.identify('userid-123')</code> or <code>analytics.track('buttonClicked')</code>.
  What arrived is in the live view, whose link the start command printed.</p>`
document.body.append(box)

function showCookies() {
  const cookies = new Map(
    document.cookie.split('; ').map((pair) => [pair.split('=')[0], pair.slice(pair.indexOf('=') + 1)]),
  )
  for (const place of box.querySelectorAll('[data-cookie]')) {
    place.textContent = decodeURIComponent(cookies.get(place.dataset.cookie) ?? '') || '(none)'
  }
}

function show(call, payload) {
  box.querySelector('.panel-last').textContent = payload.event ? `${call}: ${payload.event}` : call
  box.querySelector('pre').textContent = JSON.stringify(payload, null, 2)
  showCookies()
}

showCookies()

// A plugin is a plain object with functions named after what they want to hear.
window.panel = {
  name: 'panel',
  pageEnd: ({ payload }) => show('page', payload),
  trackEnd: ({ payload }) => show('track', payload),
  identifyEnd: ({ payload }) => show('identify', payload),
  resetEnd: ({ payload }) => show('reset', payload),
}
