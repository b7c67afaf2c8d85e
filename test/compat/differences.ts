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
      'Hooks run inside the call as far as they are synchronous; a call made inside a hook waits for its turn.',
    reason: 'An event must be on record and, when the page is left, sent before the call returns.',
  },
  {
    id: 'order-of-start',
    analytics: '`initializeStart` is heard before `params` and `registerPlugin`, and only where there are plugins.',
    firsthand: 'They are heard in the order of the documentation, and `ready` comes without plugins too.',
    reason: 'A consequence of synchronous hooks; whoever waits for `ready` must not wait for ever.',
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
    analytics: '`track("x", callback)` makes the function the properties, `identify("x", callback)` the traits.',
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
    firsthand: 'They are ignored.',
    reason: 'Any link could make the visitor somebody else.',
  },
  {
    id: 'late-plugins',
    analytics: 'A plugin that loads after 10 s is never used; what waited for it is lost.',
    firsthand: 'It is picked up, and what waited is delivered in order, with the ids of the time of the call.',
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
    analytics: '`ready(callback)` after the fact calls back only if somebody had called `ready` before.',
    firsthand: 'It always does.',
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
    firsthand: 'No `os`; `library` is `firsthand`; `sessionId` is the id of the visit, null before its first event.',
    reason: 'The collector reads the system from the user agent; a session outlives a page.',
  },
] as const satisfies readonly Difference[]
