import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { Migrator } from 'kysely/migration';
import { firstTables } from './migrations/0001-first-tables.ts';
import { stepUps } from './migrations/0002-step-ups.ts';
import { interruptedTurns } from './migrations/0003-interrupted-turns.ts';
import { pimRequestIds } from './migrations/0004-pim-request-ids.ts';
import { assignmentChanges } from './migrations/0005-assignment-changes.ts';
import { plannedActivations } from './migrations/0006-planned-activations.ts';
import { assignmentTickets } from './migrations/0007-assignment-tickets.ts';
import { auditChain } from './migrations/0008-audit-chain.ts';
import { requestBackground } from './migrations/0009-request-background.ts';
import { ourApprovals } from './migrations/0010-our-approvals.ts';
import { settingsChanges } from './migrations/0011-settings-changes.ts';
import { offersKept } from './migrations/0012-offers-kept.ts';
import { interruptedFiles } from './migrations/0013-interrupted-files.ts';
import { approvalsCounted } from './migrations/0014-approvals-counted.ts';
import { told } from './migrations/0015-told.ts';
import type { Tables } from './tables.ts';

// In order, by name. A migration that has been released is never edited.
const migrations: Readonly<Record<string, Migration>> = {
  '0001-first-tables': firstTables,
  '0002-step-ups': stepUps,
  '0003-interrupted-turns': interruptedTurns,
  '0004-pim-request-ids': pimRequestIds,
  '0005-assignment-changes': assignmentChanges,
  '0006-planned-activations': plannedActivations,
  '0007-assignment-tickets': assignmentTickets,
  '0008-audit-chain': auditChain,
  '0009-request-background': requestBackground,
  '0010-our-approvals': ourApprovals,
  '0011-settings-changes': settingsChanges,
  '0012-offers-kept': offersKept,
  '0013-interrupted-files': interruptedFiles,
  '0014-approvals-counted': approvalsCounted,
  '0015-told': told,
};

/** Brings the tables up to date. Processes that do so at once wait for each other (an advisory lock). */
export async function migrate(db: Kysely<Tables>): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve({ ...migrations }) } });
  const { error } = await migrator.migrateToLatest();
  if (error === undefined) return;
  const reason = error instanceof Error ? error.message : 'unknown error';
  throw new Error(`The database tables could not be brought up to date: ${reason}`, { cause: error });
}
