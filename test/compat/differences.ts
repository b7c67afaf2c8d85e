/** Where firsthand differs from `analytics` on purpose. Each row is asserted or masked by a test under test/compat. */
export interface Difference {
  id: string
  analytics: string
  firsthand: string
  reason: string
}

export const differences = [
  {
    id: 'synchronous-hooks',
    analytics: 'Hooks run some microtasks after the call has returned.',
    firsthand:
      'Hooks run inside the call as far as they are synchronous, so a listener must be there before the call; a call made inside a hook waits for its turn.',
    reason: 'An event must be on record and, when the page is left, sent before the call returns.',
  },
  {
    id: 'order-of-start',
    analytics:
      '`initializeStart` is over before a listener that is attached after creation hears of the start; a call made in the same script is told before `registerPlugins`.',
    firsthand:
      'It is heard after `registerPlugin`, as documented, and before the first call; the hooks of a call made in the same script run then.',
    reason: 'The start runs when the code that made the client is through, so that it can listen.',
  },
  {
    id: 'order-of-storage-events',
    analytics: '`setItem` and `removeItem` events come in between and after the call that caused them.',
    firsthand: 'They are over before the call is told.',
    reason: 'Ids are stored when `identify` returns.',
  },
  {
    id: 'order-of-enable',
    analytics: '`initializeStart` is heard before `enablePlugin`.',
    firsthand: '`enablePlugin` is heard first.',
    reason: 'A consequence of synchronous hooks.',
  },
  {
    id: 'no-underscore',
    analytics: 'Payloads that listeners get have an internal key `_`.',
    firsthand: 'They have not.',
    reason: 'It belongs to the other engine.',
  },
  {
    id: 'meta',
    analytics: '`meta` is `{ rid, ts, hasCallback }`; `rid` is another one in `on("track:plugin")`.',
    firsthand: '`meta` also has `messageId`, `context`, `session`, `sequence`; `rid` is the same everywhere.',
    reason: 'Transports need them, and one call is one call.',
  },
  {
    id: 'aborted-calls-settle',
    analytics: 'A call that is aborted for all plugins never settles, and says no `trackAborted`, `trackEnd`.',
    firsthand: 'It settles, after `trackAborted` and `trackEnd`.',
    reason: 'Nobody should wait for ever.',
  },
  {
    id: 'aborted-once',
    analytics: 'A call that an `x` hook aborts says `xAborted` twice.',
    firsthand: 'Once.',
    reason: 'A listener counts.',
  },
  {
    id: 'failing-hooks',
    analytics: 'A hook that throws or rejects hangs the call, starves later plugins and is an unhandled rejection.',
    firsthand:
      'It is told to `on("error")`, and everything goes on. A hook that takes longer than 10 s is left behind.',
    reason: 'One plugin must not break the others.',
  },
  {
    id: 'callback-as-properties',
    analytics:
      '`track("x", callback)` makes the function the properties, `identify("x", callback)` the traits, `identify("x", {}, callback)` the options.',
    firsthand: 'They are empty.',
    reason: 'A function is no data.',
  },
  {
    id: 'identify-without-arguments',
    analytics: '`identify()` rejects with a TypeError.',
    firsthand: 'It repeats what is known.',
    reason: 'A missing id is no crash.',
  },
  {
    id: 'numeric-user-id',
    analytics: 'A numeric user id is ignored and the former user is sent.',
    firsthand: 'It is taken as text.',
    reason: 'Data bases count.',
  },
  {
    id: 'identity-at-identify',
    analytics: '`on("identify")` listeners still find the former user and traits in `user()`.',
    firsthand: 'They find the new ones.',
    reason: '`identify` is in force when its hooks are through.',
  },
  {
    id: 'previous-id',
    analytics: '`previousId` is never set.',
    firsthand: '`identify` payloads have `previousId` where the user id changes.',
    reason: 'Intended there, but looked up under a name that does not exist.',
  },
  {
    id: 'traits-of-another-user',
    analytics: '`identify("b")` merges the traits of the user before into those of b.',
    firsthand: 'They are forgotten.',
    reason: 'One user must not see another.',
  },
  {
    id: 'anonymous-id-after-reset',
    analytics: 'Events after `reset()` have no id until the next `identify` or page load.',
    firsthand: 'The first event after `reset()` gets a new anonymous id.',
    reason: 'Otherwise they belong to nobody.',
  },
  {
    id: 'set-anonymous-id',
    analytics: '`setAnonymousId` takes effect some microtasks later.',
    firsthand: 'At once.',
    reason: 'A consequence of synchronous hooks.',
  },
  {
    id: 'isolated-clients',
    analytics: 'In Node a second client is born as the user of the first.',
    firsthand: 'Clients know nothing of each other.',
    reason: 'Two requests on one server are two people.',
  },
  {
    id: 'ids-in-cookies',
    analytics: 'Ids are in localStorage.',
    firsthand: 'Ids are in cookies, with localStorage and memory behind them.',
    reason: 'Subdomains and servers need them.',
  },
  {
    id: 'ids-from-address',
    analytics: '`an_uid`, `an_aid`, `an_event` in the address set ids and fire events.',
    firsthand: 'They are ignored, unless `urlParameters()` of `firsthand/plugins/url-parameters` is among the plugins.',
    reason: 'Any link could make the visitor somebody else.',
  },
  {
    id: 'late-plugins',
    analytics: 'A plugin that loads after 10 s is never used; what waited for it is lost.',
    firsthand: 'It is picked up, and what waited is delivered.',
    reason: 'Slow networks.',
  },
  {
    id: 'start-hooks-never-wait',
    analytics: '`xStart` hooks of plugins that are not loaded, or offline, wait, and what they return is lost.',
    firsthand: 'They run at once.',
    reason: 'They prepare and gate the call, for all plugins.',
  },
  {
    id: 'bounded-history',
    analytics: '`getState("track").history` grows for ever.',
    firsthand: 'It keeps the last 100 (option `historyLength`).',
    reason: 'Memory of servers and long-lived pages.',
  },
  {
    id: 'plugin-objects',
    analytics: 'Plugin objects are changed: `enabled` and `methods` are deleted.',
    firsthand: 'They are left alone.',
    reason: 'One object may serve two clients.',
  },
  {
    id: 'unknown-plugins',
    analytics: '`plugins.enable("typo")` makes a state entry of that name.',
    firsthand: 'It is an error that is told.',
    reason: 'A typing mistake should be seen.',
  },
  {
    id: 'late-ready',
    analytics:
      '`ready(callback)` after the fact calls back only if somebody had called `ready` before, without a payload, and never without plugins.',
    firsthand: 'It always does, with the payload.',
    reason: 'Nobody should wait for ever.',
  },
  {
    id: 'middleware',
    analytics: 'A function in `plugins` is installed as Redux middleware; `reducers` add state.',
    firsthand: 'A function is refused at creation; `reducers` are ignored.',
    reason: 'There is no Redux here.',
  },
  {
    id: 'context-state',
    analytics: '`getState("context")` has `os`; `library` is `analytics`; `sessionId` is new at each page load.',
    firsthand:
      'No `os` in pages; `library` is `firsthand`; `sessionId` is the id of the visit, null before its first event.',
    reason: 'The collector reads the system from the user agent; a session outlives a page.',
  },
  {
    id: 'ready-once',
    analytics: '`ready` may be told again after `plugins.enable`.',
    firsthand: 'Once; `ready:name` tells of a plugin that came later.',
    reason: 'Whoever starts at `ready` would start twice.',
  },
  {
    id: 'campaign-once',
    analytics: '`campaign` is told before `params` and after it.',
    firsthand: 'Once, after it.',
    reason: 'A listener counts.',
  },
  {
    id: 'campaign-values',
    analytics: 'Of a parameter that is repeated in the address the last one counts; empty ones are kept.',
    firsthand: 'The first one; empty ones are left out, long ones are cut to 255 characters.',
    reason: 'What comes later in an address was put there by somebody else.',
  },
  {
    id: 'waiting-calls',
    analytics:
      'Calls that waited for a plugin get the ids of the moment of delivery; `identify` goes first, new calls overtake.',
    firsthand: 'They keep their order and the ids of the moment of the call.',
    reason: 'Otherwise one visitor is told as another.',
  },
  {
    id: 'params-of-nothing',
    analytics: 'In Node `params` is told, with `{ raw: { false: true } }`.',
    firsthand: 'It is not.',
    reason: 'There is no address.',
  },
  {
    id: 'aborted-identify',
    analytics: '`user("userId")` is the new one although a plugin has aborted the `identify`.',
    firsthand: 'It is the one before.',
    reason: 'An aborted call has no effect.',
  },
  {
    id: 'empty-user',
    analytics: '`user()` has undefined ids and traits where nobody was ever known.',
    firsthand: '`null` and `{}`.',
    reason: 'As after `reset`.',
  },
  {
    id: 'stored-text',
    analytics: 'The text `true` that was stored comes back as a boolean.',
    firsthand: 'As text.',
    reason: 'What comes out is what went in.',
  },
  {
    id: 'one-place',
    analytics: '`storage.getItem(key, "cookie")` may find what memory holds.',
    firsthand: 'It looks in the place that is named.',
    reason: 'A cookie that is not there is not there.',
  },
  {
    id: 'cookies-for-the-site',
    analytics: '`storage` sets and removes cookies of the current folder alone, until the browser is closed.',
    firsthand: 'Path `/`, widest domain, 400 days.',
    reason: 'Other pages of the site must see them.',
  },
  {
    id: 'error-words',
    analytics: 'What is wrong at creation is said by the address of a page.',
    firsthand: 'By the name of the option and what to do.',
    reason: 'It is read where it happens.',
  },
  {
    id: 'hooks-for-oneself',
    analytics: 'A hook `track:me` in the plugin `me` hangs every call.',
    firsthand: "It runs in front of `track`, as another plugin's would.",
    reason: 'Nobody should wait for ever.',
  },
  {
    id: 'more-members',
    analytics: 'The client has 16 members.',
    firsthand: 'The same 16, and more behind them.',
    reason: 'There is more to do: `flush`, `close`, `group`.',
  },
] as const satisfies readonly Difference[]

/** The row of an id; a test names it where it shows or hides the difference. */
export const row = (id: (typeof differences)[number]['id']): Difference =>
  differences.find((difference) => difference.id === id) as Difference
