/** Our own records could not be written before a call to PIM, so the call was not made (promise 18). */
export class NothingSent extends Error {
  override readonly name = 'NothingSent';
}

/** Runs what has to be on record before PIM is called. */
export async function beforePim<T>(record: () => Promise<T>): Promise<T> {
  try {
    return await record();
  } catch (cause) {
    throw new NothingSent('The attempt could not be recorded, so nothing was sent to PIM.', { cause });
  }
}
