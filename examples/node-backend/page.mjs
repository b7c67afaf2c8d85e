/** As text inside a script: no `</script>` may come of it. */
const json = (value) => JSON.stringify(value).replaceAll('<', '\\u003c')

export const teas = {
  Sencha: { price: 9, color: '#7d9a58', says: 'Green, first picking' },
  Keemun: { price: 11, color: '#b4532a', says: 'Black, a little smoke' },
  Chamomile: { price: 7, color: '#d9b04a', says: 'Flowers, for the evening' },
}

const renderTea = ([name, { price, color, says }]) => `
        <li style="--tea: ${color}">
          <h2>${name}</h2>
          <p>${says}</p>
          <form method="post" action="/orders">
            <button class="button small" name="tea" value="${name}">Buy for ${price} EUR</button>
          </form>
        </li>`

/** Pages are the browser's to report; orders are the server's. */
export const renderShop = ({ user, hasOrdered, COLLECTOR, PROJECT_KEY }) => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Leaf &amp; Kettle - a tea shop</title>
    <link rel="icon" href="/favicon.svg">
    <link rel="stylesheet" href="/site.css">
    <link rel="stylesheet" href="/shop.css">
    <script src="${COLLECTOR}/firsthand.js"></script>
    <script>
      const analytics = firsthand.init({
        app: 'tea-shop',
        // Whom the server has signed in; nobody's cookie decides that.
        initialUser: ${json({ userId: user })},
        plugins: [firsthand.collector(${json({ endpoint: COLLECTOR, projectKey: PROJECT_KEY })})],
      })
      analytics.page()
    </script>
  </head>
  <body>
    <header class="bar">
      <a class="logo" href="/"><img src="/favicon.svg" alt="" width="28" height="28">Leaf &amp; Kettle</a>
      <nav>${
        user
          ? '<form method="post" action="/sign-out" onsubmit="analytics.reset()"><button class="button small plain">Sign out</button></form>'
          : '<form method="post" action="/sign-in"><button class="button small plain">Sign in as Maria</button></form>'
      }</nav>
    </header>
    <main class="shop">
      <p class="eyebrow">${user ? `Signed in as ${user}` : 'Not signed in'}</p>
      <h1>One visit, told from both ends</h1>
      <p class="lead">The browser reports the page, the server reports the order, and both are events of one visit.</p>
      <ul class="teas">
        ${Object.entries(teas).map(renderTea).join('')}
      </ul>
      ${hasOrdered ? '<p role="status">Thank you. Your tea is on its way.</p>' : ''}
    </main>
  </body>
</html>`
