import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
    testTimeout: 60_000,
    // Processes, not threads: the pseudo-terminal of the end-to-end tests is native and does not survive a thread's end.
    pool: 'forks',
    maxWorkers: 2,
    env: { CLUSTERLAB_HOME: '/tmp/clusterlab-test-home', NO_COLOR: '1', LANG: 'en_US.UTF-8' },
  },
})
