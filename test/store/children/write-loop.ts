// Writes audit rows one after another into the embedded database of a folder, and prints the number of each row after
// its commit. It is there to be killed.
import { writeSync } from 'node:fs';
import { recordAudit } from '../../../src/store/audit-log.ts';
import { openStore } from '../../../src/store/database.ts';

const [folder = '', first = '0'] = process.argv.slice(2);
const store = await openStore({ kind: 'embedded', folder });
writeSync(1, 'open\n');
for (let number = Number(first); ; number++) {
  await store.transaction((tx) =>
    recordAudit(tx, {
      at: new Date(),
      actor: { id: 'writer', name: 'Writer' },
      action: 'write',
      phase: 'attempt',
      requestId: null,
      details: { number },
    }),
  );
  writeSync(1, `${number}\n`);
}
