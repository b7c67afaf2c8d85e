import type { TestFunctions, TransportSubject } from './subject'
import { defineAnswerTests } from './test-answers'
import { defineExitTests } from './test-exit'
import { defineLimitTests } from './test-limits'
import { defineLocalTests } from './test-local'
import { definePurityTests } from './test-purity'

/**
 * Defines the tests that every transport has to pass: it is run by the same host as in the product, in browsers and in
 * Node, and fed with each kind of answer. Pass `describe` and `it` of your test runner.
 */
export const testTransport = (name: string, subject: TransportSubject, { describe, it }: TestFunctions): void => {
  for (const runtime of subject.runtimes ?? (['browser', 'node'] as const)) {
    describe(`transport: ${name} in ${runtime}`, () => {
      definePurityTests(subject, runtime, it)
      if (subject.isLocal) return defineLocalTests(subject, runtime, it)
      defineAnswerTests(subject, runtime, it)
      defineLimitTests(subject, runtime, it)
      if (runtime === 'browser') defineExitTests(subject, it)
    })
  }
}
