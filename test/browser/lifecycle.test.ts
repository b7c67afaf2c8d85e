import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createBrowserLifecycle } from '../../src/browser/lifecycle'
import type { Lifecycle } from '../../src/core/platform'

let lifecycle: Lifecycle
let told: string[]

function see(state: 'visible' | 'hidden') {
  Object.defineProperty(document, 'visibilityState', { value: state, configurable: true })
  document.dispatchEvent(new Event('visibilitychange'))
}

beforeEach(() => {
  see('visible')
  told = []
  lifecycle = createBrowserLifecycle()
  lifecycle.onLeave((reason) => void told.push(reason))
  lifecycle.onReturn(() => void told.push('return'))
})

afterEach(() => lifecycle.close())

describe('the lifecycle of a page', () => {
  it('says hidden once when the tab is hidden, and return when it is shown again', () => {
    see('hidden')
    see('hidden')
    see('visible')
    expect(told).toEqual(['hidden', 'return'])
  })

  it('says leaving at pagehide on the window, after hidden where both come', () => {
    see('hidden')
    window.dispatchEvent(new Event('pagehide'))
    window.dispatchEvent(new Event('pagehide'))
    expect(told).toEqual(['hidden', 'leaving'])
  })

  it('does not call a page hidden that is leaving', () => {
    window.dispatchEvent(new Event('pagehide'))
    see('hidden')
    expect(told).toEqual(['leaving'])
  })

  it('says return once when the page comes back from the back/forward cache', () => {
    see('hidden')
    window.dispatchEvent(new Event('pagehide'))
    Object.defineProperty(document, 'visibilityState', { value: 'visible', configurable: true })
    window.dispatchEvent(new Event('pageshow'))
    document.dispatchEvent(new Event('visibilitychange'))
    expect(told).toEqual(['hidden', 'leaving', 'return'])
  })

  it('says return also where it comes back into a tab in the background, and not again when that is shown', () => {
    see('hidden')
    window.dispatchEvent(new Event('pagehide'))
    window.dispatchEvent(new Event('pageshow'))
    expect(told).toEqual(['hidden', 'leaving', 'return'])
    see('visible')
    see('hidden')
    expect(told).toEqual(['hidden', 'leaving', 'return', 'hidden'])
  })

  it('says nothing at the pageshow of loading, in front or in the background', () => {
    window.dispatchEvent(new Event('pageshow'))
    lifecycle.close()
    see('hidden')
    lifecycle = createBrowserLifecycle()
    lifecycle.onReturn(() => void told.push('return'))
    window.dispatchEvent(new Event('pageshow'))
    expect(told).toEqual([])
  })

  it('never listens to unload, which would keep the page out of the back/forward cache', () => {
    window.dispatchEvent(new Event('unload'))
    window.dispatchEvent(new Event('beforeunload'))
    expect(told).toEqual([])
  })

  it('tells when the network goes and comes, and at once when it is not there', () => {
    const states: boolean[] = []
    lifecycle.onConnectivity((online) => void states.push(online))
    window.dispatchEvent(new Event('offline'))
    window.dispatchEvent(new Event('online'))
    Object.defineProperty(navigator, 'onLine', { value: false, configurable: true })
    lifecycle.onConnectivity((online) => void states.push(online))
    Object.defineProperty(navigator, 'onLine', { value: true, configurable: true })
    expect(states).toEqual([false, true, false])
  })

  it('is silent after close', () => {
    lifecycle.close()
    see('hidden')
    window.dispatchEvent(new Event('pagehide'))
    expect(told).toEqual([])
  })
})
