import { ok } from '../reply.ts';
import type { ControlOperation } from './call.ts';

export const readAudit: ControlOperation = {
  method: 'GET',
  path: 'emulator/audit',
  handle: ({ state }) => ok({ value: state.audit }),
};
