// Writes to the audit log of a PostgreSQL database from many writers at once, in every order in which a transaction can
// lock things: the log first and a row that the others want after it, the other way round, and the log alone.
import { sql } from 'kysely';
import { recordAudit, type AuditEntry } from '../../../src/store/audit-log.ts';
import { openStore, type Queries } from '../../../src/store/database.ts';
import { locationFromParameters } from './location.ts';

const [name = '', writers = '', each = ''] = process.argv.slice(4);
const store = await openStore(locationFromParameters());
const entry = (writer: number, n: number): AuditEntry => ({
  at: new Date(), actor: { id: `${name}-${writer}`, name }, action: 'activate', phase: 'attempt', requestId: null, details: { n },
});
const lockShared = (tx: Queries) => sql`update shared set changes = changes + 1`.execute(tx);

await Promise.all(Array.from({ length: Number(writers) }, async (_, writer) => {
  for (let n = 0; n < Number(each); n++) {
    if ((writer + n) % 3 === 0) await recordAudit(store.db, entry(writer, n));
    else if ((writer + n) % 3 === 1) await store.transaction(async (tx) => { await recordAudit(tx, entry(writer, n)); await lockShared(tx); });
    else await store.transaction(async (tx) => { await lockShared(tx); await recordAudit(tx, entry(writer, n)); });
  }
}));
await store.close();
process.stdout.write('done\n');
