import { defineConfig } from 'vitest/config';
import { ClosingLine } from './test/closing-line.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/helpers/postgres-on-demand.ts'],
    // Most of a test's time is waiting, for a process or for a job: every core takes files.
    maxWorkers: '100%',
    testTimeout: 60_000,
    hookTimeout: 120_000,
    reporters: [['default', { summary: false }], new ClosingLine()],
  },
});
