import { PimError } from './errors.ts';

/** The answer, or PIM's "no" as a value, for those who go on without it. Anything else is still thrown. */
export async function orPimError<T>(answer: Promise<T>): Promise<T | PimError> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof PimError) return error;
    throw error;
  }
}
