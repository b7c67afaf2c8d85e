import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const happyDomTests = 'test/browser/**/*.test.ts'
// They ask for an answer within a second, of a browser that needs more than one core.
const browserTests = ['test/e2e/**/*.test.ts', 'test/examples/**/*.test.ts', 'test/collector/live/page.test.ts']

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    reporters: ['verbose'],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'node',
          environment: 'node',
          include: ['test/**/*.test.ts'],
          exclude: [happyDomTests, ...browserTests],
        },
      },
      {
        extends: true,
        test: {
          name: 'happy-dom',
          environment: 'happy-dom',
          environmentOptions: { happyDOM: { url: 'https://www.example.com/' } },
          include: [happyDomTests],
        },
      },
      {
        extends: true,
        test: {
          name: 'browsers',
          environment: 'node',
          include: browserTests,
          // Three engines on two cores: a browser that stalls once must not fail an hour's work. The report names each retry.
          retry: process.env.CI ? 1 : 0,
          // After the others and one file at a time.
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
