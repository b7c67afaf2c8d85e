import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const browserTests = 'test/browser/**/*.test.ts'

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    reporters: ['verbose'],
    testTimeout: 10_000,
    hookTimeout: 30_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'node',
          environment: 'node',
          include: ['test/**/*.test.ts'],
          exclude: [browserTests],
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          environment: 'happy-dom',
          environmentOptions: { happyDOM: { url: 'https://www.example.com/' } },
          include: [browserTests],
        },
      },
    ],
  },
})
