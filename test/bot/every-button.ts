/** Everything that a card can send, by whose it is: the tables of promises 8 to 13 go through these, and a verb that is missing here is missed there. */

export interface Click {
  readonly verb: string;
  readonly more?: object;
}

export const requesters: readonly Click[] = [
  { verb: 'activation.submit', more: { minutes: '60', justification: 'mine now' } }, { verb: 'activation.validate', more: { minutes: '60', justification: 'mine now' } },
  { verb: 'activation.begin' }, { verb: 'activation.check' }, { verb: 'activation.withdraw' }, { verb: 'activation.nudge' }, { verb: 'activation.deactivate' }, { verb: 'activation.repeat' },
  { verb: 'activation.refresh' },
];

export const approvers: readonly Click[] = [
  { verb: 'approval.open' }, { verb: 'approval.refresh' }, { verb: 'approval.approve', more: { reason: 'fine' } }, { verb: 'approval.approve', more: { reason: ' ' } },
  { verb: 'approval.deny', more: { reason: 'no' } }, { verb: 'approval.deny' }, { verb: 'approval.offer' },
  { verb: 'approval.sendOffer', more: { minutes: '30', reason: 'half of it' } }, { verb: 'approval.sendOffer', more: { minutes: '600', reason: '' } },
];

/** On the card of one change of assignments. */
export const ofAssignments: readonly Click[] = [
  { verb: 'assignment.confirm', more: { justification: 'mine now' } }, { verb: 'assignment.cancel' }, { verb: 'assignment.check' }, { verb: 'assignment.undo' }, { verb: 'assignment.repeat' },
];

/** On the card of one change of settings. */
export const ofSettings: readonly Click[] = [{ verb: 'settings.confirm' }, { verb: 'settings.cancel' }, { verb: 'settings.recheck' }];

/** Of what somebody has asked for, which is kept for them. */
export const ofInquiries: readonly Click[] = [
  { verb: 'inquiry.choose', more: { choice: '0' } }, { verb: 'assignments.show', more: { below: true, later: true } },
  { verb: 'assignments.take', more: { below: true, later: true, assignment: 'eligible/e1' } }, { verb: 'settings.propose', more: { settings: '{"mfaOnElevation": false}' } }, { verb: 'settings.export' },
];

/** They name nothing that is kept: whoever clicks sees and changes their own. */
export const ofAnybody: readonly Click[] = [
  { verb: 'roles.show' }, { verb: 'active.show' }, { verb: 'approvals.show' }, { verb: 'digest.off' },
  { verb: 'activation.choose', more: { eligibleId: '0e110000-0000-4000-8000-000000000001' } }, { verb: 'active.deactivate', more: { activeId: '0a110000-0000-4000-8000-000000000001' } },
];
