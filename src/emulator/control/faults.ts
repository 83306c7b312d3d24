import { bodyMembers } from '../incoming.ts';
import { ok } from '../reply.ts';
import type { ControlOperation } from './call.ts';

export const addFault: ControlOperation = {
  method: 'POST',
  path: 'emulator/faults',
  handle: ({ faults, incoming }) => {
    faults.add(bodyMembers(incoming.body));
    return ok({});
  },
};

export const clearFaults: ControlOperation = {
  method: 'DELETE',
  path: 'emulator/faults',
  handle: ({ faults }) => {
    faults.clear();
    return ok({});
  },
};
