// All of this site's tracking. It is a classic script, so that `analytics` is there in the console as well.
const analytics = firsthand.init({
  app: 'marketing-site',
  plugins: [
    // On a site of your own, write your key here: it is public.
    // A short interval makes the live view quick to watch; the default of half a second means fewer requests.
    firsthand.collector({ endpoint: '/', projectKey: window.FIRSTHAND_PROJECT_KEY, flushIntervalMs: 200 }),
    window.panel,
  ],
})
window.analytics = analytics

analytics.page()

// Whatever carries data-track reports its other data attributes as properties.
for (const element of document.querySelectorAll('[data-track]')) {
  const { track, ...properties } = element.dataset
  if (properties.price) properties.price = Number(properties.price)
  const report = () => analytics.track(track, properties)
  if (element instanceof HTMLDetailsElement) element.addEventListener('toggle', () => element.open && report())
  else element.addEventListener('click', report)
}

// A real site gets the user id from its server, when somebody signs up and when somebody signs in.
document.querySelector('[data-sign-up]')?.addEventListener('submit', (event) => {
  event.preventDefault()
  const email = new FormData(event.target).get('email').trim().toLowerCase()
  analytics.identify(`user-${email.split('@')[0]}`, { email })
  analytics.track('Signed Up', { plan: 'corner' })
  // No waiting: what was tracked is safe, also when the page is left at once.
  location.assign('/welcome')
})

function showAccount() {
  const place = document.querySelector('[data-account]')
  const userId = analytics.user('userId')
  const element = document.createElement(userId ? 'button' : 'a')
  element.className = 'button small plain'
  element.textContent = userId ? 'Log out' : 'Sign up'
  if (userId) {
    element.title = `Signed in as ${userId}`
    element.addEventListener('click', logOut)
  } else element.href = '/#sign-up'
  place?.replaceChildren(element)
}

function logOut() {
  analytics.track('Logged Out')
  analytics.reset()
}

showAccount()
analytics.on('identifyEnd', showAccount)
analytics.on('resetEnd', showAccount)
