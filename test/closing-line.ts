import type { Reporter, TestModule } from 'vitest/node';
import { specsArePresent, specsNotRun } from './emulator/spec-schema.ts';

/** Ends a run with what could not be run on this machine and why, and one line: how many tests ran, and how long it took. */
export class ClosingLine implements Reporter {
  readonly #startedAt = performance.now();

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const states = modules.flatMap((module) => [...module.children.allTests()].map((test) => test.result().state));
    const count = (state: string): number => states.filter((candidate) => candidate === state).length;
    const brokenFiles = modules.filter((module) => module.errors().length > 0).length;
    const failed = count('failed') + brokenFiles + unhandledErrors.length;
    const seconds = Math.round((performance.now() - this.#startedAt) / 1_000);
    for (const reason of notRun(modules)) {
      process.stdout.write(`\n*** ${reason}\n`);
    }
    process.stdout.write(`\n${count('passed')} passed, ${failed} failed, ${count('skipped')} skipped in ${seconds} s\n`);
  }
}

/** What the titles of skipped tests tell of it; and ARM's answers, which many tests look at beside their own matter. */
function notRun(modules: readonly TestModule[]): ReadonlySet<string> {
  const skipped = modules.flatMap((module) => [...module.children.allTests('skipped')]);
  const told = skipped.flatMap(({ fullName }) => /NOT RUN[^)>]*/.exec(fullName) ?? []);
  const asksForSpecs = !specsArePresent && modules.some(({ moduleId }) => moduleId.includes('/test/emulator/'));
  return new Set([...told.map((reason) => reason.trim()), ...(asksForSpecs ? [specsNotRun] : [])]);
}
