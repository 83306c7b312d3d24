import type { Seed } from '../../src/emulator/seed.ts';
import { alex, contoso, diego, megan, onCall, platform, production, rgApp, rgWeb, seed } from './people.ts';

/** Beside what the people may activate, what some of them hold: for good, for a time, through a group, and later. */
export const assignedSeed: Seed = {
  ...seed,
  eligible: [
    ...(seed.eligible ?? []),
    { kind: 'azure', principalId: diego, role: 'Owner', scope: rgApp, start: '2098-01-01T00:00:00Z', end: '2098-07-01T00:00:00Z' },
  ],
  assigned: [
    { kind: 'azure', principalId: megan, role: 'Reader', scope: production },
    { kind: 'azure', principalId: platform, role: 'Monitoring Reader', scope: contoso },
    { kind: 'azure', principalId: onCall, role: 'Reader', scope: rgWeb, end: '2099-01-01T00:00:00Z' },
    { kind: 'azure', principalId: diego, role: 'Contributor', scope: rgWeb, start: '2025-01-01T00:00:00Z', end: '2099-06-01T00:00:00Z' },
    { kind: 'azure', principalId: alex, role: 'Contributor', scope: rgWeb, start: '2098-01-01T00:00:00Z', end: '2098-07-01T00:00:00Z' },
  ],
};
