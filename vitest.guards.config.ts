import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The first test that notices a change ends the run: those that take long come last. */
class QuickestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).toReversed();
  }
}

/** The tests that judge the guards of `stryker.config.json`: quick ones, without a process, a browser or a PostgreSQL server. */
export default defineConfig({
  test: {
    include: [
      'test/pim/{activation-status,check-activation,governing-settings,own-layer,own-settings,scope,step-up,ticket-rules}.test.ts',
      'test/promises/30-never-looser-than-pim.test.ts',
      'test/identity/person-token.test.ts',
      'test/web/{same-origin,step-up-secrets}.test.ts',
      'test/bot/door/{gate,json-body,service-url}.test.ts',
      'test/store/{canonical-form,guarded-dialect}.test.ts',
    ],
    sequence: { sequencer: QuickestFirst },
  },
});
