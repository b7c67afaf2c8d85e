import { createMemoryEventStore } from '../../../src/core/delivery/memory-event-store'
import { testEventStore } from '../../contract/event-store'

testEventStore('memory', () => ({ store: createMemoryEventStore(), settle: async () => {} }))
