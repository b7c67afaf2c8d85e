import { createMemoryEventStore } from '../../../src/core/delivery/memory-event-store'
import { testEventStore } from '../../contract/event-store'

testEventStore('memory', { keeps: 'memory' }, () => ({ store: createMemoryEventStore(), settle: async () => {} }))
