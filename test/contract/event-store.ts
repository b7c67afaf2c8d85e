import { describe, expect, it } from 'vitest'
import { ownerOf } from '../../src/core/delivery/event-key'
import type { EventStore, PutResult } from '../../src/core/delivery/event-store'
import type { JournalEntry } from '../../src/core/delivery/journal-entry'

export interface EventStoreSubject {
  store: EventStore
  /** The next owner of the same journal, after the first has died without a word. Absent where a journal cannot have one. */
  succeed?(): Promise<EventStore>
  /** Lets what the store does in the background happen. */
  settle(): Promise<void>
}

export const entryOf = (messageId: string, changes: Partial<JournalEntry> = {}): JournalEntry => ({
  v: 1,
  event: {
    version: 1,
    type: 'track',
    messageId,
    timestamp: '2026-01-01T00:00:00.000Z',
    anonymousId: 'a',
    userId: null,
    event: messageId,
    context: {},
  },
  provisional: false,
  pending: { plain: 0 },
  ...changes,
})

type Adopted = [key: string, entry: JournalEntry][]

/** What differs between stores. */
export interface EventStoreTraits {
  /** What becomes of a write: it outlives the owner, is in memory by nature, or in memory as there is no room or permission. */
  keeps: PutResult['status']
  /** Whether texts of transports are kept, for as long as the store lives at least. */
  keepsTexts?: boolean
}

/** What every journal promises. `create` makes a new, empty one. */
export function testEventStore(
  name: string,
  { keeps, keepsTexts = true }: EventStoreTraits,
  create: () => EventStoreSubject,
): void {
  describe(`event store: ${name}`, () => {
    it('gives keys that were never used and sort in the order of their making', () => {
      const { store } = create()
      const keys = Array.from({ length: 1000 }, () => store.newKey())
      expect(new Set(keys).size).toBe(1000)
      expect([...keys].sort()).toEqual(keys)
      expect(new Set(keys.map(ownerOf)).size).toBe(1)
    })

    it('says what became of a write', () => {
      const { store } = create()
      const key = store.newKey()
      for (const tries of [0, 1]) expect(store.put(key, entryOf('a', { pending: { plain: tries } })).status).toBe(keeps)
    })

    it('never throws, in whatever order it is asked', async () => {
      const { store, settle } = create()
      const taken: Adopted = []
      store.adopt((entries) => taken.push(...entries))
      const keys = ['a', 'b'].map(() => store.newKey())
      for (const key of keys) store.put(key, entryOf(key))
      store.setText('plain:profile', 'x')
      store.remove(keys[0] as string)
      await settle()
      expect(store.clear('plain')).toBe(0)
      store.release()
      store.resume(() => {})
      await settle()
      expect(store.clear()).toBe(0)
      store.remove(keys[1] as string)
      store.rest?.()
      await settle()
      store.close()
      await settle()
      expect(taken).toEqual([])
    })

    it('removes what is there and what is not', () => {
      const { store } = create()
      const key = store.newKey()
      store.put(key, entryOf('a'))
      store.remove(key)
      expect(() => store.remove(key)).not.toThrow()
    })

    it(`${keepsTexts ? 'keeps' : 'forgets'} texts of transports and removes them by null`, () => {
      const { store } = create()
      expect(store.getText('plain:profile')).toBeNull()
      store.setText('plain:profile', 'x')
      expect(store.getText('plain:profile')).toBe(keepsTexts ? 'x' : null)
      store.setText('plain:profile', null)
      expect(store.getText('plain:profile')).toBeNull()
    })

    it('clears the texts of one transport, or of all', () => {
      const { store } = create()
      const texts = () => ['plain:a', 'plain:b', 'other:a'].map((key) => store.getText(key))
      const kept = keepsTexts ? 'x' : null
      for (const key of ['plain:a', 'plain:b', 'other:a']) store.setText(key, 'x')
      store.clear('plain')
      expect(texts()).toEqual([null, null, kept])
      store.clear()
      expect(texts()).toEqual([null, null, null])
    })

    it('is still the owner after it gave up and came back, where nobody took over', async () => {
      const { store, settle } = create()
      const key = store.newKey()
      store.put(key, entryOf('a'))
      await settle()
      store.release()
      const late = store.newKey()
      store.put(late, entryOf('b'))
      let owns: ((key: string) => boolean) | undefined
      store.resume((test) => (owns = test))
      await settle()
      expect([owns?.(key), owns?.(late)]).toEqual([true, true])
    })

    if (keeps === 'durable') testSuccession(create)
    else if (create().succeed) testNoHeir(create)
  })
}

const inherit = async ({ succeed, settle }: EventStoreSubject) => {
  const heir = await (succeed as () => Promise<EventStore>)()
  const taken: Adopted = []
  heir.adopt((entries) => taken.push(...entries))
  await settle()
  return { heir, taken }
}

function testNoHeir(create: () => EventStoreSubject): void {
  it('hands nothing to the next owner, since it said so of each write', async () => {
    const subject = create()
    subject.store.put(subject.store.newKey(), entryOf('a'))
    expect((await inherit(subject)).taken).toEqual([])
  })
}

function testSuccession(create: () => EventStoreSubject): void {
  it('hands the entries of a dead owner to the next one, oldest first, exactly as they were last written', async () => {
    const subject = create()
    const { store } = subject
    const keys = ['a', 'b', 'c'].map((messageId) => {
      const key = store.newKey()
      store.put(key, entryOf(messageId))
      return key
    })
    store.put(keys[1] as string, entryOf('b', { provisional: true, pending: { plain: 3, other: 1 } }))
    store.remove(keys[0] as string)
    const { taken } = await inherit(subject)
    expect(taken).toEqual([
      [keys[1], entryOf('b', { provisional: true, pending: { plain: 3, other: 1 } })],
      [keys[2], entryOf('c')],
    ])
  })

  it('lets the new owner write and remove what it took over', async () => {
    const subject = create()
    const key = subject.store.newKey()
    subject.store.put(key, entryOf('a'))
    const { heir, taken } = await inherit(subject)
    expect(taken).toHaveLength(1)
    heir.remove(key)
    const { taken: again } = await inherit(subject)
    expect(again).toEqual([])
  })

  it('gives nothing of a living owner away', async () => {
    const { store, settle } = create()
    store.put(store.newKey(), entryOf('a'))
    const taken: Adopted = []
    store.adopt((entries) => taken.push(...entries))
    await settle()
    expect(taken).toEqual([])
  })
}
