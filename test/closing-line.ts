import type { Reporter, TestModule } from 'vitest/node';

/** Ends a run with one line: how many tests ran, and how long it took. */
export class ClosingLine implements Reporter {
  readonly #startedAt = performance.now();

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const states = modules.flatMap((module) => [...module.children.allTests()].map((test) => test.result().state));
    const count = (state: string): number => states.filter((candidate) => candidate === state).length;
    const brokenFiles = modules.filter((module) => module.errors().length > 0).length;
    const failed = count('failed') + brokenFiles + unhandledErrors.length;
    const seconds = Math.round((performance.now() - this.#startedAt) / 1_000);
    process.stdout.write(`\n${count('passed')} passed, ${failed} failed, ${count('skipped')} skipped in ${seconds} s\n`);
  }
}
